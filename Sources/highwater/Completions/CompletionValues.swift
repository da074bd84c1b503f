internal import Measurements
internal import Reports
internal import Workload

/// The values that an option or an argument may have, as far as the program knows them.
///
/// What the help calls a value says of which kind it is: a `<file>` is a file, a `<condition>` names a figure.
struct CompletionValues {
    typealias Candidate = Completion.Candidate

    private(set) var candidates: [Candidate] = []
    private(set) var takesFiles = false
    private(set) var isOpen = false

    /// - Parameter word: what there is of it already.
    init(of option: OptionDescription, for word: String) {
        if !option.choices.isEmpty {
            candidates = option.choices.map { Candidate(word: $0, meaning: "") }
            return
        }
        switch option.value {
        case "file": takesFiles = true
        case "scenario":
            candidates = ShippedScenario.all.map { Candidate(word: $0.name, meaning: $0.summary) }
            // 'scenarios show' has only those; 'run' takes files.
            takesFiles = true
        case "name": candidates = ShippedScenario.all.map { Candidate(word: $0.name, meaning: $0.summary) }
        case "name|file":
            let library = ThemeLibrary(Environment.variables(noColor: false))
            candidates = library.entries.map { Candidate(word: $0.name, meaning: $0.path ?? "") }
            if option.names == ["--theme"] { candidates.append(Candidate(word: "auto", meaning: "light or dark, as the terminal is")) }
            takesFiles = true
        case "metric": candidates = Metric.all.filter { $0.kind == .histogram }.map { Candidate(word: $0.name, meaning: $0.meaning) }
        case "condition": offerFigures(for: word)
        case "key=value": offerParts(of: ScenarioReference.changeableKeys.map { Candidate(word: $0.path + "=", meaning: $0.meaning) }, for: word)
        case "page": candidates = ManualLibrary.pages.map { Candidate(word: $0.name, meaning: $0.summary) }
        default: break
        }
    }

    /// A condition: a phase's name and a colon, if there is one, then a figure.
    private mutating func offerFigures(for word: String) {
        let start = word.lastIndex(of: ":").map { word[$0...].firstIndex { $0 != ":" && $0 != " " } ?? word.endIndex } ?? word.startIndex
        let phase = word[..<start]
        offerParts(of: RunFigure.named.map { Candidate(word: $0.name, meaning: $0.meaning) }, for: String(word[start...]))
        for index in candidates.indices { candidates[index].word = phase + candidates[index].word }
    }

    /// Names with dots, a part at a time: there are hundreds of them.
    private mutating func offerParts(of names: [Candidate], for word: String) {
        isOpen = true
        var seen: Set<String> = []
        for name in names where name.word.hasPrefix(word) {
            let rest = name.word.dropFirst(word.count)
            // Not at the point of p99.9.
            if let dot = rest.indices.first(where: { rest[$0] == "." && rest[$0...].dropFirst().first?.isLetter == true }) {
                let part = word + rest[...dot]
                if seen.insert(part).inserted { candidates.append(Candidate(word: part, meaning: "")) }
            } else if seen.insert(name.word).inserted {
                candidates.append(name)
            }
        }
    }
}
