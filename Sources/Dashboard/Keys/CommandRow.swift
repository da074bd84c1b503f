/// All of a command: its keys, its words and its deed. Settings, help, footer, the manual and the keys
/// themselves come from here.
struct CommandRow {
    /// Its keys where the settings bind none; the first is the one that is shown.
    let keys: [Key]
    /// Its effect, for the configuration file and the manual.
    let words: String
    let help: Help
    /// In the footer, where that offers it.
    let label: String
    /// Does it. - Returns: the part that only the program can do.
    let perform: (inout Dashboard) -> Action?

    /// Its place in the part of the help that holds in every panel.
    enum Help {
        /// A line of its own, which commands after it may join.
        case line(String)
        /// On the line of the command before.
        case joins
        /// Not there: the help of panels has it, or it needs none.
        case none
    }

    /// - Parameter keys: as the configuration file writes them.
    private init(_ keys: String, _ words: String, _ help: Help, _ label: String, _ perform: @escaping (inout Dashboard) -> Action?) {
        self.keys = keys.split(separator: " ").map { name in
            guard let key = Key(name: String(name)) else { preconditionFailure("\(name) is no key") }
            return key
        }
        self.words = words
        self.help = help
        self.label = label
        self.perform = perform
    }

    /// A command that the dashboard does by itself.
    static func does(
        _ keys: String, _ words: String, help: Help = .none, label: String = "", _ perform: @escaping (inout Dashboard) -> Void
    ) -> CommandRow {
        CommandRow(keys, words, help, label) {
            perform(&$0)
            return nil
        }
    }

    /// A command that asks something of the program, or may.
    static func asks(
        _ keys: String, _ words: String, help: Help = .none, label: String = "", _ perform: @escaping (inout Dashboard) -> Action?
    ) -> CommandRow {
        CommandRow(keys, words, help, label, perform)
    }
}
