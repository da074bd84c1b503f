/// The commands of keys.
package struct KeyMap: Sendable, Equatable {
    private var commands: [Key: Command] = [:]
    /// Of each command its keys, the one that is shown first.
    private var keys: [Command: [Key]] = [:]

    /// The keys where the settings bind none: arrows and those of vim.
    package static let standard: KeyMap = {
        var map = KeyMap()
        for command in Command.allCases { map.bind(command, to: command.row.keys) }
        return map
    }()

    private init() {}

    /// nil: the key does nothing.
    package subscript(key: Key) -> Command? { commands[key] }

    /// A command's keys, the one that is shown first; empty where it has none.
    package func keys(of command: Command) -> [Key] { keys[command] ?? [] }

    /// Gives a command these keys and no others; a command that had one of them loses it.
    package mutating func bind(_ command: Command, to new: [Key]) {
        for key in keys[command] ?? [] { commands[key] = nil }
        for key in new {
            if let former = commands[key] { keys[former]?.removeAll { $0 == key } }
            commands[key] = command
        }
        keys[command] = new
        // There is always a key that quits.
        if commands[.control("c")] == nil {
            commands[.control("c")] = .quit
            keys[.quit, default: []].append(.control("c"))
        }
    }

    /// The first key of each of these, as the footer and the help show them.
    func label(_ commands: Command..., glyphs: GlyphSet) -> String {
        commands.compactMap { keys(of: $0).first?.label(glyphs) }.joined(separator: " ")
    }
}

extension Key {
    /// As the configuration file writes it: a character, ^X, or a name.
    package var name: String {
        switch self {
        case .character(" "): "space"
        case .character("#"): "hash"
        case .character(let scalar): String(Character(scalar))
        case .control(let scalar): "^" + String(Character(scalar)).uppercased()
        case .function(let number): "f\(number)"
        case .enter: "enter"
        case .escape: "esc"
        case .tab: "tab"
        case .backTab: "shift-tab"
        case .backspace: "backspace"
        case .delete: "delete"
        case .insert: "insert"
        case .up: "up"
        case .down: "down"
        case .left: "left"
        case .right: "right"
        case .home: "home"
        case .end: "end"
        case .pageUp: "page-up"
        case .pageDown: "page-down"
        case .mouse: "mouse"
        case .paste: "paste"
        case .hangup: "hangup"
        }
    }

    /// Keys that have a name and no character.
    private static let named: [Key] = [
        .character(" "), .character("#"), .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right,
        .home, .end, .pageUp, .pageDown,
    ] + (1...12).map { .function($0) }

    /// The key of a name; nil where no key has it.
    package init?(name: String) {
        let scalars = Array(name.unicodeScalars)
        if scalars.count == 1, scalars[0].value > 0x20, scalars[0].value != 0x7F {
            self = .character(scalars[0])
        } else if scalars.count == 2, scalars[0] == "^", (0x40...0x7A).contains(scalars[1].value) {
            let letter = scalars[1].value
            // Tab, Enter and Esc send the same bytes, and a terminal does not say which was pressed.
            guard let scalar = Unicode.Scalar((0x41...0x5A).contains(letter) ? letter + 0x20 : letter), !["i", "j", "m", "["].contains(scalar) else { return nil }
            self = .control(scalar)
        } else if let key = Key.named.first(where: { $0.name == name.lowercased() }) {
            self = key
        } else {
            return nil
        }
    }

    /// As the footer and the help show it.
    func label(_ glyphs: GlyphSet) -> String {
        switch self {
        case .up where glyphs != .ascii: "↑"
        case .down where glyphs != .ascii: "↓"
        case .left where glyphs != .ascii: "←"
        case .right where glyphs != .ascii: "→"
        case .character("#"): "#"
        case .function(let number): "F\(number)"
        default: name
        }
    }
}
