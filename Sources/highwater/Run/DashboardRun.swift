internal import Dashboard
internal import Experiment
internal import Glibc
internal import Measurements
internal import Terminal
internal import Workload

/// A run on the screen: a frame for every sample and every key, until somebody has seen enough.
///
/// One thread does it all, and sleeps in `poll` for whatever comes first: a key, a signal, the
/// end of the load, the next sample. The terminal is never waited for.
final class DashboardRun {
    private let run: Run
    private let screen: DashboardScreen
    private let terminal: Terminal
    private var dashboard: Dashboard
    private let control: LoadControl
    private let clock = ContinuousClock()
    private let deadline: ContinuousClock.Instant?
    private var tick: ContinuousClock.Instant
    private var interval: Duration
    /// The connection that the server was asked to tell more of.
    private var inspected: ConnectionIdentity?
    /// What is on the screen is not what the dashboard would draw.
    private var isStale = true
    private var hasHungUp = false
    private var leavesScreen = false

    /// Longest time from a change of the load to the sample that shows it, however rarely one samples.
    private static let responseTime = Duration.milliseconds(500)
    /// Between two looks at whether the drain is over.
    private static let drainTick = Duration.milliseconds(20)
    /// Nobody waits for the answers once the terminal is gone.
    private static let hangUpDrainTime = Duration.seconds(1)

    /// Opens all that the run needs and the terminal, and draws the first frame; nothing runs yet.
    init(_ plan: Plan, _ output: OutputOptions, _ setup: ScreenSetup) throws {
        run = try Run(plan, output, otherSignals: [SIGWINCH, SIGTSTP, SIGCONT])
        screen = try DashboardScreen(setup)
        terminal = screen.terminal
        control = LoadControl(run.experiment)
        interval = plan.interval
        dashboard = screen.dashboard(control.description)
        dashboard.run.intervalMilliseconds = Int(interval / .milliseconds(1))
        tick = clock.now
        deadline = plan.duration.map { [clock] in clock.now + $0 }
        draw()
    }

    /// Runs to the end, gives the terminal back and prints the summary.
    ///
    /// Errors: what kept it from running, or the exit code after a summary.
    func perform() throws {
        do { try run.start() } catch {
            terminal.close()
            throw error
        }
        dashboard.run.state = .running
        if let addresses = run.serverAddresses {
            run.experiment.note(.info, source: "server", "listening on \(addresses)")
        }
        if let fallback = terminal.fallbackTerm {
            run.experiment.note(.warning, source: "screen", "this terminal is not in terminfo: taken for \(fallback)")
        }
        for problem in screen.problems { run.experiment.note(.warning, source: "theme", problem) }
        let end = drain(after: watch())
        if leavesScreen {
            let size = terminal.size
            terminal.leave(lastFrame: dashboard.frame(width: size.width, height: size.height))
        } else {
            terminal.close()
        }
        try run.finish(after: end)
    }

    // MARK: While the load runs

    private func watch() -> Run.End {
        tick = clock.now + interval
        while true {
            let now = clock.now
            if run.experiment.isDone || deadline.map({ now >= $0 }) == true { return .natural }
            if now >= tick {
                show(run.experiment.sample())
                // A tick that was missed is left out, not made up for.
                while tick <= clock.now { tick += interval }
            }
            draw()
            let keys = wait(until: min(tick, deadline ?? tick), run.experiment.doneDescriptor)
            if screen.takeLateAnswer() { isStale = true }
            if let end = answer(keys) ?? takeSignals() { return end }
        }
    }

    private func show(_ sample: Sample) {
        run.add(sample)
        dashboard.add(sample)
        for event in run.takeEvents() { dashboard.add(event) }
        isStale = true
    }

    /// Keys that were pressed until then; none when a signal or a descriptor came first.
    private func wait(until instant: ContinuousClock.Instant, _ descriptor: Int32) -> [Key] {
        // A terminal that hung up can always be read, and never says more.
        let input = hasHungUp ? -1 : terminal.inputDescriptor
        let patience = instant - clock.now
        let escapeTime = terminal.keyTimeoutMilliseconds.map { Duration.milliseconds(Int($0)) } ?? patience
        let isOver = !Polling.wait(
            for: [input, run.signals.descriptor, descriptor], writing: terminal.wantsToWrite ? input : nil,
            atMost: min(patience, escapeTime))
        terminal.sendUnsent()
        return isOver && escapeTime < patience ? terminal.flushKeys() : terminal.readKeys()
    }

    private func answer(_ keys: [Key]) -> Run.End? {
        for key in keys {
            if key == .hangup {
                hasHungUp = true
                return .signal(SIGHUP)
            }
            isStale = true
            switch dashboard.handle(key) {
            case .quit: return .natural
            case .quitAndLeaveScreen:
                leavesScreen = true
                return .natural
            case .changeLoad(let steps): changed { control.change(by: steps) }
            case .togglePauseLoad: changed { control.togglePause() }
            case .suspend: suspend { _ = kill(0, SIGTSTP) }
            case .changeInterval(let steps): changeInterval(by: steps)
            case .export: export()
            case let action?: _ = screen.perform(action, on: &dashboard)
            case nil: break
            }
        }
        inspect()
        return nil
    }

    /// Has the server tell more of the connection that the dashboard looks at.
    private func inspect() {
        guard dashboard.inspected != inspected else { return }
        inspected = dashboard.inspected
        run.experiment.inspect(loop: inspected?.loop, id: inspected?.id ?? 0)
        tick = min(tick, clock.now + DashboardRun.responseTime)
    }

    private func changed(_ change: () -> Void) {
        change()
        let state = dashboard.run.state
        dashboard.run = control.description
        dashboard.run.state = state
        dashboard.run.intervalMilliseconds = Int(interval / .milliseconds(1))
        for event in run.takeEvents() { dashboard.add(event) }
        tick = min(tick, clock.now + DashboardRun.responseTime)
    }

    /// Times between samples to choose from, in milliseconds: from as fast as an eye follows.
    private static let intervals = [100, 200, 500, 1_000, 2_000, 5_000, 10_000]

    private func changeInterval(by steps: Int) {
        let now = Int(interval / .milliseconds(1)), all = DashboardRun.intervals
        guard let next = steps < 0 ? all.last(where: { $0 < now }) : all.first(where: { $0 > now }) else { return }
        changed {
            interval = .milliseconds(next)
            run.experiment.note(.info, source: "screen", "a sample every \(next) ms")
        }
        tick = min(tick, clock.now + interval)
    }

    private func export() {
        do throws(RunError) {
            let names = try ScreenExport.write(dashboard, terminal)
            run.experiment.note(.info, source: "screen", "wrote \(names)")
        } catch {
            run.experiment.note(.warning, source: "screen", "cannot write \(error.description)")
        }
        for event in run.takeEvents() {
            dashboard.notice = event.text
            dashboard.add(event)
        }
    }

    private func takeSignals() -> Run.End? {
        while let signal = run.signals.next() {
            switch signal {
            case SIGWINCH:
                terminal.sizeDidChange()
                isStale = true
            case SIGTSTP: suspend { raise(SIGTSTP) }
            case SIGCONT:
                // Stopped by what cannot be caught: whoever had the terminal meanwhile left it as they liked.
                terminal.suspend()
                terminal.resume()
                isStale = true
            default: return .signal(signal)
            }
        }
        return nil
    }

    /// Gives the terminal back, stops the process as if nobody had caught the signal, and comes back.
    ///
    /// - Parameter stop: sends the signal.
    private func suspend(_ stop: () -> Void) {
        // What an open schedule wants while nobody can send would all be due at once.
        let wasPaused = run.experiment.isLoadPaused
        if !wasPaused { run.experiment.setLoadPaused(true) }
        show(run.experiment.sample())
        terminal.suspend()
        SignalInbox.withDefaultAction(of: SIGTSTP, stop)
        terminal.resume()
        if !wasPaused { run.experiment.setLoadPaused(false) }
        isStale = true
    }

    // MARK: The end

    /// Lets what is in flight finish, on the screen; a second q ends at once.
    private func drain(after end: Run.End) -> Run.End {
        var end = end
        dashboard.run.state = .draining
        isStale = true
        draw()
        let drainTime = hasHungUp ? min(run.plan.drainTime, DashboardRun.hangUpDrainTime) : run.plan.drainTime
        let last = run.beginStop(withinSeconds: drainTime.inSeconds)
        dashboard.add(last)
        while !run.experiment.hasDrained() {
            isStale = true
            draw()
            for key in wait(until: clock.now + DashboardRun.drainTick, -1) {
                if key == .hangup { hasHungUp = true }
                if [.quit, .quitAndLeaveScreen].contains(dashboard.handle(key)), key != .hangup { endAtOnce() }
            }
            while let signal = run.signals.next() {
                // The first; a second one has ended the process before anybody reads it here.
                if SignalInbox.endings.contains(signal), case .natural = end { end = .signal(signal) }
                if signal == SIGWINCH { terminal.sizeDidChange() }
            }
        }
        run.finishStop()
        for event in run.takeEvents() { dashboard.add(event) }
        dashboard.run.state = .ended
        return end
    }

    /// As a second Ctrl-C ends a run without a screen.
    private func endAtOnce() -> Never {
        terminal.close()
        _exit(128 + SIGINT)
    }

    /// Draws if there is anything new and the terminal has taken what was before.
    private func draw() {
        guard isStale, !terminal.wantsToWrite, !hasHungUp else { return }
        screen.show(&dashboard)
        isStale = false
    }
}
