package import Load
package import Measurements

extension Phase {
    static let longestDuration = Duration.seconds(86_400 * 366)
    /// A tick of the clients' clock is a millisecond.
    package static let durationRange: ClosedRange<Duration> = .milliseconds(10)...longestDuration

    /// Reads `30s:500..20k,poisson` as `--phase` has it: `[NAME=]DURATION:LOAD[,OPTION ...]`.
    ///
    /// - Parameter number: from 1, for the name of one that has none.
    package init(parsing text: String, number: Int) throws(SettingError) {
        var rest = text[...]
        var draft = PhaseDraft()
        draft.name = "phase-\(number)"
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        if let equals = text[..<colon].firstIndex(of: "=") {
            try draft.take("name", String(text[..<equals]))
            rest = text[text.index(after: equals)...]
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw SettingError("", "\"\(text.quotable)\" is not a phase; write 30s:500, 10s:500..20k, climb=1m:1k..5k,steps=5, 10s:closed or 5s:pause")
        }
        try draft.take("duration", String(parts[0]))
        let words = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        try draft.takeLoad(words.first ?? "")
        for word in words.dropFirst() { try draft.takeOption(word) }
        self = try draft.checkedPhase()
    }

    /// What `PhaseDraft.shortJSON` has written.
    package init(json: JSON) throws(SettingError) { self = try PhaseDraft(json: json).checkedPhase() }
}

extension PhaseDraft {
    /// `closed`, `pause`, `500` or `500..20k`.
    fileprivate mutating func takeLoad(_ word: String) throws(SettingError) {
        if LoadWord(rawValue: word) != nil { return try take("load", word) }
        guard let dots = word.firstRange(of: "..") else { return try take("rate", word) }
        try take("rate", String(word[..<dots.lowerBound]))
        try take("ramp_to", String(word[dots.upperBound...]))
    }

    /// `poisson`, `steps=5`: an option of a phase by its key, where a word alone has only one meaning.
    fileprivate mutating func takeOption(_ word: String) throws(SettingError) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("warmup", 1): isWarmup = true
        case ("poisson", 1): arrivals = .poisson
        case ("steps", 2), ("connections", 2), ("streams", 2): try take(parts[0], parts[1])
        default:
            throw SettingError("", "\"\(word)\" is not an option of a phase; write poisson, steps=5, warmup, connections=8 or streams=4")
        }
    }
}

extension ValueForm<[Phase]> {
    /// `--phase`, once for each.
    static var phases: Self {
        ValueForm(
            .list(of: .written(example: "30s:500")), isRepeated: true,
            read: { (texts, _) throws(SettingError) in
                var phases: [Phase] = []
                for text in texts { phases.append(try Phase(parsing: text, number: phases.count + 1)) }
                if let problem = PhaseDraft.problems(phases.map(PhaseDraft.init)).first { throw SettingError("", problem.words) }
                return phases
            },
            readJSON: { (json) throws(SettingError) in try json.elements { (json) throws(SettingError) in try Phase(json: json) } },
            text: { $0.map(\.name).joined(separator: ", ") }, json: { .array($0.map { PhaseDraft($0).shortJSON }) })
    }
}
