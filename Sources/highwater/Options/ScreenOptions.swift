internal import Dashboard
internal import Workload

/// How the dashboard looks. What the command line does not say, the configuration file says.
struct ScreenOptions: SettingPart, FlagTable {
    typealias Part = ScreenOptions

    /// A name, or a path.
    var theme: String?
    var color: ColourChoice?
    var glyphs: GlyphSet?
    /// Sentences instead of the dashboard.
    var isPlain = false
    var plainInterval: Duration?

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
        .init(
            "plain", \.isPlain, .flag,
            "Sentences instead of the dashboard, for a reader of the screen: what has changed, and at Enter all figures.", in: .flag),
        .init(
            "plain_every", \.plainInterval, .time(.seconds(1)...(.seconds(3_600))), "The same, with this time between two reports.",
            in: .flag, standard: "5s"),
    ]

    /// Time between two reports in sentences; nil: they are not wanted.
    var plain: Duration? { isPlain ? plainInterval ?? .seconds(5) : plainInterval }
}
