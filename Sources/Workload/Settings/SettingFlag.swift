/// Where an option can be said.
package struct SettingPlaces: OptionSet, Sendable {
    package let rawValue: Int
    /// On the command line.
    package static var flag: SettingPlaces { SettingPlaces(rawValue: 1) }
    /// In a scenario file.
    package static var key: SettingPlaces { SettingPlaces(rawValue: 2) }
    /// In a plan's JSON: a recording's header has it, and a worker process is told it.
    package static var plan: SettingPlaces { SettingPlaces(rawValue: 4) }
    package static var everywhere: SettingPlaces { [.flag, .key, .plan] }

    package init(rawValue: Int) { self.rawValue = rawValue }
}

/// How the option looks on the command line.
package struct SettingFlag: Sendable {
    package let shape: Shape
    /// Short names, each a letter.
    package let letters: [Character]
    /// What stands for the value in the help: "file". nil: the option's name.
    package let placeholder: String?
    package let isHidden: Bool
    /// Made when it is asked for: only help and the JSON Schema show it.
    let usual: @Sendable () -> String?

    /// What holds when the command line does not say, for people.
    package var standard: String? { usual() }

    /// What follows the name.
    package enum Shape: Sendable {
        case value
        /// A value, as often as wanted.
        case values
        /// No value: the flag switches it on.
        case on
        /// No value, and a `--no-` flag for the opposite.
        case onOrOff
        /// The option has no flag of its own; each of these words of its choice is one.
        case words([(word: String, meaning: String)])
    }
}
