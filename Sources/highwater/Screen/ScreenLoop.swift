internal import Dashboard
internal import Glibc
internal import Terminal
internal import Workload

/// A dashboard on a terminal, as far as a live run and a replay are alike: it draws new frames, waits for
/// keys and signals, gives the terminal back for a while, and changes the looks.
///
/// One thread does it all, and sleeps in `poll`. The terminal is never waited for.
final class ScreenLoop {
    var dashboard: Dashboard
    /// The screen does not show the dashboard as it is now.
    var isStale = true
    /// The terminal is gone.
    var hasHungUp = false
    private let screen: DashboardScreen
    private let terminal: Terminal
    private let signals: SignalInbox
    private let clock = SuspendingClock()

    /// Opens the terminal.
    ///
    /// - Parameters:
    ///   - signals: with SIGWINCH and SIGCONT.
    ///   - input: where keys come from.
    init(_ setup: ScreenSetup, _ run: RunDescription, signals: SignalInbox, input: Int32 = STDIN_FILENO) throws(RunError) {
        screen = try DashboardScreen(setup, input: input)
        terminal = screen.terminal
        self.signals = signals
        dashboard = screen.dashboard(run)
    }

    /// Warnings about the terminal and the theme, for the list of events.
    var warnings: [(source: String, text: String)] {
        (terminal.fallbackTerm.map { [("screen", "this terminal is not in terminfo: taken for \($0)")] } ?? [])
            + screen.problems.map { ("theme", $0) }
    }

    /// Draws if there is anything new and the terminal has taken the frame before.
    func draw() {
        if screen.takeLateAnswer() { isStale = true }
        guard isStale || terminal.isSuspended, !terminal.wantsToWrite, !hasHungUp else { return }
        screen.show(&dashboard)
        isStale = false
    }

    /// Sleeps until a time, or until a key, a signal or one of the descriptors comes.
    ///
    /// - Returns: the keys that were pressed until then; none when something else came first.
    func wait(for descriptors: [Int32], until instant: SuspendingClock.Instant) -> [Key] {
        // A terminal that hung up can always be read, and never says more.
        let input = hasHungUp ? -1 : terminal.inputDescriptor
        let patience = instant - clock.now
        let escapeTime = terminal.keyTimeoutMilliseconds.map { Duration.milliseconds(Int($0)) } ?? patience
        let isOver = !Polling.wait(
            for: [input, signals.descriptor] + descriptors, writing: terminal.wantsToWrite ? input : nil, atMost: min(patience, escapeTime))
        terminal.sendUnsent()
        let keys = isOver && escapeTime < patience ? terminal.flushKeys() : terminal.readKeys()
        if !keys.isEmpty { isStale = true }
        return keys
    }

    /// Takes the signals that have come.
    ///
    /// - Parameter suspend: called when the program is to stop as on ^Z; stops it by the function it is given.
    /// - Returns: the first that asks for the end.
    func takeSignals(suspend: (_ stop: () -> Void) -> Void) -> Int32? {
        while let signal = signals.next() {
            switch signal {
            case SIGWINCH: terminal.sizeDidChange()
            case SIGTSTP: suspend { raise(SIGTSTP) }
            case SIGCONT:
                // Stopped by a signal that cannot be caught: another program has used the terminal meanwhile.
                terminal.suspend()
                terminal.resume()
            default: return signal
            }
            isStale = true
        }
        return nil
    }

    /// Gives the terminal back, stops the process as if the signal had not been caught, and comes back.
    ///
    /// - Parameter stop: sends the signal.
    func suspend(_ stop: () -> Void) {
        terminal.suspend()
        SignalInbox.withDefaultAction(of: SIGTSTP, stop)
        terminal.resume()
        isStale = true
    }

    /// Stops the process and its group, as ^Z does in a program that knows nothing of it.
    func stopGroup() { _ = kill(0, SIGTSTP) }

    /// Writes the screen and its sample to files. - Returns: a word about that, which is shown too.
    @discardableResult
    func export() -> (isWritten: Bool, text: String) {
        do throws(RunError) {
            let text = "wrote \(try ScreenExport.write(dashboard, terminal))"
            dashboard.notice = text
            return (true, text)
        } catch {
            let text = "cannot write \(error.description)"
            dashboard.notice = text
            return (false, text)
        }
    }

    /// Does an action that concerns the looks.
    func perform(_ action: Action) { _ = screen.perform(action, on: &dashboard) }

    /// Gives the terminal back as it was.
    func close() { terminal.close() }

    /// Gives the terminal back with the last frame on it.
    func leave() {
        let size = terminal.size
        terminal.leave(lastFrame: dashboard.frame(width: size.width, height: size.height))
    }
}
