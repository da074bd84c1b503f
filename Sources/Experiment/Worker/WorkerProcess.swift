internal import Glibc
package import Load
internal import Loop
package import Measurements
internal import Recording
package import Workload

/// An experiment in a process of its own, as a source of samples: what happens to that process
/// does not happen to this one.
///
/// Its orders go out and its recording comes in on pipes. Its death is noticed as the end of that
/// pipe, at once, and becomes events and an outcome.
package final class WorkerProcess: SampleSource {
    package let plan: Plan
    package private(set) var serverAddress: String?
    package private(set) var secureServerAddress: String?
    package private(set) var targetAddress: String?
    package private(set) var rate: Double?
    package private(set) var connections: Int
    package private(set) var streams: Int
    package private(set) var bodyScale = 1.0
    package private(set) var isLoadPaused = false
    package private(set) var writePolicy: WritePolicy?
    package private(set) var cacheScope: CacheScope?
    package private(set) var outcome: Outcome?
    package private(set) var failures: [String] = []
    package private(set) var connectFailure: String?

    private var process: SpawnedProcess
    private var lines: LineReader
    private var errorText = BoundedText()
    private var news: [News] = []
    private var startNanoseconds: UInt64 = 0
    private var lastSampleNanoseconds: UInt64?
    private var stage = Stage.preparing
    /// When the answer to what was asked last is overdue; nil: nothing was asked.
    private var overdueNanoseconds: UInt64?
    private var isAsked = false
    private var hasSaidDone = false
    /// Goes on with the samples that come, as the worker's own did when it took them.
    private var phases = PhaseClock([], startNanoseconds: 0)
    private var wasHung = false

    private enum Stage {
        case preparing, ready, running, stopping, over
        /// Said by the process itself: it has nothing more to tell.
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
        rate = plan.client?.rate
        connections = plan.phases.first?.connections ?? plan.client?.connections ?? 0
        streams = plan.phases.first?.streams ?? plan.client?.streams ?? 0
        writePolicy = plan.server?.writePolicy
        cacheScope = plan.client?.cacheScope
        var output: Int32 = -1
        process = try SpawnedProcess(executable, arguments) { output = $0 }
        lines = LineReader(descriptor: output)
        lines.waits = false
        send(.prepare(plan))
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

    package func askForSample() {
        // One at a time: what it cannot answer would only pile up.
        guard outcome == nil, !isAsked else { return }
        isAsked = true
        expect(withinSeconds: WorkerProcess.answerSeconds)
        send(.sample)
    }

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

    // MARK: Phases

    package var phase: Phase? { phases.current }
    package var isPhaseOver: Bool { nanosecondsToMoment == 0 }
    package var hasEndedPhases: Bool { plan.phases.isEmpty || phases.isLast && nanosecondsToPhaseEnd == 0 }
    package var isLoadDone: Bool { hasSaidDone || hasEndedPhases && !plan.phases.isEmpty }

    /// A sample that was asked for may be the phase's last: what is to be done is clear when it has come.
    package var nanosecondsToMoment: UInt64? { isAsked ? nil : nanosecondsToPhaseEnd }

    private var nanosecondsToPhaseEnd: UInt64? {
        phases.nextNanoseconds.map { end in
            let now = EventLoop.monotonicNanoseconds() - startNanoseconds
            return end > now ? end - now : 0
        }
    }

    package func performDueEvents() {}

    // MARK: Load under the fingers

    package func setRate(_ new: Double) {
        guard rate != nil, plan.phases.isEmpty else { return }
        rate = Experiment.allowedRate(new)
        send(.setRate(new))
    }

    package func setConnections(_ new: Int) {
        connections = max(new, plan.client.map { min($0.loops, $0.connections) } ?? 0)
        send(.setConnections(new))
    }

    package func setStreams(_ new: Int) {
        streams = max(new, 1)
        send(.setStreams(new))
    }

    package func setBodyScale(_ new: Double) {
        bodyScale = new
        send(.setBodyScale(new))
    }

    package func setLoadPaused(_ paused: Bool) {
        isLoadPaused = paused && plan.phases.isEmpty
        send(.setLoadPaused(paused))
    }

    package func startSlowReader(seconds: Double) { send(.startSlowReader(seconds: seconds)) }

    package func inspect(loop: Int?, id: UInt64) { send(.inspect(loop: loop, id: id)) }

    package func setWritePolicy(_ new: WritePolicy) -> Bool {
        guard plan.server != nil else { return false }
        writePolicy = new
        send(.setWritePolicy(new))
        return true
    }

    package func setCacheScope(_ new: CacheScope) -> Bool {
        guard plan.client != nil else { return false }
        cacheScope = new
        send(.setCacheScope(new))
        return true
    }

    package func renewConnections() { send(.renewConnections) }

    package func closeConnection(loop: Int, id: UInt64) { send(.closeConnection(loop: loop, id: id)) }

    package func beginStop(withinSeconds seconds: Double) {
        guard case .running = stage else { return }
        stage = .stopping
        // The clients have so long, and then the server.
        expect(withinSeconds: 2 * seconds + WorkerProcess.answerSeconds + WorkerProcess.endSeconds)
        send(.stop(withinSeconds: seconds))
    }

    // MARK: The pipes

    /// Does without what the process does not take: it is dead, which shows on the other pipe, or hangs.
    private func send(_ order: WorkerOrder) {
        let line = Array((order.json.text + "\n").utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(process.input, $0.baseAddress, $0.count) }
    }

    private func expect(withinSeconds seconds: Double) {
        overdueNanoseconds = EventLoop.monotonicNanoseconds() + UInt64(seconds * 1e9)
    }

    /// For the two steps before there is anything to show: until the process has come so far.
    ///
    /// Errors: what it says itself, or its death before it was told to start.
    private func wait(until isThere: (Stage) -> Bool) throws(ExperimentError) {
        expect(withinSeconds: WorkerProcess.answerSeconds)
        while !isThere(stage) {
            var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            unsafe poll(&polled, nfds_t(polled.count), 50)
            read()
            if case .failed(let reason) = stage { throw ExperimentError(reason) }
            if let outcome {
                let last = errorText.text.split(separator: "\n").last.map { ": \($0)" } ?? ""
                throw ExperimentError("the worker process \(outcome.text) before it ran\(last)")
            }
        }
        overdueNanoseconds = nil
    }

    private func read() {
        guard outcome == nil else { return }
        errorText.read(from: process.errors)
        do {
            while let line = try lines.next() { take(try JSON(parsing: line)) }
        } catch {
            note(.error, source: "worker", "wrote what is no line of a recording")
            process.kill()
        }
        if lines.hasEnded { return end() }
        if let overdue = overdueNanoseconds, EventLoop.monotonicNanoseconds() > overdue, !wasHung {
            // The end of its pipe says the rest.
            wasHung = true
            process.kill()
        }
    }

    private func take(_ json: JSON) {
        if json["type"]?.string == WorkerLine.type {
            if let line = WorkerLine(json: json) { take(line) }
            return
        }
        switch try? RecordingReader.Line(json: json) {
        case .sample(var sample)?:
            // The thread that draws is ours.
            sample.process.ownCPUNanoseconds = EventLoop.threadCPUNanoseconds()
            lastSampleNanoseconds = sample.timeNanoseconds
            isAsked = false
            _ = phases.advance(to: sample.timeNanoseconds)
            if case .running = stage { overdueNanoseconds = nil }
            news.append(.sample(sample))
        case .event(let event)?: news.append(.event(event))
        case .summary?, .other?, nil: break
        }
    }

    private func take(_ line: WorkerLine) {
        switch line {
        case .ready(let server, let secureServer, let target):
            serverAddress = server
            secureServerAddress = secureServer
            targetAddress = target
            stage = .ready
        case .started(let nanoseconds, let loadNanoseconds):
            startNanoseconds = nanoseconds
            phases = PhaseClock(plan.phases, startNanoseconds: loadNanoseconds - min(nanoseconds, loadNanoseconds))
            stage = .running
        case .load(let connections, let streams, let policy):
            self.connections = connections
            self.streams = streams
            writePolicy = policy
        case .loadDone: hasSaidDone = true
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

    /// Makes events of a death: what, when, where; and what it said itself.
    private func tell(_ outcome: Outcome, _ report: CrashReport?) {
        var text = "the worker process \(outcome.text)"
        if let report {
            if report.address != 0 { text += " at 0x\(String(report.address, radix: 16))" }
            text += " on thread \(report.thread)"
        }
        text += lastSampleNanoseconds.map { "; last sample at \(Figure.fixed(Metric.seconds($0), decimals: 3)) s" } ?? "; no sample before"
        let lines = [text] + errorText.ownLines.map { "it said: \($0)" }
            + (report?.frames ?? []).enumerated().map { "#\($0) \($1.text)" }
        // One moment, and read as one.
        let now = nowNanoseconds
        for line in lines { news.append(.event(Event(timeNanoseconds: now, level: .error, source: "worker", text: line))) }
    }
}
