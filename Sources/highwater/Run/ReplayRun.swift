internal import ArgumentParser
internal import Dashboard
internal import Experiment
internal import Glibc
internal import Measurements
internal import Recording
internal import Terminal
internal import Workload

/// A recording on the screen: the dashboard draws again all that it drew live.
final class ReplayRun {
    private let loop: ScreenLoop
    private let source: RecordingSource
    private var driver: RunDriver
    private let clock = ContinuousClock()

    /// Between two looks at a file that grows, or at an end that has been reached.
    private static let longestWait = Duration.milliseconds(250)
    /// Shorter would only draw frames that no eye sees.
    private static let shortestWait = Duration.milliseconds(30)
    private static let step = Duration.seconds(10)

    init(_ reader: consuming RecordingReader, _ setup: ScreenSetup, input: Int32, speed: Double, follows: Bool) throws {
        let signals = try SignalInbox(others: [SIGWINCH, SIGCONT])
        source = RecordingSource(reader, speed: speed, follows: follows)
        driver = RunDriver(source, interval: nil, duration: nil, at: clock.now)
        loop = try ScreenLoop(setup, RunDescription(of: source, isLive: false), signals: signals, input: input)
    }

    /// Plays until q is pressed, and gives the terminal back.
    ///
    /// Errors: the faults of the recording, also where the rest of it was shown.
    func perform() throws {
        do {
            defer { loop.close() }
            try play()
        }
        let worst = source.damages.values.filter { $0.cause != .cutOff }.min { ($0.line ?? 0) < ($1.line ?? 0) }
        if let worst {
            let others = source.damages.count - 1
            throw RunError(worst.description + (others > 0 ? " (and \(others) more lines)" : ""))
        }
        for cutOff in source.damages.values { Output.error.line("highwater: warning: \(cutOff.description); left out") }
    }

    private func play() throws {
        source.start()
        while !loop.hasHungUp {
            let now = clock.now
            let next = driver.step(at: now)
            if let error = source.readError { throw error }
            showDue()
            loop.draw()
            let latest = min(max(next, now + ReplayRun.shortestWait), now + ReplayRun.longestWait)
            for key in loop.wait(for: source.descriptors, until: latest) where answer(key) { return }
            if let signal = loop.takeSignals(suspend: loop.suspend) { throw ExitCode(128 + signal) }
        }
    }

    /// Shows all samples and events that are due, and where the replay stands.
    private func showDue() {
        var news = source.takeNews()
        while !news.isEmpty {
            for item in news {
                switch item {
                case .sample(let sample): loop.dashboard.add(sample)
                case .event(let event): loop.dashboard.add(event)
                case .loadEnded: break
                }
            }
            loop.isStale = true
            news = source.takeNews()
        }
        var run = loop.dashboard.run
        run.show(source)
        run.state = source.hasReachedEnd ? .ended : .running
        run.loadText += ", replay \(Figure.threeDigits(source.playhead.speed))x"
        if run != loop.dashboard.run { loop.isStale = true }
        loop.dashboard.run = run
    }

    /// true: the replay ends.
    private func answer(_ key: Key) -> Bool {
        if key == .hangup { loop.hasHungUp = true }
        // Over help and the list of themes, keys are the dashboard's.
        guard let command = loop.dashboard.command(for: key), !loop.dashboard.showsHelp, loop.dashboard.themes.picker == nil else {
            return perform(loop.dashboard.handle(key))
        }
        loop.dashboard.notice = nil
        switch command {
        case .left: seek(to: source.playhead.position - ReplayRun.step)
        case .right: seek(to: source.playhead.position + ReplayRun.step)
        case .toStart: seek(to: .zero)
        case .toEnd: seek { source.seekToEnd(); return false }
        case .leapBack: source.changeSpeed(by: 0.5)
        case .leapForth: source.changeSpeed(by: 2)
        case .momentForth: seek(to: source.timeOfNext(isEvent: false))
        case .nextMatch: seek(to: source.timeOfNext(isEvent: true))
        case .pause:
            source.togglePlaying()
            return perform(loop.dashboard.perform(.pause))
        default: return perform(loop.dashboard.perform(command))
        }
        return false
    }

    /// true: the replay ends.
    private func perform(_ action: Action?) -> Bool {
        switch action {
        case .quit, .quitAndLeaveScreen: return true
        case .suspend: loop.suspend(loop.stopGroup)
        case .export: loop.export()
        case let action?: loop.perform(action)
        case nil: break
        }
        return false
    }

    private func seek(to target: Duration) {
        seek { source.seek(to: target, historyCount: History.defaultCapacity) }
    }

    /// - Parameter move: moves the source. - Returns: whether it went back.
    private func seek(_ move: () -> Bool) {
        // Held still, the display would not show where we went.
        if loop.dashboard.isPaused { _ = loop.dashboard.perform(.pause) }
        if move() { loop.dashboard.forgetRun() }
        showDue()
        if !source.playhead.isPlaying { _ = loop.dashboard.perform(.pause) }
    }
}
