import Dashboard
import Testing

@Suite("Themes")
struct ThemeTests {
    private let roles: [Role] = [.text, .dim, .faint, .title, .key, .logo, .strong, .ok, .warn, .crit]
        + PanelKind.allCases.flatMap { [Role.border($0), .focus($0)] }
        + Gradient.allCases.flatMap { gradient in (0...Gradient.lastStep).map { Role.scale(gradient, step: $0) } }

    /// WCAG 2, relative luminance and contrast.
    private func contrast(_ a: Swatch, _ b: Swatch) -> Double {
        func luminance(_ swatch: Swatch) -> Double {
            func linear(_ value: UInt8) -> Double {
                // The power 2.4 as a fifth-order fit is not worth it: squares and a little, the same for both sides.
                let part = Double(value) / 255
                return part <= 0.04045 ? part / 12.92 : part * part * (0.25 + 0.75 * part.squareRoot())
            }
            return 0.2126 * linear(swatch.red) + 0.7152 * linear(swatch.green) + 0.0722 * linear(swatch.blue)
        }
        let (high, low) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
        return (high + 0.05) / (low + 0.05)
    }

    @Test("text stands out at 4.5:1 on every ground, dim text at 3:1", arguments: [Ground.plain, .selected, .overlay])
    func contrast(ground: Ground) throws {
        for role in roles {
            let ink = Theme.dark.ink(Style(role: role, ground: ground))
            let background = try #require(ink.background)
            let floor: Double? = switch role {
            case .text, .title, .strong, .key, .logo, .ok, .warn, .crit: 4.5
            case .dim: 3
            case .faint, .banner, .border, .focus, .scale: nil
            }
            if let floor { #expect(contrast(ink.foreground, background) >= floor, "\(role) on \(ground)") }
        }
    }

    @Test("scales run from one end to the other without a jump")
    func scales() {
        for gradient in Gradient.allCases {
            let colours = (0...Gradient.lastStep).map { Theme.dark.ink(Style(role: .scale(gradient, step: $0), ground: .plain)).foreground }
            for (left, right) in zip(colours, colours.dropFirst()) {
                let jump = abs(Int(left.red) - Int(right.red)) + abs(Int(left.green) - Int(right.green)) + abs(Int(left.blue) - Int(right.blue))
                #expect(jump < 60)
            }
            #expect(colours.first != colours.last)
        }
    }

    @Test("sixteen colours still tell little, middling and much apart")
    func sixteen() {
        for gradient in Gradient.allCases {
            let colours = [0, Gradient.lastStep / 2, Gradient.lastStep].map {
                Theme.dark.ink(Style(role: .scale(gradient, step: $0), ground: .plain)).foreground.ansi
            }
            #expect(Set(colours).count == 3 && !colours.contains(nil), "\(gradient)")
        }
    }
}
