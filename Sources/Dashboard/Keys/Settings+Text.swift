extension Settings {
    /// A configuration file with all of this, and a word on each line: a start for the user's own.
    package var text: String {
        var lines = [
            "# Highwater's settings: $XDG_CONFIG_HOME/highwater/config, else ~/.config/highwater/config.",
            "# Flags come before these settings. The program never writes this file.",
            "",
            "# auto: light or dark as the terminal is; a name that 'highwater themes' lists; or a path.",
            "theme = \(theme ?? "auto")",
            "# theme: the theme's own; else how far text stands out, as WCAG measures it: 1 to 21.",
            "contrast = \(contrast.map { "\($0)" } ?? "theme")",
            "# auto (by the locale), \(GlyphSet.allCases.map(\.name).joined(separator: ", ")).",
            "glyphs = \(glyphs?.name ?? "auto")",
            "# \(ColourChoice.names.joined(separator: ", ")).",
            "color = \(colours.name)",
            "# on or off: clicks and the wheel; the terminal selects text only while it is off.",
            "mouse = \(hasMouse ? "on" : "off")",
            "# auto (as a key kept them), \(PanelChoice.presets.map(\.name).joined(separator: ", ")), or the numbers of panels: 134.",
            "panels = \(panels?.name ?? "auto")",
            "# Time in a column of a graph: auto, \(TimeBase.names.joined(separator: ", ")).",
            "column = \(timeBase?.name ?? "auto")",
            "",
            "# Keys: a character, ^X, or " + Key.names.joined(separator: " ") + ".",
            "# Nothing after the =: no key. A key has one command: binding it takes it from another.",
            "[keys]",
        ]
        for command in Command.allCases {
            let line = command.rawValue.left(18) + "= " + keys.keys(of: command).map(\.name).joined(separator: " ")
            lines.append(line.left(38) + " # " + command.words)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Key {
    /// All names that are no characters, as they are shown.
    fileprivate static let names = [
        "space", "hash", "enter", "esc", "tab", "shift-tab", "backspace", "delete", "insert", "up", "down", "left", "right", "home",
        "end", "page-up", "page-down", "f1", "...", "f12",
    ]
}
