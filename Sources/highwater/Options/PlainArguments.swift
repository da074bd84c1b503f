internal import Workload

/// A command line in which nothing has to be understood: words, and flags that stand by themselves, each value in a word
/// behind its flag. Whatever else there is (`-c10`, `--rate=5`, a flag twice, one that is not known) is the library's to read.
struct PlainArguments {
    /// Those that belong to no flag, in order.
    private(set) var words: [String] = []
    /// By the options' names: a value for each time that the flag is there.
    private var texts: [String: [String]] = [:]

    /// An option as it looks on the command line, of whichever part.
    struct Option {
        let name: String
        let flag: SettingFlag
    }

    /// nil: there is more in it.
    ///
    /// - Parameter options: all that may be there.
    init?(_ arguments: ArraySlice<String>, _ options: [Option]) {
        var rest = arguments
        while let word = rest.popFirst() {
            guard word.utf8.first == UInt8(ascii: "-") else {
                words.append(word)
                continue
            }
            guard let option = options.first(where: { $0.isMeant(by: word) }) else { return nil }
            let value: String
            switch option.flag.shape {
            case .value, .values:
                guard let next = rest.popFirst(), next.utf8.first != UInt8(ascii: "-") else { return nil }
                value = next
            case .on, .onOrOff: value = "true"
            case .words: value = String(word.dropFirst(2))
            }
            if case .values = option.flag.shape {} else if texts[option.name] != nil { return nil }
            texts[option.name, default: []].append(value)
        }
    }

    /// What it says about the options of a table.
    func said<Part>(_ settings: [Setting<Part>]) -> SaidSettings<Part> {
        var said = SaidSettings<Part>()
        for setting in settings where setting.places.contains(.flag) {
            if let texts = texts[setting.name] { said.add(setting, texts) }
        }
        return said
    }
}

extension PlainArguments.Option {
    /// The word is this option's flag: "-c", "--connections", "--h2c".
    fileprivate func isMeant(by word: String) -> Bool {
        if word.utf8.dropFirst().first != UInt8(ascii: "-") {
            return word.count == 2 && word.last.map(flag.letters.contains) ?? false
        }
        if case .words(let words) = flag.shape { return words.contains { word.utf8.dropFirst(2).elementsEqual($0.word.utf8) } }
        // "connect_timeout" is "--connect-timeout".
        return word.utf8.dropFirst(2).elementsEqual(name.utf8.lazy.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 })
    }
}

extension Setting {
    /// Those of these settings that have a flag, as they look on the command line.
    static func options(_ settings: [Setting]) -> [PlainArguments.Option] {
        settings.filter { $0.places.contains(.flag) }.map { .init(name: $0.name, flag: $0.flag) }
    }
}
