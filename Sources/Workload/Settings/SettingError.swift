/// A value that an option cannot have: `--rate: "5x" is not a number; write 500, 20k or 1.5M`.
package struct SettingError: Error, Equatable, CustomStringConvertible {
    /// The option as the user knows it: "--rate", or "client.rate" in a plan's JSON. Empty: the caller adds it.
    package var name: String
    /// What is wrong, and what would be right.
    package var words: String

    package init(_ name: String, _ words: String) {
        self.name = name
        self.words = words
    }

    package var description: String { name.isEmpty ? words : "\(name): \(words)" }

    /// The same of a member of `outer`.
    func inside(_ outer: String) -> SettingError { SettingError(name.isEmpty ? outer : "\(outer).\(name)", words) }
}
