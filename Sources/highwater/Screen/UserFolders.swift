/// Where what belongs to a user lies. XDG Base Directory Specification 0.8.
struct UserFolders {
    /// What the user writes: never written to.
    let configuration: String?
    /// What the program remembers.
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
