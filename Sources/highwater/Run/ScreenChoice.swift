internal import Files
internal import Glibc
internal import Terminal
internal import Workload

/// Where a run shows itself.
enum ScreenChoice {
    /// In sentences where they are wanted; on the dashboard where one is and there is a terminal; else in plain lines.
    static func perform(_ plan: Plan, _ output: RunOutput, _ screen: ScreenOptions, onScreen: Bool) throws {
        if try isPossible(wanted: onScreen && screen.plain == nil) {
            let setup = try ScreenSetup(screen, noColor: output.noColor)
            let signals = try SignalInbox(others: DashboardRun.signals)
            try DashboardRun(plan, output, setup, signals: signals).perform()
        } else {
            // A theme that is not there is a mistake without a screen, too.
            _ = try ScreenSetup(screen, noColor: output.noColor)
            try HeadlessRun(plan, output, signals: SignalInbox(), plain: screen.plain).perform()
        }
    }

    /// Whether there is a terminal to draw on, and one is wanted. Says so where there is none.
    ///
    /// A run in the background has a terminal, but would be stopped at the first look at it. It goes on in plain lines,
    /// since the load that was asked for matters more than its picture.
    ///
    /// Errors: there is one, and it cannot be drawn on.
    static func isPossible(wanted: Bool) throws(RunError) -> Bool {
        guard wanted else { return false }
        for (descriptor, name) in [(STDIN_FILENO, "input"), (STDOUT_FILENO, "output")] where isatty(descriptor) == 0 {
            Output.error.line("highwater: standard \(name) is not a terminal: plain lines instead of the dashboard")
            return false
        }
        if Terminal.isOfAnotherGroup(STDIN_FILENO) {
            Output.error.line("highwater: \(TerminalError.inBackground.words), or --no-tui; plain lines instead of the dashboard")
            return false
        }
        // Before anything is opened or written: a terminal that cannot be drawn on stays as it is.
        let term = Environment.variables(noColor: false)["TERM"] ?? ""
        if term.isEmpty { throw RunError(TerminalError.termUnset.words) }
        if term == "dumb" { throw RunError(TerminalError.termCannotDraw(term).words) }
        return true
    }
}

extension TerminalError {
    /// The fault, and the way around it.
    var words: String {
        let instead = "'highwater record', or --no-tui, runs without a screen"
        return switch self {
        case .notATerminal(let descriptor): "descriptor \(descriptor) is not a terminal: \(instead)"
        case .inBackground: "the terminal belongs to another process group, as under 'timeout' and '&': use 'timeout --foreground'"
        case .termUnset: "TERM is not set: \(instead)"
        case .termCannotDraw(let name): "the dashboard cannot be drawn on TERM=\(name): \(instead)"
        case .termUnknown(let name): "terminfo knows neither TERM=\(name) nor xterm-256color: \(instead)"
        case .system(let call, let code): "the terminal cannot be opened: \(call): \(SystemError(number: code))"
        }
    }
}
