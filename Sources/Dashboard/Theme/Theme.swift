internal import Themes

/// The looks of each role.
///
/// Three answers for each, since terminals differ: a 24-bit colour, one of the sixteen
/// that every terminal has, and attributes where there is no colour at all.
///
/// Text can be read with any file: a colour that does not stand out from its background is made
/// lighter or darker until it does.
package struct Theme: Sendable {
    package let name: String
    package let palette: Palette
    package let colours: Colours
    /// Dark on light.
    package let isLight: Bool
    /// The theme that is the same on the other kind of terminal; nil where there is none.
    package let pair: String?
    /// Text stands out from its background at least so much, as WCAG 2 measures it; 1 leaves all as it is.
    package let contrast: Double

    /// The colours that a theme needs of the terminal.
    package enum Colours: Sendable {
        /// Its own colours, as near as the terminal comes.
        case own
        /// The sixteen that the terminal's user has chosen.
        case ansi
        /// None: attributes only.
        case none
    }

    /// WCAG 2 level AA for text (1.4.3), and level AAA (1.4.6), from which on lines and faint signs stand out as marks do.
    package static let usualContrast = 4.5, enhancedContrast = 7.0
    /// WCAG 2 for marks that mean something: bars, graphs, the border of the focus (1.4.11).
    package static let markContrast = 3.0

    /// - Parameters:
    ///   - contrast: instead of the file's.
    ///   - terminalBackground: where that is known; else black or white, as the theme's mode has it.
    package init(_ file: ThemeFile, contrast: Double? = nil, terminalBackground: Swatch? = nil) {
        self.init(file, base: Theme.baseFile, contrast: contrast, terminalBackground: terminalBackground)
    }

    private init(_ file: ThemeFile, base: ThemeFile?, contrast: Double? = nil, terminalBackground: Swatch? = nil) {
        name = file.name
        switch file.text("mode") {
        case "light": isLight = true
        case "dark": isLight = false
        default:
            // Half way between black and white to the eye; without a background its text tells.
            let background = file.colour("main_bg")?.luminance
            let text = (file.colour("main_fg") ?? base?.colour("main_fg"))?.luminance ?? 1
            isLight = file.isEmptied("main_bg") ? text < 0.18 : (background ?? 0) > 0.18
        }
        palette = Palette(
            file, base: base, isLight: isLight, ground: terminalBackground ?? (isLight ? Swatch.white : .black))
        colours = switch file.text("palette") {
        case "ansi": .ansi
        case "none": .none
        default: .own
        }
        pair = file.text("pair").flatMap { $0.isEmpty ? nil : $0 }
        let wanted = contrast ?? file.text("contrast").flatMap { Double($0) } ?? Theme.usualContrast
        self.contrast = min(21, max(1, wanted))
    }

    /// The theme that fills the gaps of every other.
    private static let baseFile = ThemeFile(name: "dark", text: ThemeFiles.text(named: "dark") ?? "")

    /// Ours: deep water, bright surface.
    package static let dark = Theme(baseFile, base: nil)

    /// Names of the themes within the program, in their order. The themes themselves are parsed when one is wanted.
    package static var shippedNames: [String] { ThemeFiles.all.map(\.name) }

    /// The themes within the program, in their order.
    package static let shipped: [ThemeFile] = ThemeFiles.all.map { ThemeFile(name: $0.name, text: $0.text) }

    /// The text of one of those, to be read, or to begin one's own with.
    package static func shippedText(_ name: String) -> String? { ThemeFiles.text(named: name) }

    /// How to draw a cell of this style.
    package func ink(_ style: Style) -> Ink {
        var ink = ink(style.role)
        switch style.ground {
        case .plain: break
        case .selected:
            ink.background = palette.selected
            ink.attributes.insert(.selected)
            switch style.role {
            case .text, .strong, .title: ink.foreground = palette.selectedText
            default: break
            }
        case .overlay: ink.background = palette.overlay ?? palette.background
        case .banner:
            ink.background = palette.warn
            ink.attributes.insert(.reverse)
        }
        if contrast > 1 { ink.foreground = ink.foreground.lifted(from: ink.background ?? palette.ground, to: floor(style.role)) }
        return ink
    }

    /// How much a role must stand out: words most, dim ones too, and scales that colour figures; bars and
    /// graphs two thirds of that. Lines around panels and empty cells carry no meaning, and have least.
    package func floor(_ role: Role) -> Double {
        switch role {
        case .text, .dim, .title, .strong, .key, .logo, .ok, .warn, .crit, .banner, .scale(.age, _), .scale(.hit, _): contrast
        case .focus, .scale: max(1, contrast / Theme.usualContrast * Theme.markContrast)
        case .faint, .border: contrast >= Theme.enhancedContrast ? Theme.markContrast : min(contrast, 1.6)
        }
    }

    private func ink(_ role: Role) -> Ink {
        func ink(_ swatch: Swatch, _ attributes: Ink.Attributes = []) -> Ink {
            Ink(foreground: swatch, background: palette.background, attributes: attributes)
        }
        switch role {
        case .text: return ink(palette.text)
        case .dim: return ink(palette.dim)
        case .faint: return ink(palette.faint, .dim)
        case .title: return ink(palette.title)
        case .strong: return ink(palette.title, .bold)
        case .key: return ink(palette.key, .bold)
        case .logo: return ink(palette.logo, .bold)
        case .ok: return ink(palette.ok)
        case .warn: return ink(palette.warn, .bold)
        case .crit: return ink(palette.crit, [.bold, .underline])
        case .banner: return ink(palette.onBanner, .bold)
        case .border(let kind): return ink(palette.box(kind))
        case .focus(let kind):
            let swatch = palette.box(kind).mixed(with: palette.title, 0.45)
            return ink(Swatch(swatch, ansi: swatch.ansi.map { isLight ? $0 : $0 | 8 }), .bold)
        case .scale(let gradient, let step): return ink(palette.scale(gradient).at(step))
        }
    }
}
