internal import Client
package import Load
internal import Loop
package import Measurements
internal import Server
internal import TLS
package import Workload

/// Why an experiment could not begin.
package struct ExperimentError: Error, CustomStringConvertible, Equatable {
    package var description: String

    package init(_ description: String) { self.description = description }
}

/// One run in this process: the server's loops and the clients' loops on threads of their own, and a
/// sampler that asks each for its reading.
///
/// Made, started, sampled and stopped by one thread, which is not one of the loops'.
package final class Experiment: SampleSource {
    package let plan: Plan
    private let setup: RunSetup
    package var addresses: RunAddresses {
        var addresses = setup.addresses
        addresses.watched = other?.name
        addresses.origin = other?.origin
        return addresses
    }
    /// Time 0 on the monotonic clock.
    var startNanoseconds: UInt64 { clock.startNanoseconds }
    package internal(set) var load: LoadState

    var servers = LoopGroup<ServerSample>()
    var clients = LoopGroup<ClientSample>()
    /// A server that is not ours; nil without one, or where nothing is known of it.
    private let other: OtherServer?
    private var slowReaders = SlowReaders()
    private let caches = CacheOwners()
    private let round = SampleRound()
    private let loadEnd: LoadEnd
    /// Loops that did not answer the last time.
    private var lateLoops: Set<String> = []

    private var clock = RunClock()
    private var timetable: Timetable
    private var probe = ProcessProbe()
    private var watcher = EventWatcher()
    private var violations: ViolationInbox?
    /// Hears of an audit's evidence at once, on a server's thread, instead of `takeNews`. Set before `start`
    /// by a process that may die of its own bug: evidence that is not written then is lost.
    package var onViolation: (@Sendable (Event) -> Void)?

    private var news: [News] = []
    private var stage = Stage.ready
    private var drainNanoseconds: UInt64 = 0

    private enum Stage {
        case ready, running, stopping, ended
    }

    /// How long a loop may take to answer before its last reading is used again.
    private static let answerSeconds = 2.0
    /// How long clients may take to end when their server has.
    private static let orphanSeconds = 1.0

    /// Binds the server's port, resolves the target's name and finds the server that is to be watched; nothing runs yet.
    ///
    /// - Parameter hasScreen: a screen is drawn by the thread that samples. The output of a server that is started is kept,
    ///   and told when it dies; and thousands of connections of another server are read less often than samples are taken.
    package init(_ plan: Plan, hasScreen: Bool = false) throws(ExperimentError) {
        if let server = plan.server, server.writePolicy.isUnsafe, !server.allowsUnsafe {
            throw ExperimentError("write policy \(server.writePolicy.rawValue) may take the process down: it runs in a worker only")
        }
        self.plan = plan
        setup = try RunSetup(plan)
        other = try OtherServer(plan, targets: setup.origins.first.flatMap { $0.proxy == nil ? $0.addresses : nil } ?? [], hasScreen: hasScreen)
        load = LoadState(plan)
        loadEnd = LoadEnd(loops: plan.clientLoopCount)
        timetable = Timetable(plan.own, startNanoseconds: 0)
    }

    deinit { setup.close(exceptOf: servers.count) }

    package func start() throws(ExperimentError) {
        clock.start()
        do {
            try startServers()
            // A client that connects before the server listens is refused, and that would be counted: a
            // loop that answers listens.
            _ = askLoops()
            try other?.start(untilListeningOn: setup.origins.first?.addresses.first { $0.unixPath == nil }?.port)
            let loadStart = EventLoop.monotonicNanoseconds()
            timetable = Timetable(plan.own, startNanoseconds: loadStart)
            if !plan.phases.isEmpty { beginNextPhase() }
            if other?.end == nil { try startClients(atNanoseconds: loadStart) }
        } catch {
            clients.stop(withinNanoseconds: 0)
            servers.stop(withinNanoseconds: 0)
            joinThreads()
            stage = .ended
            throw ExperimentError("\(error)")
        }
        stage = .running
        if let origin = other?.origin { note(.info, source: "watch", origin) }
        if let count = plan.own.client?.slowReaders, count > 0, addSlowReaders(count, seconds: nil) {
            note(.info, source: "load", Figure.counted(count, "slow reader"))
        }
        if setup.tls.client?.isInsecure == true {
            note(.warning, source: "client", "the server's certificate is not verified (--insecure)")
        }
    }

    private func startServers() throws(LoopError) {
        guard let plan = plan.server else { return }
        let violations = ViolationInbox(startNanoseconds: clock.startNanoseconds, listener: onViolation)
        self.violations = violations
        var shared = ServerConfiguration(plan)
        shared.onViolation = { violations.note($0) }
        shared.tls = setup.tls.server
        let configuration = shared
        let isAudited = plan.audits ?? EventLoop.isAuditedByDefault
        for (number, socket) in setup.sockets.enumerated() {
            let secureSocket = setup.secureSockets.isEmpty ? nil : setup.secureSockets[number]
            servers.add(try LoopWorker(name: "server-\(number)", round: round, end: servers.threadEnd) { onEnd in
                try HTTPServer.make(
                    number: number, socket: socket, secureSocket: secureSocket, configuration: configuration, isAudited: isAudited,
                    onEnd: onEnd)
            })
        }
    }

    private func startClients(atNanoseconds loadStart: UInt64) throws(LoopError) {
        guard let client = plan.client, !setup.origins.isEmpty else { return }
        let loops = plan.clientLoopCount
        for number in 0..<loops {
            let configurations = setup.origins.map { origin in
                var configuration = ClientConfiguration(
                    origin, caches: caches.ownership(client.cacheScope), share: plan.part.part(number, of: loops))
                configuration.cacheOwners = caches
                // Else the table of connections is the server's.
                configuration.listsConnections = plan.server == nil && other == nil
                if plan.watch?.dropsBytes == true { configuration.options.keepsAnswerBytes = false }
                configuration.take(timesOf: plan, startNanoseconds: loadStart)
                return configuration
            }
            clients.add(try LoopWorker(name: "client-\(number)", round: round, end: clients.threadEnd) { [loadEnd] onEnd in
                try OriginLoads(loop: EventLoop(), configurations, onDone: { loadEnd.finishShare() }, onEnd: onEnd)
            })
        }
    }

    // MARK: The timetable

    package func performDue() -> Duration? {
        other?.poll()
        if other?.end != nil { stop(withinSeconds: Experiment.orphanSeconds) }
        guard stage == .running else { return nil }
        while stage == .running, let change = timetable.takeEvent(atNanoseconds: EventLoop.monotonicNanoseconds()) { apply(change) }
        slowReaders.leaveIfDue(atNanoseconds: EventLoop.monotonicNanoseconds())
        if timetable.isPhaseOver(atNanoseconds: EventLoop.monotonicNanoseconds()) { sample() }
        let now = EventLoop.monotonicNanoseconds()
        load.hasEndedPhases = timetable.areAllPhasesOver(atNanoseconds: now)
        load.isDone = loadEnd.isReached || load.hasEndedPhases
        let next = min(timetable.nextNanoseconds, slowReaders.nextNanoseconds ?? .max, other?.nextNanoseconds ?? .max)
        return next == .max ? nil : .nanoseconds(Int64(clamping: next > now ? next - now : 0))
    }

    /// The loops know by themselves when to ask in a phase; this is the rest.
    private func beginNextPhase() {
        guard let phase = timetable.enterNextPhase() else { return }
        load.phaseIndex = timetable.phases.index
        for change in phase.changes where (try? load.applying(change)) != load { apply(change) }
        let warmup = phase.isWarmup ? ", warm-up" : ""
        note(.info, source: "phase", "\(phase.name): \(phase.loadText) for \(Figure.time(nanoseconds: phase.durationNanoseconds))\(warmup)")
    }

    /// Clients join that ask for large answers and read them at a trickle.
    ///
    /// - Returns: false when the run is ending, or there is no server to ask.
    func addSlowReaders(_ count: Int, seconds: Double?) -> Bool {
        guard let origin = setup.origins.first, stage == .running else { return false }
        let configuration = SlowReaders.configuration(
            origin, share: plan.part, count: count, withinNanoseconds: seconds == nil ? loadNanoseconds : nil,
            asksOwnTargets: asksOwnTargets)
        do {
            try slowReaders.join(configuration, seconds: seconds)
            return true
        } catch {
            note(.error, source: "load", "no slow reader: \(error.description)")
            return false
        }
    }

    /// A server that is not ours has its own answers that are large. With the body check it has ours.
    private var asksOwnTargets: Bool { plan.server == nil && (plan.watch?.namesServer == true || plan.client?.checksBodies != true) }

    /// How long the load lasts; nil: it ends by its requests, or by hand, or has phases, in each of which slow readers
    /// are to be slow.
    private var loadNanoseconds: UInt64? { plan.phases.isEmpty ? plan.duration?.nanoseconds : nil }

    /// Whether another slow reader may join by itself.
    var hasRoomForSlowReader: Bool { slowReaders.hasRoom }

    // MARK: Samples

    package func sample() {
        if stage != .ended { news.append(.sample(read())) }
    }

    /// Asks every loop for its reading, and waits. - Returns: those that are late.
    private func askLoops() -> Set<String> {
        let asked = EventLoop.monotonicNanoseconds()
        round.ask(atNanoseconds: asked)
        // Their answers are not waited for; by the time that the others have answered they usually have come.
        slowReaders.sample(askedNanoseconds: asked)
        servers.sample(askedNanoseconds: asked)
        clients.sample(askedNanoseconds: asked)
        return round.wait(seconds: Experiment.answerSeconds)
    }

    /// A reading of everything, now.
    ///
    /// - Parameter isFresh: also of what is read less often.
    private func read(isFresh: Bool = false) -> Sample {
        if stage != .ended { note(late: askLoops()) }
        for _ in 0..<slowReaders.noticeGone() where stage == .running { note(.info, source: "load", "the slow reader has gone") }
        let (time, interval) = clock.takeSample()
        var sample = Sample(
            timeNanoseconds: time, intervalNanoseconds: interval, server: servers.reading(), client: clientReading(), process: probe.sample())
        other?.read(into: &sample, atNanoseconds: clock.startNanoseconds + time, isFresh: isFresh, isLast: stage == .ended)
        if stage == .running, let phase {
            sample.phase = phase.name
            sample.isWarmup = phase.isWarmup
        }
        watcher.look(at: sample, connectError: connectFailure, isLast: stage == .ended)
        for event in sample.client?.events ?? [] {
            watcher.note(Event(
                timeNanoseconds: clock.elapsed(atNanoseconds: event.monotonicNanoseconds), level: event.level, source: "client", text: event.text,
                answerGap: event.answerGap))
        }
        for event in other?.takeEvents(clock) ?? [] { watcher.note(event) }
        // The interval before belongs to the phase that ends, the one after to the next.
        while stage == .running, timetable.isPhaseOver(atNanoseconds: clock.startNanoseconds + time) { beginNextPhase() }
        return sample
    }

    private func clientReading() -> ClientSample? {
        guard var sample = clients.reading() else { return nil }
        caches.add(to: &sample)
        slowReaders.add(to: &sample)
        return sample
    }

    /// A loop that does not answer is stuck, or has more to do than it can; told when it begins.
    private func note(late loops: Set<String>) {
        for loop in loops.subtracting(lateLoops).sorted() {
            note(.error, source: "loop", "\(loop) has not answered for \(Int(Experiment.answerSeconds)) s")
        }
        lateLoops = loops
    }

    package func note(_ level: Event.Level, source: String, _ text: String) {
        watcher.note(Event(timeNanoseconds: clock.elapsedNanoseconds, level: level, source: source, text: text))
    }

    package func takeNews() -> [News] {
        other?.poll()
        // Before the look: a thread that ends behind it wakes again.
        if stage == .stopping { for waker in threadEnds { waker.clear() } }
        if stage == .stopping, haveThreadsEnded() {
            joinThreads()
            stage = .ended
            news.append(.sample(read()))
        }
        let events = (watcher.takeEvents() + (violations?.takeEvents() ?? [])).sorted { $0.timeNanoseconds < $1.timeNanoseconds }
        defer { news = [] }
        return news + events.map { .event($0) }
    }

    package var descriptors: [Int32] {
        switch stage {
        case .running: [loadEnd.descriptor] + (other?.descriptors ?? [])
        case .stopping: threadEnds.map(\.descriptor) + (other?.descriptors ?? [])
        case .ready, .ended: []
        }
    }

    private var threadEnds: [PollWaker] { [clients.threadEnd, slowReaders.threadEnd, servers.threadEnd] }

    package var connectFailure: String? { clients.connectError?.reason }

    package var failures: [String] { servers.failures + clients.failures + slowReaders.failures }

    // MARK: The end

    package var outcome: Outcome? { stage == .ended ? other?.end ?? .ended : nil }

    package func stop(withinSeconds seconds: Double) {
        guard stage == .running else { return }
        // Nothing comes between the last sample and the stop: requests that the schedule wants in between
        // would count as dropped.
        news.append(.sample(read(isFresh: true)))
        stage = .stopping
        drainNanoseconds = UInt64(clamping: Int64(max(0, min(seconds, 1e9)) * 1e9))
        clients.stop(withinNanoseconds: drainNanoseconds)
        slowReaders.leave()
        news.append(.loadEnded)
    }

    /// The server drains within the plan's time, while the clients go on.
    func drainServer() { servers.stop(withinNanoseconds: plan.drainTime.nanoseconds) }

    /// Whether all threads have ended. Tells the server to drain once the clients have gone.
    private func haveThreadsEnded() -> Bool {
        guard clients.hasEnded, slowReaders.hasEnded else { return false }
        servers.stop(withinNanoseconds: drainNanoseconds)
        other?.stop(withinNanoseconds: drainNanoseconds)
        return servers.hasEnded && other?.hasStopped ?? true
    }

    private func joinThreads() {
        clients.join()
        slowReaders.join()
        servers.join()
    }
}
