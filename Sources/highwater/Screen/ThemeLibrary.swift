internal import Dashboard

/// All themes there are: within the program, the user's own, and btop's where that is installed.
struct ThemeLibrary {
    struct Entry {
        let name: String
        /// nil: within the program.
        let path: String?
    }

    /// In this order; of equal names only the one that counts: the user's, then ours, then btop's.
    let entries: [Entry]

    init(_ environment: [String: String]) {
        let own = UserFolders(environment).configuration.map { [$0 + "/themes"] } ?? []
        let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
        let btop = (home.map { [$0 + "/btop/themes"] } ?? []) + ["/usr/local/share/btop/themes", "/usr/share/btop/themes"]
        func entries(_ folders: [String]) -> [Entry] {
            folders.flatMap { folder in
                TextFile.names(in: folder, ending: ".theme").map { Entry(name: String($0.dropLast(6)), path: "\(folder)/\($0)") }
            }
        }
        let users = entries(own)
        let shipped = Theme.shippedNames.map { Entry(name: $0, path: nil) }
        var seen: Set<String> = []
        let shadowing = Set(users.map(\.name))
        self.entries = (shipped.filter { !shadowing.contains($0.name) } + users + entries(btop)).filter { seen.insert($0.name).inserted }
    }

    /// A theme by name, or by path where it has a slash or ends in .theme.
    ///
    /// Errors: there is none, or it is none.
    func file(_ wanted: String) throws(RunError) -> ThemeFile {
        if let entry = entries.first(where: { $0.name == wanted }) { return try ThemeLibrary.read(entry) }
        guard wanted.contains("/") || wanted.hasSuffix(".theme") else {
            throw RunError("there is no theme '\(wanted)'; write \(entries.map(\.name).joined(separator: ", ")), or the path of a file")
        }
        let name = wanted.split(separator: "/").last.map(String.init) ?? wanted
        return try ThemeLibrary.read(Entry(name: name.hasSuffix(".theme") ? String(name.dropLast(6)) : name, path: wanted))
    }

    static func read(_ entry: Entry) throws(RunError) -> ThemeFile {
        guard let path = entry.path else {
            return ThemeFile(name: entry.name, text: Theme.shippedText(entry.name) ?? "")
        }
        guard let text = try TextFile.read(path, byteLimit: ThemeFile.byteLimit) else { throw RunError("\(path): there is no such file") }
        let file = ThemeFile(name: entry.name, text: text)
        if file.isEmpty { throw RunError("\(path): not a theme: no line is theme[name]=\"value\"") }
        return file
    }
}
