internal import Dashboard
internal import Glibc
internal import Terminal

/// A terminal with the looks that the user has chosen, and the keys that change them.
final class DashboardScreen {
    let terminal: Terminal
    private var setup: ScreenSetup
    private var glyphs: GlyphSet?
    private var background: Swatch?
    /// Faults of the theme's file, to be told once there is a list of events.
    private(set) var problems: [String] = []

    /// Opens the terminal.
    init(_ setup: ScreenSetup, input: Int32 = STDIN_FILENO) throws(RunError) {
        self.setup = setup
        do {
            terminal = try Terminal(
                environment: setup.environment, theme: setup.resolve(background: nil).theme, colours: setup.settings.colours,
                asksBackground: setup.asksBackground, input: input)
        } catch { throw RunError(error.words) }
        glyphs = setup.glyphs
        terminal.listensToMouse = setup.settings.hasMouse
        background = terminal.background
        wear(setup.theme)
    }

    /// The dashboard of a run, as it is to look here.
    func dashboard(_ run: RunDescription) -> Dashboard {
        var dashboard = Dashboard(run: run, glyphs: glyphs ?? (terminal.isUnicode ? .braille : .ascii))
        dashboard.keys = setup.settings.keys
        dashboard.themes = ThemeChoice(
            [ScreenSetup.automaticName] + setup.library.entries.map(\.name), current: setup.theme ?? ScreenSetup.automaticName)
        dashboard.panels = setup.panels ?? PanelChoice.usual(run)
        dashboard.timeBase = setup.timeBase ?? TimeBase()
        dashboard.size = terminal.size
        return dashboard
    }

    /// Shows the dashboard, whole or not at all.
    func show(_ dashboard: inout Dashboard) {
        dashboard.size = terminal.size
        terminal.show(dashboard.frame(width: dashboard.size.width, height: dashboard.size.height))
    }

    /// A terminal far away answers late which background it has. - Returns: whether the colours have changed.
    func takeLateAnswer() -> Bool {
        guard background == nil, let answer = terminal.background else { return false }
        background = answer
        wear(setup.theme)
        return true
    }

    /// Does an action that concerns the looks. - Returns: false for one that is the run's.
    func perform(_ action: Action, on dashboard: inout Dashboard) -> Bool {
        switch action {
        case .redraw: terminal.redraw()
        case .showTheme(let name): wear(name, &dashboard)
        case .keepTheme(let name):
            wear(name, &dashboard)
            keep("theme: \(name)", overruled: setup.settings.theme != nil, &dashboard)
            if let problem = problems.first { dashboard.notice = problem }
        case .keepGlyphs(let set):
            glyphs = set
            keep("glyphs: \(set.name)", overruled: setup.settings.glyphs != nil, &dashboard)
        case .toggleMouse:
            terminal.listensToMouse.toggle()
            dashboard.notice = terminal.listensToMouse ? "the mouse clicks" : "the mouse selects text"
        case .copy(let text): dashboard.notice = terminal.copy(text) ? "copied, if this terminal lets programs copy" : "too long to copy"
        case .keepScreen:
            keep(
                "panels \(dashboard.panels.name), \(dashboard.timeBase.name) a column",
                overruled: setup.settings.panels != nil || setup.settings.timeBase != nil, panels: dashboard.panels, timeBase: dashboard.timeBase, &dashboard)
        case .reload: reload(&dashboard)
        default: return false
        }
        return true
    }

    /// Keeps a choice for the next time, and tells what came of it.
    ///
    /// - Parameter overruled: the configuration file makes the same choice, and comes first at the next start.
    private func keep(
        _ choice: String, overruled: Bool, panels: PanelChoice? = nil, timeBase: TimeBase? = nil, _ dashboard: inout Dashboard
    ) {
        let problem = setup.remember(theme: setup.theme, glyphs: glyphs, panels: panels, timeBase: timeBase)
        if let problem {
            dashboard.notice = "\(choice); not kept: \(problem)"
        } else {
            dashboard.notice = choice + (overruled ? "; next time the configuration file comes first" : "; kept for the next time")
        }
    }

    private func reload(_ dashboard: inout Dashboard) {
        do throws(RunError) {
            try setup.reload()
            dashboard.keys = setup.settings.keys
            dashboard.panels = setup.panels ?? dashboard.panels
            dashboard.timeBase = setup.timeBase ?? dashboard.timeBase
            if let set = setup.settings.glyphs {
                glyphs = set
                dashboard.glyphs = set
            }
            terminal.listensToMouse = setup.settings.hasMouse
            dashboard.notice = "the settings were read again"
            wear(setup.theme ?? ScreenSetup.automaticName, &dashboard)
        } catch { dashboard.notice = error.description }
    }

    private func wear(_ name: String, _ dashboard: inout Dashboard) {
        wear(name == ScreenSetup.automaticName ? nil : name)
        dashboard.themes.current = name
        if let problem = problems.first { dashboard.notice = problem }
    }

    private func wear(_ name: String?) {
        setup.theme = name
        let (theme, problems) = setup.resolve(background: background)
        self.problems = problems
        terminal.use(theme)
    }
}

extension ScreenSetup {
    /// The name in the list of the choice that is no theme: light or dark, as the terminal is.
    static let automaticName = "auto"
}
