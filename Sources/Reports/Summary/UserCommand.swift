internal import Measurements

/// The command line of a run, to be shown again with other options: one line to paste.
package struct UserCommand: Sendable, Equatable {
    /// An option under all its names: the first of them is written.
    struct Option: Sendable {
        let names: [String]
        /// nil: it takes none.
        let value: String?

        /// As they stand on a command line.
        var words: [String] { [names[0]] + (value.map { [$0] } ?? []) }

        static func streams(_ count: Int) -> Option { Option(names: ["-m", "--streams"], value: "\(count)") }
        static func connections(_ count: Int) -> Option { Option(names: ["-c", "--connections"], value: "\(count)") }
        static func requests(_ count: Int) -> Option { Option(names: ["-n", "--requests"], value: "\(count)") }
        static func sendBuffer(_ size: String) -> Option { Option(names: ["--send-buffer"], value: size) }
        static func slowReaders(_ count: Int) -> Option { Option(names: ["--slow-readers"], value: "\(count)") }
        static func earlyClose(_ share: String) -> Option { Option(names: ["--early-close"], value: share) }
        static func failOn(_ condition: String) -> Option { Option(names: ["--fail-on"], value: condition) }
        static let rate = Option(names: ["-q", "--rate"], value: "")
        static let trap = Option(names: ["--trap"], value: nil)
        static let http1 = Option(names: ["--h1"], value: nil)
    }

    private let words: [String]

    /// - Parameter words: the program's name and its arguments.
    package init(_ words: [String]) { self.words = words }

    /// The same command with these options, without others, and with some more that may be there already. nil: a word may be a
    /// secret, which a log of a build is not to have twice.
    func line(setting options: [Option], removing removed: [Option] = [], adding added: [Option] = []) -> String? {
        guard let program = words.first else { return nil }
        let own = words.dropFirst().prefix { $0 != "--" }
        guard !UserCommand.mayHaveSecret(Array(own)) else { return nil }
        let kept = UserCommand.removing(options + removed, from: Array(own))
        let name = program.split(separator: "/").last.map(String.init) ?? program
        return ShellWords.line([program.hasPrefix("/") ? name : program] + kept + (options + added).flatMap(\.words) + words.dropFirst(1 + own.count))
    }

    /// A header may have a token, and a URL a password.
    private static func mayHaveSecret(_ words: [String]) -> Bool {
        words.indices.contains { index in
            let word = words[index]
            if headerOption.names.contains(word) { return index + 1 < words.count && !isPlainHeader(words[index + 1]) }
            if headerOption.isMeant(by: word) { return !isPlainHeader(String(word.drop { $0 != "H" && $0 != "=" }.dropFirst())) }
            return word.contains("://") && word.contains("@")
        }
    }

    private static let headerOption = Option(names: ["-H", "--header"], value: "")

    /// "content-type: application/json": a header whose value is no secret.
    private static func isPlainHeader(_ text: String) -> Bool { plainHeaders.contains(text.prefix { $0 != ":" }.lowercased()) }

    private static let plainHeaders: Set<String> = [
        "accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding", "content-language", "content-type", "host",
        "if-modified-since", "if-none-match", "pragma", "range", "te", "user-agent",
    ]

    private static func removing(_ options: [Option], from words: [String]) -> [String] {
        var kept: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            guard let option = options.first(where: { $0.isMeant(by: word) }) else {
                kept.append(word)
                continue
            }
            // Its value is the next word, unless it stands in this one.
            if option.value != nil, option.names.contains(word) { index += 1 }
        }
        return kept
    }
}

extension UserCommand.Option {
    /// `-c`, `--connections`, `--connections=5`, `-c5`
    fileprivate func isMeant(by word: String) -> Bool {
        names.contains { name in
            word == name || value != nil && (name.hasPrefix("--") ? word.hasPrefix(name + "=") : word.hasPrefix(name) && !word.hasPrefix("--"))
        }
    }
}
