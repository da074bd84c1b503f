/// How one cell is drawn.
package struct Ink: Hashable, Sendable {
    package var foreground: Swatch
    /// nil for the terminal's own.
    package var background: Swatch?
    package var attributes: Attributes

    /// The attributes that a terminal can give a character besides colour.
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
