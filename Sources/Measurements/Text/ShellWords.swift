/// Words as a POSIX shell reads them again.
package enum ShellWords {
    /// The word itself where a shell leaves it alone, else in single quotes.
    package static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-_./:=,+@%^".utf8.contains(byte)
        }
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }

    /// A command line.
    package static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}
