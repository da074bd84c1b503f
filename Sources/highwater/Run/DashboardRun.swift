internal import ArgumentParser
internal import Dashboard
internal import Experiment
internal import Glibc
internal import Load
internal import Measurements
internal import Terminal
internal import Workload

/// A run on the screen: a frame for every sample and every key, until somebody has seen enough.
///
/// One thread does it all, and sleeps in `poll` for whatever comes first: a key, a signal, the
/// end of the load, the next sample. The terminal is never waited for.
final class DashboardRun {
    /// The one that is shown. After the death of its process another may take its place.
    private(set) var run: Run
    private let plan: Plan
    private let output: RunOutput
    private let signals: SignalInbox
    private let screen: DashboardScreen
    private let terminal: Terminal
    private var dashboard: Dashboard
    private let clock = ContinuousClock()
    private var deadline: ContinuousClock.Instant?
    private var tick: ContinuousClock.Instant
    /// Between two samples; a key changes it.
    private var interval: Duration
    /// How long the screen stays when the process has died; nil: until somebody has seen enough.
    private let staysAfterDeath: Duration?
    /// How often the same was run again.
    private var repetitions = 0
    /// The connection that the server was asked to tell more of.
    private var inspected: ConnectionIdentity?
    /// What is on the screen is not what the dashboard would draw.
    private var isStale = true
    private var hasHungUp = false
    private var leavesScreen = false

    /// To be delivered besides those that ask for the end.
    static let signals = [SIGWINCH, SIGTSTP, SIGCONT]
    /// Longest time from a change of the load to the sample that shows it, however rarely one samples.
    private static let responseTime = Duration.milliseconds(500)
    /// Between two looks at whether the drain is over.
    private static let drainTick = Duration.milliseconds(20)
    /// Nobody waits for the answers once the terminal is gone.
    private static let hangUpDrainTime = Duration.seconds(1)

    /// Opens all that the run needs and the terminal, and draws the first frame; nothing runs yet.
    ///
    /// - Parameter signals: with those of `DashboardRun.signals`.
    init(
        _ plan: Plan, _ output: RunOutput, _ setup: ScreenSetup, signals: SignalInbox, staysAfterDeath: Duration? = nil
    ) throws {
        self.signals = signals
        self.staysAfterDeath = staysAfterDeath
        run = try Run(plan, output, signals: signals)
        self.plan = plan
        self.output = output
        screen = try DashboardScreen(setup)
        terminal = screen.terminal
        interval = plan.interval
        dashboard = screen.dashboard(RunDescription(of: run.source))
        dashboard.run.intervalMilliseconds = Int(interval / .milliseconds(1))
        tick = clock.now
        draw()
    }

    /// Runs to the end, gives the terminal back and prints the summary.
    ///
    /// Errors: what kept it from running, or the exit code after a summary.
    func perform() throws {
        let end = try watch()
        // Only now: after a death the run is another one.
        try run.finish(after: end)
    }

    /// Runs to the end and gives the terminal back. Errors: what kept it from running.
    func watch() throws -> Run.End {
        do { try start() } catch {
            terminal.close()
            throw error
        }
        if let fallback = terminal.fallbackTerm {
            run.source.note(.warning, source: "screen", "this terminal is not in terminfo: taken for \(fallback)")
        }
        for problem in screen.problems { run.source.note(.warning, source: "theme", problem) }
        let end = drain(after: goThrough())
        if leavesScreen {
            let size = terminal.size
            terminal.leave(lastFrame: dashboard.frame(width: size.width, height: size.height))
        } else {
            terminal.close()
        }
        return end
    }

    // MARK: While the load runs

    private func start() throws {
        try run.start()
        describe(.running)
        tick = clock.now + interval
        deadline = plan.duration.map { [clock] in clock.now + $0 }
        if let addresses = run.source.addresses.serverURLs {
            run.source.note(.info, source: "server", "listening on \(addresses)")
        }
    }

    private func goThrough() -> Run.End {
        var phase = run.source.load.phaseIndex
        var due: Duration?
        while true {
            let isDead = run.source.outcome != nil
            let now = clock.now
            if isDead, let deadline, staysAfterDeath != nil, now >= deadline { return .natural }
            if !isDead {
                due = run.source.performDue()
                if run.source.load.phaseIndex != phase {
                    phase = run.source.load.phaseIndex
                    tick = now + interval
                }
                if run.source.load.isDone || run.failedThreshold != nil || deadline.map({ now >= $0 }) == true { return .natural }
                if now >= tick {
                    run.source.sample()
                    // A tick that was missed is left out, not made up for.
                    while tick <= clock.now { tick += interval }
                }
            }
            showNews()
            if screen.takeLateAnswer() { isStale = true }
            draw()
            let instant = run.source.outcome != nil ? now + DashboardRun.responseTime : min(tick, deadline ?? tick, now + (due ?? .seconds(3_600)))
            if let end = answer(wait(until: instant)) ?? takeSignals() { return end }
        }
    }

    private func showNews() {
        for item in run.takeNews() {
            isStale = true
            switch item {
            case .sample(let sample): dashboard.add(sample)
            case .event(let event): dashboard.add(event)
            case .loadEnded: break
            }
        }
        let shown = dashboard.run
        dashboard.run.show(run.source)
        if dashboard.run != shown { isStale = true }
        guard let outcome = run.source.outcome, outcome.isDeath, dashboard.run.state != .dead else { return }
        dashboard.run.state = .dead
        if let staysAfterDeath { deadline = clock.now + staysAfterDeath }
        isStale = true
    }

    /// Keys that were pressed until then; none when a signal or a descriptor came first.
    private func wait(until instant: ContinuousClock.Instant) -> [Key] {
        // A terminal that hung up can always be read, and never says more.
        let input = hasHungUp ? -1 : terminal.inputDescriptor
        let patience = instant - clock.now
        let escapeTime = terminal.keyTimeoutMilliseconds.map { Duration.milliseconds(Int($0)) } ?? patience
        let isOver = !Polling.wait(
            for: [input, signals.descriptor] + run.source.descriptors, writing: terminal.wantsToWrite ? input : nil,
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
            case .change(let change): apply(change)
            case .runAgain: runAgain()
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
        run.source.apply(.inspect(inspected))
        tick = min(tick, clock.now + DashboardRun.responseTime)
    }

    /// Tells the run a change. Its figures are of more than one load then, and the summary says so.
    private func apply(_ change: RunChange) {
        guard run.source.outcome == nil else { return }
        run.source.apply(change)
        run.noteChangeByHand()
        describe(dashboard.run.state)
        showNews()
        tick = min(tick, clock.now + DashboardRun.responseTime)
    }

    /// The run as it is now, in the header's words.
    private func describe(_ state: RunDescription.State) {
        dashboard.run.state = state
        dashboard.run.show(run.source)
        dashboard.run.intervalMilliseconds = Int(interval / .milliseconds(1))
    }

    /// Times between samples to choose from, in milliseconds: from as fast as an eye follows.
    private static let intervals = [100, 200, 500, 1_000, 2_000, 5_000, 10_000]

    private func changeInterval(by steps: Int) {
        let now = Int(interval / .milliseconds(1)), all = DashboardRun.intervals
        guard let next = steps < 0 ? all.last(where: { $0 < now }) : all.first(where: { $0 > now }) else { return }
        guard run.source.outcome == nil else { return }
        interval = .milliseconds(next)
        run.source.note(.info, source: "screen", "a sample every \(next) ms")
        describe(dashboard.run.state)
        showNews()
        tick = min(tick, clock.now + min(interval, DashboardRun.responseTime))
    }

    private func export() {
        do throws(RunError) {
            let names = try ScreenExport.write(dashboard, terminal)
            run.source.note(.info, source: "screen", "wrote \(names)")
            dashboard.notice = "wrote \(names)"
        } catch {
            run.source.note(.warning, source: "screen", "cannot write \(error.description)")
            dashboard.notice = "cannot write \(error.description)"
        }
        showNews()
    }

    /// The same plan in a new process, from time 0, on an empty screen and with a recording of its own.
    private func runAgain() {
        repetitions += 1
        do {
            var output = output
            output.file = output.file.map { NewFile.numbered($0, repetitions + 1) }
            run = try Run(plan, output, signals: signals, metrics: run.metrics)
            inspected = nil
            dashboard.run = RunDescription(of: run.source)
            dashboard.forgetRun()
            try start()
        } catch {
            dashboard.add(Event(timeNanoseconds: 0, level: .error, source: "worker", text: "cannot run again: \(error)"))
        }
    }

    private func takeSignals() -> Run.End? {
        while let signal = signals.next() {
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
        // Requests that an open schedule wants meanwhile would all be due at once.
        let load = run.source.load, holds = !load.isHeld && (try? load.applying(.hold(true))) != nil
        if holds { run.source.apply(.hold(true)) }
        run.source.sample()
        showNews()
        terminal.suspend()
        SignalInbox.withDefaultAction(of: SIGTSTP, stop)
        terminal.resume()
        if holds { run.source.apply(.hold(false)) }
        isStale = true
    }

    // MARK: The end

    /// Lets what is in flight finish, on the screen; a second q ends at once.
    private func drain(after end: Run.End) -> Run.End {
        var end = end
        if run.source.outcome == nil { dashboard.run.state = .draining }
        isStale = true
        draw()
        run.beginStop(within: hasHungUp ? min(plan.drainTime, DashboardRun.hangUpDrainTime) : plan.drainTime)
        showNews()
        while run.source.outcome == nil {
            isStale = true
            draw()
            for key in wait(until: clock.now + DashboardRun.drainTick) {
                if key == .hangup { hasHungUp = true }
                if [.quit, .quitAndLeaveScreen].contains(dashboard.handle(key)), key != .hangup { endAtOnce() }
            }
            while let signal = signals.next() {
                // The first; a second one has ended the process before anybody reads it here.
                if SignalInbox.endings.contains(signal), case .natural = end { end = .signal(signal) }
                if signal == SIGWINCH { terminal.sizeDidChange() }
            }
            showNews()
        }
        if dashboard.run.state != .dead { dashboard.run.state = .ended }
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
