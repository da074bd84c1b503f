/// What each role looks like.
///
/// Three answers for each, since terminals differ: a 24-bit colour, one of the sixteen
/// that every terminal has, and attributes where there is no colour at all.
package struct Theme: Sendable {
    package var name: String
    package var palette: Palette

    package init(name: String, palette: Palette) {
        self.name = name
        self.palette = palette
    }

    /// How to draw a cell of this style.
    package func ink(_ style: Style) -> Ink {
        var ink = ink(style.role)
        switch style.ground {
        case .plain: break
        case .selected:
            ink.background = palette.selected
            ink.attributes.insert(.selected)
        case .overlay: ink.background = palette.overlay
        case .banner:
            ink.background = palette.warn
            ink.attributes.insert(.reverse)
        }
        return ink
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
        case .focus(let kind): return ink(palette.box(kind).lightened(0.45), .bold)
        case .scale(let gradient, let step): return ink(palette.scale(gradient).at(step))
        }
    }
}

/// A colour in 24 bits, and which of the sixteen stands in for it.
package struct Swatch: Hashable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
    /// 0 to 15, as SGR 30 to 37 and 90 to 97 count them; nil for the terminal's own.
    package var ansi: UInt8?

    /// From 0xRRGGBB.
    package init(_ rgb: UInt32, ansi: UInt8?) {
        red = UInt8(truncatingIfNeeded: rgb >> 16)
        green = UInt8(truncatingIfNeeded: rgb >> 8)
        blue = UInt8(truncatingIfNeeded: rgb)
        self.ansi = ansi
    }

    /// Towards white by a fraction.
    func lightened(_ fraction: Double) -> Swatch {
        mixed(with: Swatch(0xFFFFFF, ansi: ansi.map { $0 | 8 }), fraction, ansi: ansi.map { $0 | 8 })
    }

    func mixed(with other: Swatch, _ fraction: Double, ansi: UInt8?) -> Swatch {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt32 {
            UInt32((Double(a) + (Double(b) - Double(a)) * fraction).rounded())
        }
        return Swatch(mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue), ansi: ansi)
    }
}

/// Colours from little to much, through a middle.
package struct Scale: Sendable {
    package var low: Swatch
    package var middle: Swatch
    package var high: Swatch

    package init(_ low: Swatch, _ middle: Swatch, _ high: Swatch) {
        self.low = low
        self.middle = middle
        self.high = high
    }

    func at(_ step: Int) -> Swatch {
        let place = Double(min(Gradient.lastStep, max(0, step))) / Double(Gradient.lastStep)
        // Sixteen colours have no steps between: thirds.
        let ansi = place < 0.34 ? low.ansi : place < 0.67 ? middle.ansi : high.ansi
        return place < 0.5
            ? low.mixed(with: middle, place * 2, ansi: ansi)
            : middle.mixed(with: high, place * 2 - 1, ansi: ansi)
    }
}

/// How one cell is drawn.
package struct Ink: Hashable, Sendable {
    package var foreground: Swatch
    /// nil for the terminal's own.
    package var background: Swatch?
    package var attributes: Attributes

    /// What a terminal can do to a character besides colour.
    package struct Attributes: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let bold = Attributes(rawValue: 1)
        /// Where there is no colour: shown fainter.
        package static let dim = Attributes(rawValue: 2)
        /// Where there is no colour: shown underlined.
        package static let underline = Attributes(rawValue: 4)
        /// Where there is no colour: foreground and background change places.
        package static let reverse = Attributes(rawValue: 8)
        /// The chosen row: reversed where its background cannot be shown.
        package static let selected = Attributes(rawValue: 16)
    }
}
