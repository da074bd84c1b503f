internal import Dashboard
internal import Workload

/// How the dashboard looks. What the command line does not say, the configuration file says.
struct ScreenOptions: SettingPart, FlagTable {
    typealias Part = ScreenOptions

    /// A name, or a path.
    var theme: String?
    var color: ColourChoice?
    var glyphs: GlyphSet?

    static let settings: [Setting<ScreenOptions>] = [
        .init(
            "theme", \.theme, .text, "A theme that 'highwater themes' lists, a file, or auto: light or dark as the terminal is.",
            in: .flag, placeholder: "name|file"),
        .init(
            "color", \.color, .word(ColourChoice.names, { ColourChoice($0) }, text: \.name), "auto, always, never, 16, 256 or true (24 bits).",
            in: .flag, placeholder: "when"),
        .init(
            "glyphs", \.glyphs,
            .word(GlyphSet.allCases.map(\.name), { name in GlyphSet.allCases.first { $0.name == name } }, text: \.name),
            "braille, block or ascii; without: by the locale.", in: .flag, placeholder: "set"),
    ]
}
