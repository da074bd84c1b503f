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
    private let clock = SuspendingClock()
    /// The replay stands still: the display is to be held again as soon as it shows the place of the last seek.
    private var holdsOnceShown = false

    /// Between two looks at a file that grows, or at an end that has been reached.
    private static let longestWait = Duration.milliseconds(250)
    /// Shorter would only draw frames that no eye sees.
    private static let shortestWait = Duration.milliseconds(30)
    private static let step = Duration.seconds(10)
    /// Longest time for lines that are due, until the next look at the keys.
    private static let longestShow = Duration.milliseconds(40)

    init(_ reader: consuming RecordingReader, _ setup: ScreenSetup, input: Int32, speed: Double, follows: Bool) throws {
        let signals = try SignalInbox(others: [SIGWINCH, SIGCONT])
        source = RecordingSource(reader, speed: speed, follows: follows, historyCount: History.defaultCapacity)
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
        try source.reportDamages()
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

    /// Shows samples and events that are due, as many as there is time for, and where the replay stands.
    private func showDue() {
        let deadline = clock.now + ReplayRun.longestShow
        while clock.now < deadline {
            let news = source.takeNews()
            if news.isEmpty {
                if holdsOnceShown { _ = loop.dashboard.perform(.pause) }
                holdsOnceShown = false
                break
            }
            for item in news {
                switch item {
                case .sample(let sample): loop.dashboard.add(sample)
                case .event(let event): loop.dashboard.add(event)
                case .loadEnded: break
                }
            }
            loop.isStale = true
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
        case .left: move { source.seek(to: source.playhead.position - ReplayRun.step) }
        case .right: move { source.seek(to: source.playhead.position + ReplayRun.step) }
        case .toStart: move { source.seek(to: .zero) }
        case .toEnd: move { source.seekToEnd() }
        case .leapBack: source.changeSpeed(by: 0.5)
        case .leapForth: source.changeSpeed(by: 2)
        case .momentForth: move { source.seek(to: source.timeOfNext(isEvent: false)) }
        case .nextMatch: move { source.seek(to: source.timeOfNext(isEvent: true)) }
        case .pause:
            source.togglePlaying()
            holdsOnceShown = false
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

    /// - Parameter seek: moves the source. - Returns: whether what has been shown is to be forgotten.
    private func move(_ seek: () -> Bool) {
        // Held still, the display would not show where we went.
        if loop.dashboard.isPaused { _ = loop.dashboard.perform(.pause) }
        if seek() { loop.dashboard.forgetRun() }
        holdsOnceShown = !source.playhead.isPlaying
        showDue()
    }
}
