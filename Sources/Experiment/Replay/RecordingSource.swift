package import Load
package import Measurements
package import Recording
package import Workload

/// A recording as a source of samples: they come at the times at which they were taken, or faster.
///
/// All lines are kept unparsed; those that are shown are parsed then. A seek hands out as many samples as a history
/// holds, and all events: it costs what is shown, not what lies between.
package final class RecordingSource: SampleSource {
    package var plan: Plan { recorded.plan }
    package let addresses: RunAddresses
    /// The load of the phase that the sample handed out last belongs to.
    package private(set) var load: LoadState
    package private(set) var playhead: Playhead
    /// Lines that cannot be read, by their number; each is an event, too.
    package private(set) var damages: [Int: RecordingError] = [:]
    /// Why no more of the recording can be read; nil: it can.
    package private(set) var readError: RecordingError?

    private var reader: RecordingReader
    private let recorded: RecordedLoad
    private let follows: Bool
    /// Following: lines are handed out as they come, until a seek.
    private var isAtEnd: Bool
    private var lines: [RecordingLine] = []
    /// Lines that have been handed out, or passed over.
    private var shownCount = 0
    /// Samples before this line are passed over: the history has no room for them.
    private var firstShownSample = 0
    /// Lines that a history holds.
    private let historyCount: Int
    private var hasCutOffLine = false
    private let clock = SuspendingClock()
    private var last: SuspendingClock.Instant

    /// Lines handed out at once: a parsed sample has a quarter of a megabyte, and keys wait meanwhile.
    private static let newsLimit = 16

    /// - Parameters:
    ///   - speed: recorded seconds in one of ours.
    ///   - follows: the recording is being written, and its lines are shown as they come.
    ///   - historyCount: lines that the display keeps.
    package init(_ reader: consuming RecordingReader, speed: Double, follows: Bool, historyCount: Int) {
        let plan = reader.header.plan
        recorded = RecordedLoad(plan: plan)
        var addresses = RunAddresses(server: plan[path: "server.listen"]?.string, target: plan[path: "client.target"]?.string)
        addresses.watched = recorded.plan.watch?.name
        addresses.origin = recorded.plan.watch?.origin
        self.addresses = addresses
        load = recorded.state(inPhase: nil)
        self.reader = reader
        self.follows = follows
        self.historyCount = historyCount
        isAtEnd = follows
        playhead = Playhead(speed: speed)
        last = clock.now
    }

    /// The recording has been shown to its end, and nothing more can come.
    package var hasReachedEnd: Bool { shownCount == lines.count && (!follows || reader.hasEnded && reader.isPipe) }

    // MARK: As a source

    package var outcome: Outcome? { nil }
    package var failures: [String] { [] }
    package var connectFailure: String? { nil }
    /// A file can always be read, and a pipe at its end too: those are looked at now and then.
    package var descriptors: [Int32] { follows && reader.isPipe && !reader.hasEnded ? [reader.descriptor] : [] }

    package func start() {
        reader.stopWaiting()
        readMore()
        if follows { firstShownSample = max(0, lines.count - historyCount) }
        last = clock.now
    }

    /// Does nothing: the samples are those of the recording.
    package func sample() {}
    /// Does nothing: the run is over.
    package func apply(_ change: RunChange) {}
    package func note(_ level: Event.Level, source: String, _ text: String) {}
    package func stop(withinSeconds seconds: Double) {}

    package func performDue() -> Duration? {
        if follows { readMore() }
        let now = clock.now
        if isAtEnd { playhead.seek(to: end, upTo: end) } else { playhead.pass(now - last, upTo: end) }
        last = now
        guard shownCount < lines.count else { return nil }
        if lines[shownCount].time <= playhead.position { return .zero }
        return playhead.isPlaying ? (lines[shownCount].time - playhead.position) / playhead.speed : nil
    }

    /// Some of the lines that are due; empty when all have been handed out.
    package func takeNews() -> [News] {
        var news: [News] = []
        while news.count < RecordingSource.newsLimit, shownCount < lines.count, lines[shownCount].time <= playhead.position {
            let line = lines[shownCount]
            if shownCount >= firstShownSample || line.isEvent, let item = parsed(line) { news.append(item) }
            shownCount += 1
        }
        return news
    }

    /// The news of a line; where it is damaged, an event that says so.
    private func parsed(_ line: RecordingLine) -> News? {
        do throws(RecordingError) {
            switch try line.parsed() {
            case .sample(let sample):
                if let phase = sample.phase { load = recorded.state(inPhase: phase) }
                return .sample(sample)
            case .event(let event): return .event(event)
            case .summary, .other: return nil
            }
        } catch {
            damages[line.number] = error
            return .event(Event(
                timeNanoseconds: line.timeNanoseconds, level: error.cause == .cutOff ? .warning : .error, source: "replay",
                text: "line \(line.number): \(error.cause.description); left out"))
        }
    }

    // MARK: Reading

    /// The last recorded time.
    private var end: Duration { lines.last?.time ?? .zero }

    private func readMore() {
        do throws(RecordingError) {
            while let line = try reader.nextLine() {
                // The summary repeats what the samples have shown.
                if line.timeNanoseconds > 0 || line.isEvent || line.error != nil { keep(line) }
            }
        } catch { readError = error }
        // A file that is followed may yet get the rest.
        if !hasCutOffLine, !follows || reader.isPipe && reader.hasEnded, let line = reader.cutOffLine {
            hasCutOffLine = true
            keep(line)
        }
    }

    private func keep(_ line: RecordingLine) {
        lines.append(line)
        damages[line.number] = line.error
    }

    // MARK: Moving

    /// Stops where it is, or plays on.
    package func togglePlaying() {
        playhead.isPlaying.toggle()
        isAtEnd = false
    }

    /// Plays so many times as fast, within `Playhead.speedRange`.
    package func changeSpeed(by factor: Double) { playhead.changeSpeed(by: factor) }

    /// To a recorded time, or as near as the recording has it.
    ///
    /// - Returns: whether samples and events handed out before are to be forgotten: it went back, or further on than
    ///   a history holds. All events up to there come again.
    package func seek(to target: Duration) -> Bool {
        let before = playhead.position
        isAtEnd = false
        playhead.seek(to: target, upTo: end)
        let due = lines.firstIndex { $0.time > playhead.position } ?? lines.count
        guard playhead.position < before || due - shownCount > historyCount else { return false }
        shownCount = 0
        firstShownSample = max(0, due - historyCount)
        load = recorded.state(inPhase: nil)
        return true
    }

    /// To the end, and on with it where the recording is followed.
    ///
    /// - Returns: as `seek`.
    package func seekToEnd() -> Bool {
        defer { isAtEnd = follows }
        return seek(to: end)
    }

    /// The time of the next sample, or of the next event; the end where there is none.
    package func timeOfNext(isEvent: Bool) -> Duration { lines[shownCount...].first { $0.isEvent == isEvent }?.time ?? end }
}

extension RecordingLine {
    fileprivate var time: Duration { .nanoseconds(timeNanoseconds) }
}
