internal import ArgumentParser
internal import Dashboard
internal import Glibc

/// How the dashboard is to look: by flag, else by the configuration file, else as it was left last time.
struct ScreenSetup {
    let environment: [String: String]
    private(set) var settings: Settings
    let library: ThemeLibrary
    let glyphs: GlyphSet?
    /// The name or path of a theme; nil for light or dark as the terminal is.
    var theme: String?
    /// As a key said that they are to stay; nil for the configuration file's.
    private(set) var panels: PanelChoice?
    private(set) var timeBase: TimeBase?
    private let statePath: String?
    private let configurationPath: String?

    /// Errors: an exit code, after the fault has been printed with file, line and column.
    init(_ options: ScreenOptions, noColor: Bool) throws {
        environment = Environment.variables(noColor: noColor)
        let folders = UserFolders(environment)
        var settings = Settings()
        configurationPath = folders.configuration.map { $0 + "/config" }
        if let path = configurationPath { settings = try ScreenSetup.settings(path) ?? settings }
        statePath = folders.state.map { $0 + "/screen" }
        // A damaged file of the program's own is no reason to stop.
        let text = statePath.flatMap { try? TextFile.read($0, byteLimit: Settings.byteLimit) }
        let former = text.flatMap { try? Settings(text: $0) } ?? Settings()
        if let color = options.color { settings.colours = color }
        if noColor { settings.colours = .never }
        glyphs = options.glyphs ?? settings.glyphs ?? former.glyphs
        panels = settings.panels ?? former.panels
        timeBase = settings.timeBase ?? former.timeBase
        library = ThemeLibrary(environment)
        let isWanted = options.theme != nil || settings.theme != nil
        theme = options.theme ?? settings.theme ?? former.theme
        self.settings = settings
        guard let name = theme, name != "auto" else {
            theme = nil
            return
        }
        do { _ = try library.file(name) } catch {
            // A remembered theme that is gone is forgotten.
            theme = nil
            if isWanted {
                Output.error.line("highwater: \(error.description)")
                throw ExitCode(2)
            }
        }
    }

    /// The configuration file's; nil where there is none.
    static func settings(_ path: String) throws -> Settings? {
        do throws(RunError) { return try read(path) } catch {
            Output.error.line("highwater: \(error.description)")
            throw ExitCode(2)
        }
    }

    /// Errors: the fault of the file, and its place.
    private static func read(_ path: String) throws(RunError) -> Settings? {
        guard let text = try TextFile.read(path, byteLimit: Settings.byteLimit) else { return nil }
        do { return try Settings(text: text) } catch {
            throw RunError("\(path):\(error.line):\(error.column): \(error.words)")
        }
    }

    /// Reads the configuration file again. Choices of flags, and those that only a start can make, stay.
    ///
    /// Errors: as at the start; then nothing has changed.
    mutating func reload() throws(RunError) {
        guard let path = configurationPath else { throw RunError("there is no folder for a configuration file") }
        guard let new = try ScreenSetup.read(path) else { throw RunError("there is no \(path)") }
        if let name = new.theme { _ = try library.file(name) }
        let colours = settings.colours
        settings = new
        settings.colours = colours
        theme = new.theme ?? theme
        panels = new.panels ?? panels
        timeBase = new.timeBase ?? timeBase
    }

    /// Whether the terminal's background matters.
    var asksBackground: Bool { theme == nil || (try? library.file(theme ?? ""))?.leavesBackground == true }

    /// The theme to draw with, and the faults of its file.
    ///
    /// - Parameter background: the terminal's; nil where it has not said.
    func resolve(background: Swatch?) -> (theme: Theme, problems: [String]) {
        let name = theme ?? automatic(background)
        let file = (try? library.file(name)) ?? ThemeFile(name: "dark", text: Theme.shippedText("dark") ?? "")
        let place = library.entries.first { $0.name == name }?.path ?? name
        return (
            Theme(file, contrast: settings.contrast, terminalBackground: background),
            file.problems.map { "\(place):\($0.line): \($0.words)" }
        )
    }

    /// The theme for everybody, or its sibling where the terminal is light.
    private func automatic(_ background: Swatch?) -> String {
        guard let background, background.luminance > 0.18 else { return Theme.dark.name }
        return Theme.dark.pair ?? Theme.dark.name
    }

    /// Remembers choices that keys made, for the next time. A file that cannot be written is no reason to stop.
    ///
    /// - Parameters: nil: as it was remembered before.
    /// - Returns: the reason why they cannot be kept, in words; nil: they are.
    mutating func remember(theme: String?, glyphs: GlyphSet?, panels new: PanelChoice? = nil, timeBase newBase: TimeBase? = nil) -> String? {
        panels = new ?? panels
        timeBase = newBase ?? timeBase
        guard let statePath, let folder = statePath.lastIndex(of: "/").map({ String(statePath[..<$0]) }) else {
            return "there is no folder for them, without HOME and XDG_STATE_HOME"
        }
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/" + part
            _ = unsafe mkdir(path, 0o700)
        }
        let text = "# The choices that keys made last. Written by the program; the configuration file comes first.\n"
            + "theme = \(theme ?? "auto")\n" + "glyphs = \(glyphs?.name ?? "auto")\n"
            + (panels.map { "panels = \($0.name)\n" } ?? "") + (timeBase.map { "column = \($0.name)\n" } ?? "")
        do throws(RunError) {
            var file = try NewFile(path: statePath)
            try file.write(text)
            try file.finish()
            return nil
        } catch { return error.description }
    }
}
