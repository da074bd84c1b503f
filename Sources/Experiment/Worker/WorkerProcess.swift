internal import Glibc
package import Load
internal import Loop
package import Measurements
internal import Recording
package import Workload

/// An experiment in a process of its own, as a source of samples: a fault in that process leaves
/// this one alive.
///
/// Orders go out on one pipe, and its recording comes in on another. Its death is noticed at once, as
/// the end of that pipe, and becomes events and an outcome.
package final class WorkerProcess: SampleSource {
    package let plan: Plan
    package private(set) var addresses = RunAddresses()
    package private(set) var load: LoadState
    package private(set) var outcome: Outcome?
    package private(set) var failures: [String] = []
    package private(set) var connectFailure: String?

    private var process: SpawnedProcess
    private var lines: LineReader
    private var errorText = BoundedText()
    private var news: [News] = []
    private var startNanoseconds: UInt64 = 0
    private var lastSampleNanoseconds: UInt64?
    /// Samples that have come.
    private var sampleCount = 0
    /// Changes that were ordered.
    private var changeCount = 0
    private var stage = Stage.preparing
    /// When the answer to the last question is overdue; nil: nothing was asked.
    private var overdueNanoseconds: UInt64?
    private var isAsked = false
    private var wasHung = false

    private enum Stage {
        case preparing, ready, running, stopping, over
        /// Told by the process itself: it has nothing more to say.
        case failed(String)
    }

    /// How long it may take to bind, to start or to answer. Its own wait for a loop is 2 s, and a
    /// machine may be busy.
    private static let answerSeconds = 10.0
    /// Beyond the time that it was given for its end.
    private static let endSeconds = 5.0

    /// Starts the process, which binds the server's port and resolves the target's name.
    ///
    /// - Parameters:
    ///   - executable: this program's file.
    ///   - arguments: make it a worker: they end in `WorkerService`.
    package init(_ plan: Plan, executable: String, arguments: [String]) throws(ExperimentError) {
        self.plan = plan
        load = LoadState(plan)
        var output: Int32 = -1
        process = try SpawnedProcess(executable, arguments) { output = $0 }
        lines = LineReader(descriptor: output)
        lines.waits = false
        send(plan.json)
        try wait { if case .ready = $0 { true } else { false } }
    }

    package var descriptors: [Int32] { outcome == nil ? [lines.descriptor, process.errors] : [] }

    package func start() throws(ExperimentError) {
        startNanoseconds = EventLoop.monotonicNanoseconds()
        send(.start)
        // It may be dead before it could say so: that is a run, and has an outcome.
        try wait { [unowned self] stage in
            if case .running = stage { true } else { outcome != nil }
        }
    }

    package func sample() {
        // One at a time: questions that it cannot answer would only pile up.
        guard outcome == nil, !isAsked else { return }
        // It tells its end by itself, and has been given the time for it.
        if case .stopping = stage { return }
        isAsked = true
        expect(withinSeconds: WorkerProcess.answerSeconds)
        send(.sample(seen: sampleCount))
    }

    package func apply(_ change: RunChange) {
        // The load is as it has to become, until the worker says how it has become: the next key goes on
        // from there.
        if let expected = try? load.applying(change) { load = expected }
        changeCount += 1
        send(.change(change))
    }

    /// The worker sees to it by itself.
    package func performDue() -> Duration? { nil }

    package func takeNews() -> [News] {
        read()
        defer { news = [] }
        return news
    }

    package func note(_ level: Event.Level, source: String, _ text: String) {
        news.append(.event(Event(timeNanoseconds: nowNanoseconds, level: level, source: source, text: text)))
    }

    /// Since time 0; 0 before that.
    private var nowNanoseconds: UInt64 { startNanoseconds == 0 ? 0 : EventLoop.monotonicNanoseconds() - startNanoseconds }

    package func stop(withinSeconds seconds: Double) {
        guard case .running = stage else { return }
        stage = .stopping
        // The clients have so long, and then the server.
        expect(withinSeconds: 2 * seconds + WorkerProcess.answerSeconds + WorkerProcess.endSeconds)
        send(.stop(withinSeconds: seconds))
    }

    // MARK: The pipes

    private func send(_ order: WorkerOrder) {
        do { send(try JSON(encoding: order)) } catch {
            note(.error, source: "worker", "an order cannot be written: \(error)")
        }
    }

    /// A line that the process does not take is lost: it is dead, which shows on the other pipe, or hangs.
    private func send(_ json: JSON) {
        let line = Array((json.text + "\n").utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(process.input, $0.baseAddress, $0.count) }
    }

    private func expect(withinSeconds seconds: Double) {
        overdueNanoseconds = EventLoop.monotonicNanoseconds() + UInt64(seconds * 1e9)
    }

    /// Waits until the process has come so far: for the two steps before there is anything to show.
    ///
    /// Errors: the process's own reason, or its death before it was told to start.
    private func wait(until isThere: (Stage) -> Bool) throws(ExperimentError) {
        expect(withinSeconds: WorkerProcess.answerSeconds)
        while !isThere(stage) {
            var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            unsafe poll(&polled, nfds_t(polled.count), 50)
            read()
            if case .failed(let reason) = stage { throw ExperimentError(reason) }
            if let outcome {
                let last = errorText.text.split(separator: "\n").last.map { ": \($0)" } ?? ""
                throw ExperimentError("\(outcome.sentence(of: "the worker process")) before it ran\(last)")
            }
        }
        overdueNanoseconds = nil
    }

    private func read() {
        guard outcome == nil else { return }
        errorText.read(from: process.errors)
        do {
            while let line = try lines.next() { try take(try JSON(parsing: line)) }
        } catch {
            note(.error, source: "worker", "wrote a line that no recording has")
            process.kill()
        }
        if lines.hasEnded { return end() }
        if let overdue = overdueNanoseconds, EventLoop.monotonicNanoseconds() > overdue, !wasHung {
            // The end of its pipe says the rest.
            wasHung = true
            process.kill()
        }
    }

    private func take(_ json: JSON) throws {
        if json["type"]?.string == WorkerLine.type {
            if let says = json[WorkerLine.member] { take(try says.decoded(as: WorkerLine.self)) }
            return
        }
        switch try? RecordingReader.Line(json: json) {
        case .sample(var sample)?:
            // The thread that draws is ours.
            sample.process.ownCPUNanoseconds = EventLoop.threadCPUNanoseconds()
            lastSampleNanoseconds = sample.timeNanoseconds
            sampleCount += 1
            isAsked = false
            if case .running = stage { overdueNanoseconds = nil }
            news.append(.sample(sample))
        case .event(let event)?: news.append(.event(event))
        case .summary?, .other?, nil: break
        }
    }

    private func take(_ line: WorkerLine) {
        switch line {
        case .ready(let addresses, let load):
            self.addresses = addresses
            self.load = load
            stage = .ready
        case .started(let nanoseconds):
            startNanoseconds = nanoseconds
            stage = .running
        // With changes under way there is a later one to come.
        case .load(let load, let count): if count == changeCount { self.load = load }
        case .loadEnded: news.append(.loadEnded)
        case .ended(let failures, let connectFailure):
            self.failures = failures
            self.connectFailure = connectFailure
            stage = .over
        case .failed(let reason): stage = .failed(reason)
        }
    }

    // MARK: The end

    /// The pipe has ended, and the process with it.
    private func end() {
        let end = process.wait()
        errorText.read(from: process.errors)
        if case .over = stage {
            outcome = .ended
            return
        }
        let report = CrashReport(in: errorText.text)
        let outcome: Outcome = switch end {
        case _ where wasHung: .hung
        case .exited(let code): .exited(code: Int(code))
        case .signalled(let signal) where SignalName.isFault(signal): .crashed(signal: SignalName.text(signal))
        case .signalled(let signal): .killed(signal: SignalName.text(signal))
        }
        self.outcome = outcome
        tell(outcome, report)
    }

    /// Makes events of a death: the signal, the time and the place; and the last words of the process.
    private func tell(_ outcome: Outcome, _ report: CrashReport?) {
        var text = outcome.sentence(of: "the worker process")
        if let report {
            if report.address != 0 { text += " at 0x\(String(report.address, radix: 16))" }
            text += " on thread \(report.thread)"
        }
        text += lastSampleNanoseconds.map { "; last sample at \(Figure.fixed(Metric.seconds($0), decimals: 3)) s" } ?? "; no sample before"
        let lines = [text] + errorText.ownLines.map { "it said: \($0)" }
            + (report?.frames ?? []).enumerated().map { "#\($0) \($1.text)" }
        // One moment for all, so that they are shown together.
        let now = nowNanoseconds
        for line in lines { news.append(.event(Event(timeNanoseconds: now, level: .error, source: "worker", text: line))) }
    }
}
