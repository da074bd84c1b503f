internal import Workload

/// The flags that a command line may have, by its words alone.
///
/// A command has more than a hundred options, and a command line a few of them: to declare them all takes the argument
/// parser several times as long as all the rest of a short run. Options that no word of the command line can mean are
/// left out of a first parse. One that is left out by mistake would be an unknown option, and whatever that parse does
/// not take is parsed again with all of them.
struct MentionedFlags: Sendable {
    /// "--requests", of "--requests=10" too.
    private let names: Set<Substring>
    /// All that stands behind a single dash: "-kvc" may have -k, -v and -c.
    private let letters: Set<Character>

    /// Those of the command line that is parsed; nil: every option is declared.
    @TaskLocal static var all: MentionedFlags?

    init(_ arguments: [String]) {
        var names: Set<Substring> = [], letters: Set<Character> = []
        for word in arguments where word.utf8.first == UInt8(ascii: "-") {
            if word.hasPrefix("--") { names.insert(word.prefix { $0 != "=" }) } else { letters.formUnion(word) }
        }
        self.names = names
        self.letters = letters
    }

    /// false: no word of the command line is a flag of this option.
    func mayHave<Part>(_ setting: Setting<Part>) -> Bool {
        if setting.flag.letters.contains(where: letters.contains) { return true }
        switch setting.flag.shape {
        case .value, .values, .on: return names.contains(setting.flagName[...])
        case .onOrOff: return names.contains(setting.flagName[...]) || names.contains("--no-" + setting.flagName.dropFirst(2))
        case .words(let words): return words.contains { names.contains("--" + $0.word) }
        }
    }
}
