package import Load
internal import Measurements

/// Which part of a run this process is, of parts in several processes: as it was said, or as the system says that started it.
package enum PartChoice: Sendable, Equatable {
    case part(RunShare)
    /// The engine that started this process says which part it is.
    ///
    /// - Parameter count: of how many; nil: it says that too.
    case automatic(of: Int?)
    /// What it said.
    case found(RunShare, words: String)

    /// Parts of one run: more than anyone has machines for a load.
    package static let countRange = 1...4_096

    /// `3/8`, `auto`, or `auto/8` where the engine does not say the number of parts.
    package init(parsing text: String) throws(SettingError) {
        let words = text.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count <= 2, words.count == 2 || text == "auto" else { throw PartChoice.refusal(text) }
        guard words.count == 2 else {
            self = .automatic(of: nil)
            return
        }
        guard let count = Int(words[1]) else { throw PartChoice.refusal(text) }
        guard PartChoice.countRange.contains(count) else {
            throw SettingError("", "\"\(text.quotable)\" is of \(count) parts; write a number of parts from \(PartChoice.countRange.lowerBound) to \(PartChoice.countRange.upperBound)")
        }
        if words[0] == "auto" {
            self = .automatic(of: count)
            return
        }
        guard let number = Int(words[0]) else { throw PartChoice.refusal(text) }
        guard (1...count).contains(number) else {
            throw SettingError("", "\"\(text.quotable)\" is not one of the \(count) parts; write 1/\(count) to \(count)/\(count)")
        }
        self = .part(RunShare(number - 1, of: count))
    }

    private static func refusal(_ text: String) -> SettingError {
        SettingError("", "\"\(text.quotable)\" is not a part; write 3/8 for the third of eight, or auto")
    }

    /// As the command line has it.
    package var text: String {
        switch self {
        case .part(let share), .found(let share, _): share.text
        case .automatic(let count): "auto" + (count.map { "/\($0)" } ?? "")
        }
    }

    /// The part; nil while the engine has not been asked.
    package var share: RunShare? {
        switch self {
        case .part(let share), .found(let share, _): share
        case .automatic: nil
        }
    }
}

extension PartChoice {
    /// Variables in which an engine says the number of a process, from 0, and how many there are.
    private static let engines: [(index: String, count: String?)] = [
        ("SLURM_PROCID", "SLURM_NTASKS"),
        // An Indexed Job of Kubernetes; the manifest that has the number of completions can say it: `auto/8`.
        ("JOB_COMPLETION_INDEX", nil),
    ]

    /// The part that the environment names, where that was asked for.
    package func resolved(in environment: [String: String]) throws(SettingError) -> PartChoice {
        guard case .automatic(let saidCount) = self else { return self }
        guard let engine = PartChoice.engines.first(where: { environment[$0.index] != nil }) else {
            let names = PartChoice.engines.map { [$0.index, $0.count].compactMap(\.self).joined(separator: " and ") }
            throw SettingError("", "auto finds neither \(names.joined(separator: " nor ")) in the environment; write 3/8 for the third of eight")
        }
        var words = "\(engine.index)=\(environment[engine.index] ?? "")"
        var count = saidCount
        if saidCount == nil, let name = engine.count, let text = environment[name] {
            words += " and \(name)=\(text)"
            count = Int(text)
        }
        guard let count else {
            throw SettingError("", "\(words) says which part this is, and not of how many; write auto/8 for one of eight")
        }
        guard let index = environment[engine.index].flatMap({ Int($0) }), PartChoice.countRange.contains(count), (0..<count).contains(index) else {
            throw SettingError("", "\(words) names none of \(count) parts, which are numbered from 0; write 3/8 for the third of eight")
        }
        return .found(RunShare(index, of: count), words: words)
    }
}

extension ValueForm<PartChoice> {
    /// `3/8`, or `auto`.
    static var partChoice: Self {
        written("3/8", { (text) throws(SettingError) in try PartChoice(parsing: text) }, text: \.text)
    }
}
