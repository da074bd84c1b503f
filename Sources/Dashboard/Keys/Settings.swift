/// The settings of a configuration file: the dashboard's looks, and its keys.
///
///     # a comment
///     theme = ember
///     [keys]
///     zoom = z f
///
/// Words with spaces between them, so that nothing needs a quote. The file is the user's: the program
/// reads it and never writes it.
package struct Settings: Sendable, Equatable {
    /// A name or a path; nil for light or dark as the terminal is.
    package var theme: String?
    /// nil: the theme's own.
    package var contrast: Double?
    /// nil: by the locale.
    package var glyphs: GlyphSet?
    package var colours = ColourChoice.auto
    package var hasMouse = true
    /// nil for all of them.
    package var panels: PanelChoice?
    /// nil for a second a column.
    package var timeBase: TimeBase?
    package var keys: KeyMap {
        get { ownKeys ?? .standard }
        set { ownKeys = newValue == .standard ? nil : newValue }
    }
    /// nil: the standard keys, which are not made for a run without a screen.
    private var ownKeys: KeyMap?

    /// The settings without a file.
    package init() {}

    /// A larger file is no file of settings.
    package static let byteLimit = 64 * 1024

    /// Errors: the first fault, and its place.
    package init(text: String) throws(SettingsError) {
        var section = ""
        var bound: [Key: (command: Command, line: Int)] = [:]
        var seen: [String: Int] = [:]
        var number = 0
        for raw in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
            number += 1
            let line = SettingsLine(raw, number)
            guard let first = line.words.first else { continue }
            if first.text.hasPrefix("[") {
                guard line.words.count == 1, first.text == "[keys]" else {
                    throw SettingsError(first, "the only section is [keys], not \(first.text)")
                }
                section = "keys."
                continue
            }
            guard line.words.count >= 2, line.words[1].text == "=" else {
                throw SettingsError(line.words.count > 1 ? line.words[1] : first, "after \(first.text) stands = and a value")
            }
            if let before = seen.updateValue(number, forKey: section + first.text) {
                throw SettingsError(first, "\(first.text) stands in line \(before) already")
            }
            let values = Array(line.words.dropFirst(2))
            if section.isEmpty {
                try set(first, values)
            } else {
                try bind(first, values, &bound)
            }
        }
    }

    private mutating func set(_ name: SettingsLine.Word, _ values: [SettingsLine.Word]) throws(SettingsError) {
        guard values.count == 1, let value = values.first else {
            throw SettingsError(values.count > 1 ? values[1] : name, "\(name.text) has one value")
        }
        func isTrue() throws(SettingsError) -> Bool {
            guard let on = ["on": true, "off": false][value.text] else { throw SettingsError(value, "on or off, not \(value.text)") }
            return on
        }
        switch name.text {
        case "theme": theme = value.text == "auto" ? nil : value.text
        case "contrast":
            guard value.text != "theme" else { return contrast = nil }
            guard let ratio = Double(value.text), ratio >= 1, ratio <= 21 else {
                throw SettingsError(value, "theme, or a ratio from 1 to 21, not \(value.text)")
            }
            contrast = ratio
        case "glyphs":
            guard value.text != "auto" else { return glyphs = nil }
            guard let set = GlyphSet.allCases.first(where: { $0.name == value.text }) else {
                throw SettingsError(value, "auto, \(GlyphSet.allCases.map(\.name).joined(separator: ", ")), not \(value.text)")
            }
            glyphs = set
        case "color":
            guard let choice = ColourChoice(value.text) else {
                throw SettingsError(value, "\(ColourChoice.names.joined(separator: ", ")), not \(value.text)")
            }
            colours = choice
        case "mouse": hasMouse = try isTrue()
        case "panels":
            guard value.text != "auto" else { return panels = nil }
            guard let choice = PanelChoice(value.text) else {
                throw SettingsError(value, "auto, \(PanelChoice.presets.map(\.name).joined(separator: ", ")), or the numbers of panels as in 134, not \(value.text)")
            }
            panels = choice
        case "column":
            guard value.text != "auto" else { return timeBase = nil }
            guard let base = TimeBase.choices.lazy.compactMap(TimeBase.init(cellMilliseconds:)).first(where: { $0.name == value.text }) else {
                throw SettingsError(value, "auto, \(TimeBase.names.joined(separator: ", ")), not \(value.text)")
            }
            timeBase = base
        default: throw SettingsError(name, "there is no setting \(name.text): theme, contrast, glyphs, color, mouse, panels, column, and [keys]")
        }
    }

    private mutating func bind(
        _ name: SettingsLine.Word, _ values: [SettingsLine.Word], _ bound: inout [Key: (command: Command, line: Int)]
    ) throws(SettingsError) {
        guard let command = Command(rawValue: name.text) else {
            let near = Command.allCases.map(\.rawValue).min { Settings.distance($0, name.text) < Settings.distance($1, name.text) } ?? ""
            throw SettingsError(name, "no key does \(name.text); is it \(near)?")
        }
        var new: [Key] = []
        for value in values {
            guard let key = Key(name: value.text) else { throw SettingsError(value, "\(value.text) is no key: a character, ^X, or a name such as page-up") }
            if let other = bound.updateValue((command, value.line), forKey: key) {
                throw SettingsError(value, "\(value.text) is \(other.command.rawValue) in line \(other.line)")
            }
            new.append(key)
        }
        keys.bind(command, to: new)
    }

    /// Levenshtein's distance: letters to put in, take out or change.
    private static func distance(_ a: String, _ b: String) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                (corner, row[j + 1]) = (row[j + 1], min(corner + (left == right ? 0 : 1), row[j + 1] + 1, row[j] + 1))
            }
        }
        return row[b.count]
    }
}

/// The fault of a file of settings, and its place.
package struct SettingsError: Error, Equatable, Sendable {
    /// Counted from 1, columns in characters.
    package let line: Int
    package let column: Int
    package let words: String

    fileprivate init(_ word: SettingsLine.Word, _ words: String) {
        line = word.line
        column = word.column
        self.words = words
    }
}

/// The words of one line, without its comment.
private struct SettingsLine {
    struct Word {
        var text: String
        let line: Int
        let column: Int
    }

    private(set) var words: [Word] = []

    init(_ text: Substring, _ number: Int) {
        var isInWord = false
        for (index, character) in text.enumerated() {
            if character == " " || character == "\t" || character == "\r" {
                isInWord = false
            } else if isInWord {
                words[words.count - 1].text.append(character)
            } else {
                // Within a word it is a part of it.
                if character == "#" { return }
                words.append(Word(text: String(character), line: number, column: index + 1))
                isInWord = true
            }
        }
    }
}
