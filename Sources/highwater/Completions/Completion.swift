internal import ArgumentParser

/// What may stand at the cursor of a command line that is being typed.
///
/// The shells' scripts are a few lines that ask the program, so all three give the same answers, and an option is
/// completed as soon as it is declared.
struct Completion {
    private(set) var candidates: [Candidate] = []
    /// Files may stand there too; the shell knows their names.
    private(set) var takesFiles = false
    /// The candidates are beginnings: no space follows them.
    private(set) var isOpen = false

    struct Candidate {
        var word: String
        var meaning: String
    }

    /// - Parameter words: all behind the program's name; the last is the one at the cursor, up to it.
    init(_ words: [String]) {
        let word = words.last ?? ""
        var before = words.dropLast()[...]
        guard let first = before.first else {
            if word.hasPrefix("-") { offerOptions(of: DashboardCommand.self) } else { offerCommands() }
            keep(word)
            return
        }
        if first == "help" {
            if before.count == 1 { offerCommands() }
        } else if first.hasPrefix("-") {
            complete(word, after: before, of: DashboardCommand.self)
        } else if let command = Completion.commands.first(where: { $0._commandName == first }) {
            before.removeFirst()
            completeNested(word, after: before, of: command)
        }
        keep(word)
    }

    private static var commands: [any ParsableCommand.Type] { Highwater.configuration.subcommands.filter { $0.configuration.shouldDisplay } }

    /// A command that has commands of its own: `themes show`.
    private mutating func completeNested(_ word: String, after before: ArraySlice<String>, of command: any ParsableCommand.Type) {
        let nested = command.configuration.subcommands
        if let name = before.first, let next = nested.first(where: { $0._commandName == name }) {
            complete(word, after: before.dropFirst(), of: next)
        } else if before.isEmpty && !word.hasPrefix("-") && !nested.isEmpty {
            candidates = nested.map { Candidate(word: $0._commandName, meaning: $0.configuration.abstract) }
        } else {
            complete(word, after: before, of: command)
        }
    }

    private mutating func complete(_ word: String, after before: ArraySlice<String>, of command: any ParsableCommand.Type) {
        guard let options = try? OptionDescription.all(of: command) else { return }
        var arguments = options.filter { $0.names.isEmpty && !$0.isBehindTerminator }[...]
        var open: OptionDescription?
        var isTerminated = false
        var behind: [String] = []
        for text in before {
            if isTerminated {
                behind.append(text)
            } else if open != nil {
                open = nil
            } else if text == "--" {
                isTerminated = true
            } else if text.hasPrefix("-") && text.count > 1 {
                open = options.first { $0.value != nil && $0.names.contains(text) }
            } else if arguments.first?.isRepeating == false {
                arguments.removeFirst()
            }
        }
        if isTerminated {
            completeBehindTerminator(word, after: behind, of: command)
        } else if let open {
            offerValues(of: open, for: word)
        } else if word.hasPrefix("--"), let sign = word.firstIndex(of: "=") {
            guard let option = options.first(where: { $0.names.contains(String(word[..<sign])) }) else { return }
            let name = word[...sign]
            offerValues(of: option, for: String(word[sign...].dropFirst()))
            for index in candidates.indices { candidates[index].word = name + candidates[index].word }
        } else if !word.hasPrefix("-"), let argument = arguments.first {
            offerValues(of: argument, for: word)
        } else {
            offerOptions(of: command)
        }
    }

    /// Behind `--` is a command of ours (`jobs`), or a program (`watch`).
    private mutating func completeBehindTerminator(_ word: String, after behind: [String], of command: any ParsableCommand.Type) {
        guard command == JobsCommand.self else {
            takesFiles = true
            return
        }
        if behind.isEmpty {
            candidates = Completion.commands.filter { JobsCommand.commands.contains($0._commandName) }
                .map { Candidate(word: $0._commandName, meaning: $0.configuration.abstract) }
        } else {
            self = Completion(behind + [word])
        }
    }

    private mutating func offerCommands() {
        candidates = Completion.commands.map { Candidate(word: $0._commandName, meaning: $0.configuration.abstract) }
        candidates.append(Candidate(word: "help", meaning: "The help of a command."))
    }

    private mutating func offerOptions(of command: any ParsableCommand.Type) {
        let options = (try? OptionDescription.all(of: command)) ?? []
        candidates += options.flatMap { option in option.names.map { Candidate(word: $0, meaning: Completion.sentence(option.words)) } }
        candidates += [
            Candidate(word: "--help", meaning: "Show the help."), Candidate(word: "-h", meaning: "Show the help."),
            Candidate(word: "--version", meaning: "Show the version."),
        ]
    }

    private mutating func offerValues(of option: OptionDescription, for word: String) {
        let values = CompletionValues(of: option, for: word)
        (candidates, takesFiles, isOpen) = (values.candidates, values.takesFiles, values.isOpen)
    }

    private mutating func keep(_ word: String) {
        candidates.removeAll { !$0.word.hasPrefix(word) }
    }

    /// The first sentence, which a shell shows beside the word.
    private static func sentence(_ words: String) -> String {
        words.firstRange(of: ". ").map { String(words[..<$0.lowerBound]) + "." } ?? words
    }
}

extension Completion {
    /// The answer to a shell's script; nil where the program was called for something else.
    ///
    /// - Parameter arguments: all of the program's: the request, the shell, the line up to the cursor, and in bash the
    ///   word that it will replace, which begins behind the last `=` or `:`.
    static func answer(_ arguments: [String]) -> String? {
        guard arguments.count >= 3, arguments[0] == CompletionScript.request else { return nil }
        let words = CommandLineWords.split(arguments[2])
        let completion = Completion(Array(words.dropFirst()))
        let flags = (completion.takesFiles ? ["files"] : []) + (completion.isOpen ? ["nospace"] : [])
        let replaced = arguments.count > 3 ? arguments[3] : words.last ?? ""
        let keptCount = max(0, (words.last ?? "").count - replaced.count)
        let lines = completion.candidates.map { candidate in
            let word = String(candidate.word.dropFirst(keptCount))
            return arguments[1] == "bash" ? word : "\(word)\t\(candidate.meaning)"
        }
        return ([flags.joined(separator: " ")] + lines).joined(separator: "\n") + "\n"
    }
}
