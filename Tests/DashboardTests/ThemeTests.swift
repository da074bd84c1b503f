import Dashboard
import Foundation
import Testing

@Suite("Themes")
struct ThemeTests {
    static let roles: [Role] = [.text, .dim, .faint, .title, .key, .logo, .strong, .ok, .warn, .crit]
        + PanelKind.allCases.flatMap { [Role.border($0), .focus($0)] }
        + Gradient.allCases.flatMap { gradient in (0...Gradient.lastStep).map { Role.scale(gradient, step: $0) } }

    /// WCAG 2, relative luminance and contrast, by the library's power.
    private func contrast(_ a: Swatch, _ b: Swatch) -> Double {
        func luminance(_ swatch: Swatch) -> Double {
            func linear(_ value: UInt8) -> Double {
                let part = Double(value) / 255
                return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(swatch.red) + 0.7152 * linear(swatch.green) + 0.0722 * linear(swatch.blue)
        }
        let (high, low) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
        return (high + 0.05) / (low + 0.05)
    }

    /// Of each role, the least it may stand out: words 4.5, marks 3, in a theme of high contrast 7 and 4.66.
    private func floor(_ role: Role, isHigh: Bool) -> Double {
        switch role {
        case .text, .dim, .title, .strong, .key, .logo, .ok, .warn, .crit, .banner, .scale(.age, _), .scale(.hit, _): isHigh ? 7 : 4.5
        case .focus, .scale: isHigh ? 4.66 : 3
        case .faint, .border: isHigh ? 3 : 1.6
        }
    }

    @Test("words have WCAG's 4.5:1 to what lies behind them, marks 3:1, with high contrast 7:1, in every theme", arguments: Theme.shipped)
    func floors(file: ThemeFile) {
        let theme = Theme(file), isHigh = file.name.hasPrefix("high-contrast")
        for ground in [Ground.plain, .selected, .overlay] {
            for role in ThemeTests.roles {
                let ink = theme.ink(Style(role: role, ground: ground))
                let ratio = contrast(ink.foreground, ink.background ?? theme.palette.ground)
                #expect(ratio >= floor(role, isHigh: isHigh), "\(role) on \(ground): \(ratio)")
            }
        }
        let banner = theme.ink(Style(role: .banner, ground: .banner))
        #expect(contrast(banner.foreground, banner.background ?? theme.palette.ground) >= floor(.banner, isHigh: isHigh))
    }

    @Test("ours are right as they are written: the floor has nothing to mend", arguments: Theme.shipped)
    func written(file: ThemeFile) {
        let theme = Theme(file), raw = Theme(file, contrast: 1)
        #expect(file.problems == [] && !file.summary.isEmpty)
        for role in ThemeTests.roles {
            let style = Style(role: role, ground: .plain)
            #expect(theme.ink(style).foreground == raw.ink(style).foreground, "\(role)")
        }
    }

    @Test("a theme that hides its text is mended where it hides it, and left alone where it does not")
    func mends() {
        let file = ThemeFile(name: "fog", text: """
            theme[main_bg]="#202020"
            theme[main_fg]="#2A2A2A"
            theme[inactive_fg]="#212121"
            theme[title]="#F0F0F0"
            """)
        let theme = Theme(file)
        let text = theme.ink(Style(role: .text, ground: .plain))
        #expect(contrast(text.foreground, Swatch(0x202020, ansi: nil)) >= 4.5)
        #expect(theme.ink(Style(role: .title, ground: .plain)).foreground == Swatch(0xF0F0F0, ansi: 15))
        #expect(Theme(file, contrast: 1).ink(Style(role: .text, ground: .plain)).foreground == Swatch(0x2A2A2A, ansi: nil))
    }

    @Test("luminance is WCAG's for every value of a channel")
    func luminance() {
        for value in UInt32(0)...255 {
            let swatch = Swatch(value << 16 | value << 8 | value, ansi: nil), part = Double(value) / 255
            #expect(abs(swatch.luminance - (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4))) < 1e-9)
        }
        #expect(abs(Swatch(0xFFFFFF, ansi: nil).contrast(with: Swatch(0, ansi: nil)) - 21) < 1e-9)
    }

    @Test("scales run from one end to the other without a jump", arguments: Theme.shipped)
    func scales(file: ThemeFile) {
        let theme = Theme(file)
        for gradient in Gradient.allCases {
            let colours = (0...Gradient.lastStep).map { theme.ink(Style(role: .scale(gradient, step: $0), ground: .plain)).foreground }
            for (left, right) in zip(colours, colours.dropFirst()) {
                let jump = abs(Int(left.red) - Int(right.red)) + abs(Int(left.green) - Int(right.green)) + abs(Int(left.blue) - Int(right.blue))
                #expect(jump < 60)
            }
            #expect(colours.first != colours.last)
        }
    }

    @Test("sixteen colours still tell little, middling and much apart", arguments: Theme.shipped)
    func sixteen(file: ThemeFile) {
        for gradient in Gradient.allCases {
            let colours = [0, Gradient.lastStep / 2, Gradient.lastStep].map {
                Theme(file).ink(Style(role: .scale(gradient, step: $0), ground: .plain)).foreground.ansi
            }
            #expect(Set(colours).count == 3 && !colours.contains(nil), "\(gradient)")
        }
    }

    @Test("a pair is one of dark and light, and each names the other")
    func pairs() throws {
        let themes = Theme.shipped.map { Theme($0) }
        for theme in themes where theme.pair != nil {
            let other = try #require(themes.first { $0.name == theme.pair })
            #expect(other.pair == theme.name && other.isLight != theme.isLight)
        }
        #expect(themes.contains { $0.isLight } && Theme.dark.pair == "light" && !Theme.dark.isLight)
    }

    @Test("the files of Themes are the ones within the program, byte for byte")
    func embedded() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Themes")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".theme") }
        #expect(Set(files) == Set(Theme.shipped.map { $0.name + ".theme" }))
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            #expect(Theme.shippedText(String(file.dropLast(6))) == text)
        }
    }

    @Test("ok, warning and critical, and the ends of a scale, stay apart for the eyes a theme is made for", arguments: [
        ("deuteranopia", Eyes.deuteranopia), ("deuteranopia", .protanopia), ("tritanopia", .tritanopia),
    ])
    func colourBlind(name: String, eyes: Eyes) throws {
        let theme = Theme(try #require(Theme.shipped.first { $0.name == name }))
        func seen(_ role: Role) -> [Double] { eyes.lab(theme.ink(Style(role: role, ground: .plain)).foreground) }
        func distance(_ a: Role, _ b: Role) -> Double { zip(seen(a), seen(b)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot() }
        for (a, b) in [(Role.ok, Role.warn), (.warn, .crit), (.ok, .crit)] { #expect(distance(a, b) >= 25, "\(a) \(b): \(distance(a, b))") }
        for gradient in Gradient.allCases {
            let ends = (Role.scale(gradient, step: 0), Role.scale(gradient, step: Gradient.lastStep))
            #expect(distance(ends.0, ends.1) >= 25, "\(gradient): \(distance(ends.0, ends.1))")
        }
        // How much there is, lightness alone says.
        for gradient in [Gradient.throughput, .receive, .send, .heat] {
            let lightness = (0...Gradient.lastStep).map { seen(.scale(gradient, step: $0))[0] }
            #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 <= $1 + 0.5 }, "\(gradient)")
        }
    }
}

extension ThemeFile: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// How colours look to eyes that lack a kind of cone. Machado, Oliveira and Fernandes (2009), severity 1.
struct Eyes: Sendable {
    private let matrix: [[Double]]

    static let protanopia = Eyes(matrix: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
    static let deuteranopia = Eyes(matrix: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    static let tritanopia = Eyes(matrix: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]])

    /// CIE L*a*b* (D65) of what such eyes see.
    func lab(_ swatch: Swatch) -> [Double] {
        let linear = [swatch.red, swatch.green, swatch.blue].map { value -> Double in
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        let rgb = matrix.map { row in min(1, max(0, zip(row, linear).map(*).reduce(0, +))) }
        let xyz = [
            (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505,
            0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2],
            (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089,
        ].map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
        return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])]
    }
}
