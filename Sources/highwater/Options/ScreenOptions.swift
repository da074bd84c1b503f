internal import ArgumentParser
internal import Dashboard

/// How the dashboard looks. What is not said here, the configuration file says.
struct ScreenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A theme that 'highwater themes' lists, a file, or auto: light or dark as the terminal is.", valueName: "name|file"))
    var theme: String?

    @Option(
        help: ArgumentHelp("auto, always, never, 16, 256 or true (24 bits).", valueName: "when"),
        transform: { text in
            guard let choice = ColourChoice(text) else {
                throw ValidationError("\(ColourChoice.names.joined(separator: ", ")), not \(text)")
            }
            return choice
        })
    var color: ColourChoice?

    @Option(
        help: ArgumentHelp("braille, block or ascii; without: by the locale.", valueName: "set"),
        transform: { text in
            guard let set = GlyphSet.allCases.first(where: { $0.name == text }) else {
                throw ValidationError("\(GlyphSet.allCases.map(\.name).joined(separator: ", ")), not \(text)")
            }
            return set
        })
    var glyphs: GlyphSet?
}
