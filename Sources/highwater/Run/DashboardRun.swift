internal import ArgumentParser
internal import Dashboard
internal import Experiment
internal import Glibc
internal import Load
internal import Measurements
internal import Reports
internal import Terminal
internal import Workload

/// A run on the screen: a frame for every sample and every key, until it ends or q is pressed.
final class DashboardRun {
    /// The one that is shown. After the death of its process another may take its place.
    private(set) var run: Run
    private var driver: RunDriver
    private let plan: Plan
    private let output: RunOutput
    private let signals: SignalInbox
    private let loop: ScreenLoop
    private let clock = SuspendingClock()
    /// Why the load ends; nil while it runs.
    private var end: Run.End?
    /// How long the screen stays when the process has died; nil: until a key ends it.
    private let crashDisplayTime: Duration?
    /// When that time is over; nil: nothing has died, or the screen stays.
    private var crashDisplayEnd: SuspendingClock.Instant?
    /// How often the same plan has been run again.
    private var repetitions = 0
    /// The connection that the server was asked to tell more of.
    private var inspected: ConnectionIdentity?
    private var leavesScreen = false

    /// To be delivered besides those that ask for the end.
    static let signals = [SIGWINCH, SIGTSTP, SIGCONT]
    /// Longest time from a change of the load to the sample that shows it, however long the interval is.
    private static let responseTime = Duration.milliseconds(500)
    /// Requests in flight are not waited for any longer once the terminal is gone.
    private static let hangUpDrainTime = Duration.seconds(1)

    /// Opens all that the run needs and the terminal, and draws the first frame; nothing runs yet.
    ///
    /// - Parameter signals: with those of `DashboardRun.signals`.
    init(
        _ plan: Plan, _ output: RunOutput, _ setup: ScreenSetup, signals: SignalInbox, crashDisplayTime: Duration? = nil
    ) throws {
        self.signals = signals
        self.crashDisplayTime = crashDisplayTime
        run = try Run(plan, output, hasScreen: true, signals: signals)
        driver = RunDriver(run.source, interval: plan.interval, duration: plan.duration, at: clock.now)
        self.plan = plan
        self.output = output
        loop = try ScreenLoop(setup, RunDescription(of: run.source, isLive: true), signals: signals)
        showInterval()
        loop.draw()
    }

    /// Runs to the end, gives the terminal back and prints the summary.
    ///
    /// Errors: why it could not run, or the exit code after a summary.
    func perform() throws {
        let end = try watch()
        // Only now: after a death the run is another one.
        try run.finish(after: end)
    }

    /// Runs to the end and gives the terminal back. Errors: why it could not run.
    func watch() throws -> Run.End {
        do { try start() } catch {
            loop.close()
            throw error
        }
        for warning in loop.warnings { run.source.note(.warning, source: warning.source, warning.text) }
        goThrough()
        if loop.dashboard.run.state != .dead { loop.dashboard.run.state = .ended }
        if leavesScreen { loop.leave() } else { loop.close() }
        return end ?? .natural
    }

    private func start() throws {
        try awaitStart()
        try run.start()
        driver = RunDriver(run.source, interval: driver.interval, duration: plan.duration, at: clock.now)
        loop.dashboard.run.state = .running
        if let addresses = run.source.addresses.serverURLs { run.source.note(.info, source: "server", "listening on \(addresses)") }
    }

    /// Shows the empty screen until the time of `--start-at`. Errors: the exit code of a key or a signal that came first.
    private func awaitStart() throws(ExitCode) {
        while let rest = run.timeToStart {
            loop.dashboard.notice = "starts in \(Figure.time(nanoseconds: rest.nanoseconds))"
            loop.isStale = true
            loop.draw()
            for key in loop.wait(for: [], until: clock.now + min(rest, DashboardRun.responseTime)) {
                if key == .hangup { throw ExitCode(128 + SIGHUP) }
                switch loop.dashboard.handle(key) {
                case .quit, .quitAndLeaveScreen: throw ExitCode.success
                case .suspend: loop.suspend(loop.stopGroup)
                case let action?: loop.perform(action)
                case nil: break
                }
            }
            if let signal = loop.takeSignals(suspend: loop.suspend) { throw ExitCode(128 + signal) }
        }
        loop.dashboard.notice = nil
    }

    /// Drives the run until all of it is over, and the screen has stayed as long as it is to stay after a death.
    private func goThrough() {
        while true {
            let next = driver.step(at: clock.now)
            showNews()
            if run.source.outcome != nil {
                if end != nil || driver.stage == .draining || loop.dashboard.run.state != .dead { return }
                if let crashDisplayEnd, clock.now >= crashDisplayEnd { return }
            } else if driver.stage == .running, run.failedThreshold != nil {
                endLoad(.natural)
                continue
            }
            loop.draw()
            let keys = loop.wait(for: run.source.descriptors, until: crashDisplayEnd.map { min($0, next) } ?? next)
            for key in keys { answer(key) }
            if !keys.isEmpty { inspect() }
            if let signal = loop.takeSignals(suspend: suspend) { endLoad(.signal(signal)) }
        }
    }

    private func showNews() {
        for item in run.takeNews() {
            loop.isStale = true
            switch item {
            case .sample(let sample):
                loop.dashboard.add(sample)
                showVerdict()
            case .event(let event): loop.dashboard.add(event)
            case .loadEnded: break
            }
        }
        let shown = loop.dashboard.run
        loop.dashboard.run.show(run.source)
        if run.source.outcome?.isDeath == true {
            loop.dashboard.run.state = .dead
        } else if driver.stage == .draining {
            loop.dashboard.run.state = .draining
        }
        guard loop.dashboard.run != shown else { return }
        loop.isStale = true
        if loop.dashboard.run.state == .dead, shown.state != .dead { crashDisplayEnd = crashDisplayTime.map { clock.now + $0 } }
    }

    /// What of the verdict is certain before the end.
    private func showVerdict() {
        loop.dashboard.run.failure = run.summary.result.faults.first { $0.cause.isFinal }?.text
        loop.dashboard.run.invalidity = run.summary.measuredSeconds >= DashboardRun.settledSeconds ? run.summary.validity.reasons.first : nil
    }

    /// Under load: before, connections are still made.
    private static let settledSeconds = 3.0

    // MARK: Keys

    private func answer(_ key: Key) {
        if key == .hangup {
            loop.hasHungUp = true
            return endLoad(.signal(SIGHUP))
        }
        switch loop.dashboard.handle(key) {
        case .quit: quit()
        case .quitAndLeaveScreen:
            leavesScreen = true
            quit()
        case .change(let change): apply(change)
        case .runAgain: runAgain()
        case .suspend: suspend(loop.stopGroup)
        case .changeInterval(let steps): changeInterval(by: steps)
        case .export:
            let (isWritten, text) = loop.export()
            run.source.note(isWritten ? .info : .warning, source: "screen", text)
        case let action?: loop.perform(action)
        case nil: break
        }
    }

    /// Ends the load; a second time ends the program at once, as a second Ctrl-C does without a screen.
    private func quit() {
        guard driver.stage == .running else {
            loop.close()
            _exit(128 + SIGINT)
        }
        endLoad(.natural)
    }

    /// Ends the load, while requests in flight finish on the screen. A signal that comes meanwhile becomes the reason.
    private func endLoad(_ reason: Run.End) {
        if case .signal? = end { return }
        end = reason
        if case .signal(let signal) = reason { run.noteSignal(signal) }
        guard driver.stage == .running, run.source.outcome == nil else { return }
        loop.dashboard.run.state = .draining
        loop.isStale = true
        loop.draw()
        driver.endLoad(within: loop.hasHungUp ? min(plan.drainTime, DashboardRun.hangUpDrainTime) : plan.drainTime)
    }

    /// Tells the run a change. Its figures are of more than one load then, and the summary says so.
    private func apply(_ change: RunChange) {
        guard run.source.outcome == nil else { return }
        run.source.apply(change)
        // The next key goes on from there.
        loop.dashboard.run.show(run.source)
        run.noteChangeByHand()
        driver.sample(by: clock.now + DashboardRun.responseTime)
    }

    /// Has the server tell more of the connection that the dashboard looks at.
    private func inspect() {
        guard plan.server != nil, loop.dashboard.inspected != inspected else { return }
        inspected = loop.dashboard.inspected
        run.source.apply(.inspect(inspected))
        driver.sample(by: clock.now + DashboardRun.responseTime)
    }

    /// Times between samples to choose from, in milliseconds: from as fast as an eye follows.
    private static let intervals = [100, 200, 500, 1_000, 2_000, 5_000, 10_000]

    private func changeInterval(by steps: Int) {
        let now = intervalMilliseconds, all = DashboardRun.intervals
        guard run.source.outcome == nil, let next = steps < 0 ? all.last(where: { $0 < now }) : all.first(where: { $0 > now }) else { return }
        driver.setInterval(.milliseconds(next), at: clock.now)
        run.noteInterval(.milliseconds(next))
        driver.sample(by: clock.now + DashboardRun.responseTime)
        run.source.note(.info, source: "screen", "a sample every \(next) ms")
        showInterval()
    }

    private var intervalMilliseconds: Int { Int((driver.interval ?? plan.interval) / .milliseconds(1)) }

    private func showInterval() { loop.dashboard.run.intervalMilliseconds = intervalMilliseconds }

    /// The same plan in a new process, from time 0, on an empty screen and with a recording of its own.
    private func runAgain() {
        repetitions += 1
        do {
            var output = output
            output.file = output.file.map { NewFile.numbered($0, repetitions + 1) }
            // The time of --start-at has passed.
            var plan = plan
            plan.startTime = nil
            run = try Run(plan, output, hasScreen: true, signals: signals, metrics: run.metrics)
            inspected = nil
            crashDisplayEnd = nil
            loop.dashboard.run = RunDescription(of: run.source, isLive: true)
            showInterval()
            loop.dashboard.forgetRun()
            try start()
        } catch {
            loop.dashboard.add(Event(timeNanoseconds: 0, level: .error, source: "worker", text: "cannot run again: \(error)"))
        }
    }

    private func suspend(_ stop: () -> Void) {
        // Requests that an open schedule wants meanwhile would all be due at once.
        let load = run.source.load
        let holds = driver.stage == .running && run.source.outcome == nil && !load.isHeld && (try? load.applying(.hold(true))) != nil
        if holds { run.source.apply(.hold(true)) }
        if driver.stage == .running { run.source.sample() }
        showNews()
        loop.suspend(stop)
        if holds { run.source.apply(.hold(false)) }
    }
}
