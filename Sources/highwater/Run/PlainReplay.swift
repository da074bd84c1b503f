internal import ArgumentParser
internal import Experiment
internal import Glibc
internal import Measurements
internal import Recording
internal import Workload

/// A recording in sentences, in its own time or faster.
final class PlainReplay {
    private let source: RecordingSource
    private var narrator: PlainNarrator
    private let follows: Bool
    private let signals: SignalInbox

    /// Between two looks at a file that grows.
    private static let longestWait = Duration.milliseconds(250)

    init(_ reader: consuming RecordingReader, every interval: Duration, speed: Double, follows: Bool) throws {
        signals = try SignalInbox()
        self.follows = follows
        source = RecordingSource(reader, speed: speed, follows: follows, historyCount: 1)
        narrator = PlainNarrator(every: interval, on: .standard)
    }

    /// Tells the recording to its end.
    ///
    /// Errors: the faults of the recording, also where the rest of it was told; the exit code of a signal.
    func perform() throws {
        let clock = SuspendingClock()
        var driver = RunDriver(source, interval: nil, duration: nil, at: clock.now)
        source.start()
        while true {
            let next = driver.step(at: clock.now)
            if let error = source.readError { throw error }
            let isOver = source.hasReachedEnd && !follows
            guard tellNews() else { return }
            if isOver { break }
            Polling.wait(
                for: [signals.descriptor] + source.descriptors + narrator.descriptors, atMost: min(next - clock.now, PlainReplay.longestWait))
            guard narrator.answerInput() else { return }
            if let signal = signals.next() { throw ExitCode(128 + signal) }
        }
        guard narrator.tellAll() else { return }
        Output.standard.line("The recording ends.")
        try source.reportDamages()
    }

    /// - Returns: false when the reader has gone.
    private func tellNews() -> Bool {
        while true {
            let news = source.takeNews()
            if news.isEmpty { return true }
            for item in news {
                let isRead = switch item {
                case .sample(let sample): narrator.show(sample)
                case .event(let event): narrator.show(event)
                case .loadEnded: true
                }
                if !isRead { return false }
            }
        }
    }
}

extension RecordingSource {
    /// Errors: the first line that could not be read. One that was cut off is only said.
    func reportDamages() throws(RunError) {
        let worst = damages.values.filter { $0.cause != .cutOff }.min { ($0.line ?? 0) < ($1.line ?? 0) }
        if let worst {
            let others = damages.count - 1
            throw RunError(worst.description + (others > 0 ? " (and \(others) more lines)" : ""))
        }
        for cutOff in damages.values { Output.error.line("highwater: warning: \(cutOff.description); left out") }
    }
}
