/// The folders of a user's own files. XDG Base Directory Specification 0.8.
struct UserFolders {
    /// Of files that the user writes; the program only reads them.
    let configuration: String?
    /// Of files that the program writes, to remember choices.
    let state: String?

    /// nil where the environment names neither the folder nor a home.
    init(_ environment: [String: String]) {
        func folder(_ variable: String, _ underHome: String) -> String? {
            // Relative ones are to be ignored, says the specification.
            if let path = environment[variable], path.hasPrefix("/") { return path + "/highwater" }
            return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/\(underHome)/highwater" : nil }
        }
        configuration = folder("XDG_CONFIG_HOME", ".config")
        state = folder("XDG_STATE_HOME", ".local/state")
    }
}
