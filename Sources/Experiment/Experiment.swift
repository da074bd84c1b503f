internal import Client
internal import Load
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

/// One run: the server's loops and the clients' loops on threads of their own, and a sampler
/// that asks each for its reading.
///
/// Made, started, sampled and stopped by one thread, which is not one of the loops'.
package final class Experiment {
    package let plan: Plan
    /// "127.0.0.1:41231": where the embedded server listens; nil without one.
    package let serverAddress: String?
    /// The same for TLS; nil without.
    package let secureServerAddress: String?
    /// Whom the clients ask: the server, or the plan's target.
    package let targetAddress: String?

    private let sockets: [Listener.Socket]
    private let secureSockets: [Listener.Socket]
    let tls: TLSSetup
    /// What the clients ask for, bodies included.
    private let requestKinds: [RequestKind]
    let clientAddress: SocketAddress?
    var servers: [ServerWorker] = []
    var clients: [ClientWorker] = []
    /// What clients were given in this run, each once: those that all loops share count on.
    var caches: [CacheScope: CacheOwnership] = [:]
    let answers: Answers
    /// In the order in which they were asked for; those that have ended stay.
    var slowReaders: [SlowReaderWorker] = []
    private var probe = ProcessProbe()

    private(set) var startNanoseconds: UInt64 = 0
    private var lastSampleNanoseconds: UInt64 = 0
    private var lastServerSamples: [ServerSample?] = []
    private var lastClientSamples: [ClientSample?] = []
    private var watcher = EventWatcher()
    var phases = PhaseClock([], startNanoseconds: 0)
    var plannedEvents: [PlannedEvent] = []
    private(set) var loadStartNanoseconds: UInt64 = 0
    /// Workers that did not answer the last time.
    private var lateWorkers: Set<Int> = []
    private var violations: ViolationInbox?
    /// Hears of an audit's evidence at once, on a server's thread, instead of `takeEvents`. Set before `start`
    /// by a process that may die of what it runs: what is not written then is lost.
    package var onViolation: (@Sendable (Event) -> Void)?
    var drainNanoseconds: UInt64 = 0
    private var areServersStopping = false
    private(set) var hasBegunStop = false
    private var isStopped = false

    /// Requests per second asked for, all clients together; nil with a closed load.
    package internal(set) var rate: Double?
    package internal(set) var connections: Int
    package internal(set) var streams: Int
    /// Bytes of answers whose targets name a size, in parts of what the plan wants.
    package internal(set) var bodyScale = 1.0
    package internal(set) var isLoadPaused = false
    /// Of the server's new connections; nil without a server of ours.
    package internal(set) var writePolicy: WritePolicy?
    /// Of the clients' new connections; nil without clients.
    package internal(set) var cacheScope: CacheScope?

    /// How long a loop may take to answer before its last reading is used again.
    private static let answerSeconds = 2.0

    /// Binds the server's port and resolves the target's name; nothing runs yet.
    package init(_ plan: Plan) throws(ExperimentError) {
        self.plan = plan
        rate = plan.client?.rate
        connections = plan.phases.first?.connections ?? plan.client?.connections ?? 0
        streams = plan.phases.first?.streams ?? plan.client?.streams ?? 0
        writePolicy = plan.server?.writePolicy
        cacheScope = plan.client?.cacheScope
        if let server = plan.server, server.writePolicy.isUnsafe, !server.allowsUnsafe {
            throw ExperimentError("write policy \(server.writePolicy.rawValue) may take the process down: it runs in a worker only")
        }
        let clientLoops = plan.clientLoopCount
        answers = Answers(loadCount: clientLoops)
        do { requestKinds = try plan.client?.kindsWithFiles() ?? [] } catch { throw ExperimentError(error.description) }
        do { tls = try TLSSetup(plan) } catch { throw ExperimentError(error.description) }
        var bound: [Listener.Socket] = []
        var secure: [Listener.Socket] = []
        do {
            if let server = plan.server {
                try Experiment.bind(host: server.host, port: server.port, loops: server.loops, into: &bound)
                if let tls = server.tls {
                    try Experiment.bind(host: tls.host, port: tls.port, loops: server.loops, into: &secure)
                }
                clientAddress = (plan.clientsUseTLS ? secure : bound).first?.address
            } else {
                clientAddress = try plan.client.map { (client) throws(LoopError) in
                    try SocketAddress.resolve(
                        host: client.connectTo?.host ?? client.host, port: client.connectTo?.port ?? client.port)
                }
            }
            sockets = bound
            secureSockets = secure
        } catch {
            for socket in bound + secure { socket.close() }
            throw ExperimentError(error.description)
        }
        serverAddress = sockets.first?.address.description
        secureServerAddress = secureSockets.first?.address.description
        if let client = plan.client, plan.server == nil {
            targetAddress = Experiment.authority(client.host, client.port, usualPort: client.isSecure ? 443 : 80)
        } else {
            targetAddress = plan.client == nil ? nil : clientAddress?.description
        }
    }

    deinit {
        // What no worker took over.
        for socket in sockets.dropFirst(servers.count) + secureSockets.dropFirst(servers.count) { socket.close() }
    }

    /// Starts the threads: time 0.
    package func start() throws(ExperimentError) {
        startNanoseconds = EventLoop.monotonicNanoseconds()
        lastSampleNanoseconds = startNanoseconds
        do {
            if let plan = plan.server {
                let violations = ViolationInbox(startNanoseconds: startNanoseconds, listener: onViolation)
                self.violations = violations
                var configuration = ServerConfiguration(plan)
                configuration.onViolation = { violations.note($0) }
                configuration.tls = tls.server
                for (number, socket) in sockets.enumerated() {
                    servers.append(try ServerWorker(
                        id: number, number: number, socket: socket, secureSocket: secureSockets.isEmpty ? nil : secureSockets[number],
                        configuration: configuration, isAudited: plan.audits ?? EventLoop.isAuditedByDefault, answers: answers))
                }
            }
            // A client that connects before anybody listens is refused, and that would be counted.
            answers.waitUntilReady(servers.count, seconds: Experiment.answerSeconds)
            loadStartNanoseconds = EventLoop.monotonicNanoseconds()
            phases = PhaseClock(plan.phases, startNanoseconds: loadStartNanoseconds - startNanoseconds)
            plannedEvents = plan.events.sorted { $0.time < $1.time }
            if let first = phases.current { begin(first) }
            if let client = plan.client, let address = clientAddress {
                let loops = plan.clientLoopCount
                let caches = CacheOwnership(client.cacheScope)
                self.caches[client.cacheScope] = caches
                for number in 0..<loops {
                    var configuration = ClientConfiguration(
                        client, address: address, authority: targetAddress ?? address.description, caches: caches,
                        loop: number, of: loops)
                    configuration.kinds = requestKinds
                    configuration.tls = tls.client
                    configuration.take(timesOf: plan, startNanoseconds: loadStartNanoseconds, loop: number, of: loops)
                    clients.append(try ClientWorker(
                        id: servers.count + number, number: number, configuration: configuration,
                        share: plan.phases.isEmpty && client.rate == nil
                            ? nil : (rate: (client.rate ?? 0) / Double(loops), phase: Double(number) / Double(loops)),
                        answers: answers))
                }
            }
        } catch {
            beginStop(withinSeconds: 0)
            joinWorkers()
            throw ExperimentError(error.description)
        }
        lastServerSamples = servers.map { _ in nil }
        lastClientSamples = clients.map { _ in nil }
        startPlannedSlowReaders()
        if tls.client?.configuration.isInsecure == true {
            note(.warning, source: "client", "the server's certificate is not verified (--insecure)")
        }
    }

    // MARK: Samples

    /// Asks every loop for its reading and merges them.
    package func sample() -> Sample {
        let asked = EventLoop.monotonicNanoseconds()
        if !isStopped {
            answers.ask(round: asked)
            // Nobody waits for them; by the time the others have answered they usually have too.
            for worker in slowReaders { worker.ask() }
            for worker in servers { worker.mailbox.post(.sample(askedNanoseconds: asked)) }
            for worker in clients { worker.mailbox.post(.sample(askedNanoseconds: asked)) }
            note(late: answers.wait(seconds: Experiment.answerSeconds))
        }
        noteSlowReadersThatEnded()
        let now = EventLoop.monotonicNanoseconds()
        var sample = Sample(
            timeNanoseconds: now - startNanoseconds, intervalNanoseconds: now - lastSampleNanoseconds,
            server: mergeServers(), client: mergeClients(), process: probe.sample())
        lastSampleNanoseconds = now
        if !hasBegunStop, let phase = phases.current {
            sample.phase = phase.name
            sample.isWarmup = phase.isWarmup
        }
        watcher.look(at: sample, connectError: answers.lastConnectError?.reason, isLast: isStopped)
        for event in sample.client?.events ?? [] {
            watcher.note(Event(
                timeNanoseconds: event.monotonicNanoseconds - min(event.monotonicNanoseconds, startNanoseconds),
                level: event.level, source: "client", text: event.text))
        }
        // The interval before belongs to the phase that ends; what follows to the next.
        if !hasBegunStop { for phase in phases.advance(to: now - startNanoseconds) { begin(phase) } }
        return sample
    }

    /// A loop that does not answer is stuck, or has more to do than it can; said when it begins.
    private func note(late workers: Set<Int>) {
        for worker in workers.subtracting(lateWorkers).sorted() {
            let name = worker < servers.count ? "server-\(worker)" : "client-\(worker - servers.count)"
            note(.error, source: "loop", "\(name) has not answered for \(Int(Experiment.answerSeconds)) s")
        }
        lateWorkers = workers
    }

    private func mergeServers() -> ServerSample? {
        guard !servers.isEmpty else { return nil }
        var merged = ServerSample()
        for (index, worker) in servers.enumerated() {
            if let new = worker.latest.take() { lastServerSamples[index] = new }
            if let sample = lastServerSamples[index] { merged.merge(sample) }
        }
        return merged
    }

    private func mergeClients() -> ClientSample? {
        guard !clients.isEmpty else { return nil }
        var merged = ClientSample()
        for (index, worker) in clients.enumerated() {
            if let new = worker.latest.take() { lastClientSamples[index] = new }
            guard let sample = lastClientSamples[index] else { continue }
            merged.merge(sample)
            // Counters may be read again when a loop is late; what histograms hold only once.
            lastClientSamples[index]?.forgetHistograms()
        }
        for caches in caches.values { caches.add(to: &merged) }
        addSlowReaders(to: &merged)
        return merged
    }

    /// What happened since the last time, oldest first.
    package func takeEvents() -> [Event] {
        (watcher.takeEvents() + (violations?.takeEvents() ?? [])).sorted { $0.timeNanoseconds < $1.timeNanoseconds }
    }

    /// A line of our own among the events: what the user did.
    package func note(_ level: Event.Level, source: String, _ text: String) {
        watcher.note(Event(
            timeNanoseconds: EventLoop.monotonicNanoseconds() - startNanoseconds, level: level, source: source, text: text))
    }

    /// All requests that were asked for have ended, or nobody can connect any more.
    package var isDone: Bool { answers.isDone }

    /// Becomes readable when `isDone` does: for `poll`.
    package var doneDescriptor: Int32 { answers.doneDescriptor }

    /// Why clients could not connect, the last time; nil when all could.
    package var connectFailure: String? { answers.lastConnectError?.reason }

    /// What kept a loop from running; empty when all ran.
    package var failures: [String] { answers.failures }

    /// Samples tell more of this connection of the server from now on, and of no other.
    ///
    /// - Parameters:
    ///   - loop: which of the server's loops it is on; nil: look at none.
    ///   - id: its number there.
    package func inspect(loop: Int?, id: UInt64) {
        for (number, worker) in servers.enumerated() { worker.mailbox.post(.inspect(number == loop ? id : nil)) }
    }

    // MARK: Ending

    /// Stops the clients, then drains the server, and joins all threads.
    /// - Parameter seconds: for each of the two; what is not over by then is dropped.
    /// - Returns: the last sample, with what the histograms still held.
    package func stop(withinSeconds seconds: Double) -> Sample {
        beginStop(withinSeconds: seconds)
        return finishStop()
    }

    /// The same without waiting: the clients are told. Then ask `hasDrained` until it is so, and call `finishStop`.
    package func beginStop(withinSeconds seconds: Double) {
        drainNanoseconds = UInt64(seconds * 1e9)
        hasBegunStop = true
        stop(clients.map(\.mailbox))
        for worker in slowReaders { worker.stop() }
    }

    /// All threads have ended. Tells the server to drain once the clients have gone.
    package func hasDrained() -> Bool {
        guard answers.endedClients == clients.count, answers.endedSlowReaders == slowReaders.count else { return false }
        stopServers()
        return answers.endedServers == servers.count
    }

    /// Waits for what is left of the end, and joins all threads.
    /// - Returns: the last sample, with what the histograms still held.
    package func finishStop() -> Sample {
        joinWorkers()
        return sample()
    }

    private func joinWorkers() {
        guard !isStopped else { return }
        for worker in clients { worker.join() }
        for worker in slowReaders { worker.join() }
        stopServers()
        for worker in servers { worker.join() }
        isStopped = true
    }

    func stopServers() {
        guard !areServersStopping else { return }
        areServersStopping = true
        stop(servers.map(\.mailbox))
    }

    private func stop(_ mailboxes: [Mailbox<Command>]) {
        let asked = EventLoop.monotonicNanoseconds()
        for mailbox in mailboxes {
            mailbox.post(.stop(askedNanoseconds: asked, withinNanoseconds: drainNanoseconds))
        }
    }

    /// A loop's part of a number that the loops share: the first ones take the odd ones.
    static func share(of total: Int, loop: Int, of loops: Int) -> Int {
        total / loops + (loop < total % loops ? 1 : 0)
    }
}
