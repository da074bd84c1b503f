internal import HTTP2
package import Loop
package import Measurements
internal import Memory
internal import TLS
internal import Transport

/// An HTTP/1.1 and HTTP/2 server on one loop. Several of them on several loops share a port.
///
/// Everything here belongs to the loop's thread. When the server has drained, the loop can end too.
///
/// `@safe`: the pointer to its counters is its own.
@safe
package final class HTTPServer {
    let configuration: ServerConfiguration
    /// Where it lives.
    package let loop: EventLoop
    let sessions: SessionFactory
    /// The connections fill and submit it in turn.
    let fields = FieldList()
    let bodies: SharedBodies
    /// Which of the server's loops this is, from 0.
    let loopNumber: Int

    private var listeners: [Listener] = []
    private(set) var connections: [Connection] = []
    private var lastConnectionID: UInt64 = 0
    private let clock = HTTPDate()
    /// The policy of connections that are accepted from now on.
    private(set) var writePolicy: WritePolicy
    /// The monotonic clock, as read for the event in work.
    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()

    /// The counts so far; `sample` fills in the gauges that cost a walk.
    ///
    /// Behind a pointer: as a stored property each of a request's counts would be checked for
    /// exclusive access at run time, 80 instructions a time.
    var counters: ServerSample {
        _read { yield unsafe countersStorage.pointee }
        _modify { yield unsafe &countersStorage.pointee }
    }
    private let countersStorage: UnsafeMutablePointer<ServerSample>
    /// Most connections at a tick since memory was returned to the system.
    private var trimPeak = 0
    /// The connection that the dashboard shows in detail.
    private weak var inspected: Connection?

    private let drainTimer: Timer
    private var isDraining = false
    private var onEnd: (() -> Void)?

    /// Listens at once.
    /// - Parameters:
    ///   - secureSocket: the socket for TLS, which is spoken as `configuration.tls` says; nil: none.
    ///   - onEnd: called once, on the loop, when the server has drained.
    package init(
        loop: EventLoop, socket: Listener.Socket, secureSocket: Listener.Socket? = nil, number: Int,
        configuration: ServerConfiguration, onEnd: @escaping () -> Void
    ) throws {
        guard let sessions = SessionFactory(messageCheck: .requests, isAudited: loop.arenas.isAudited) else {
            throw LoopError(call: "nghttp2_session_callbacks_new", code: -12)
        }
        let tls = try configuration.tls.map { try TLSContext($0, pool: loop.arenas) }
        self.loop = loop
        precondition(configuration.allowsUnsafe || !configuration.writePolicy.isUnsafe, "unsafe write policy outside a worker")
        self.configuration = configuration
        writePolicy = configuration.writePolicy
        self.sessions = sessions
        bodies = SharedBodies(isAudited: loop.arenas.isAudited)
        self.onEnd = onEnd
        loopNumber = number
        unsafe countersStorage = .allocate(capacity: 1)
        unsafe countersStorage.initialize(to: ServerSample())
        drainTimer = Timer(loop: loop)
        counters.loops.count = 1
        connections.reserveCapacity(1024)
        do {
            try listen(on: socket, over: nil)
            if let secureSocket, let tls { try listen(on: secureSocket, over: tls) }
        } catch {
            // An open listener would keep the loop from its end.
            for listener in listeners { listener.close() }
            drainTimer.close()
            throw error
        }
        drainTimer.target = self
        watchWrites()
    }

    /// - Parameter tls: nil: connections are in the clear.
    private func listen(on socket: Listener.Socket, over tls: TLSContext?) throws(LoopError) {
        listeners.append(try Listener(
            loop: loop, socket: socket, sendBufferByteCount: configuration.sendBufferByteCount,
            starved: { [unowned self] count in
                counters.connectionCounts.accepted += UInt64(count)
                counters.connectionCounts.closed += UInt64(count)
                counters.connectionCounts.starved += UInt64(count)
            },
            accepted: { [unowned self] stream in accept(stream, over: tls) }))
    }

    deinit {
        unsafe countersStorage.deinitialize(count: 1)
        unsafe countersStorage.deallocate()
    }

    /// The Date field's value for responses made now.
    var date: ArenaBytes { clock.bytes(monotonicNanoseconds: nowNanoseconds) }

    /// Reads the clock. Once an event: once a request would cost more than the request's histogram.
    func refreshNow() { nowNanoseconds = EventLoop.monotonicNanoseconds() }

    /// Whether a request for this path is answered before its body has come.
    func answersEarly(_ path: ArenaBytes) -> Bool { configuration.page == nil && Route.answersEarly(path) }

    /// Fills `exchange.response`.
    func answer(_ exchange: UnsafeMutablePointer<Exchange>) {
        if let page = configuration.page { unsafe page.respond(to: exchange) } else { unsafe Route.respond(to: exchange) }
    }

    private func accept(_ stream: TCPStream, over tls: TLSContext?) {
        counters.connectionCounts.accepted += 1
        if connections.count >= configuration.connectionLimit {
            // Accepted and closed: the peer learns of it at once, and the server needs no recovery.
            counters.connectionCounts.refused += 1
            counters.connectionCounts.closed += 1
            return stream.close()
        }
        let endpoint: TLSEndpoint?
        do { endpoint = try tls.map { (context) throws(TLSError) in try TLSEndpoint(server: context) } } catch {
            // There is no memory for another endpoint.
            counters.tls.countFailure(error)
            counters.connectionCounts.closed += 1
            return stream.close()
        }
        refreshNow()
        lastConnectionID += 1
        let connection = Connection(server: self, stream: stream, endpoint: endpoint, id: lastConnectionID)
        connection.index = connections.count
        connections.append(connection)
        counters.connectionCounts.openHighWater = max(counters.connectionCounts.openHighWater, connections.count)
    }

    /// The connection's socket is closed: the server takes over its counts.
    func remove(_ connection: Connection) {
        counters.connectionCounts.closed += 1
        counters.addCounters(of: connection.stream)
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.index] = last
            last.index = connection.index
        }
        if isDraining && connections.isEmpty { end() }
    }

    // MARK: Ending

    /// Stops accepting, answers the requests that have begun, and drops the connections left at the deadline.
    package func drain(withinNanoseconds nanoseconds: UInt64) {
        guard !isDraining else { return }
        isDraining = true
        refreshNow()
        for listener in listeners { listener.close() }
        drainTimer.setDeadline(nanoseconds: nowNanoseconds + nanoseconds)
        // Draining a connection can remove it: walk over a copy.
        for connection in Array(connections) { connection.drain() }
        if connections.isEmpty { end() }
    }

    private func end() {
        guard let onEnd else { return }
        self.onEnd = nil
        listeners = []
        drainTimer.close()
        onEnd()
    }

    /// Sets the write policy of connections that are accepted from now on.
    func setWritePolicy(_ policy: WritePolicy) {
        precondition(configuration.allowsUnsafe || !policy.isUnsafe, "unsafe write policy outside a worker")
        writePolicy = policy
    }

    /// Drops the connection with this number and its requests; without effect when it is gone.
    func closeConnection(_ id: UInt64) {
        refreshNow()
        connections.first { $0.id == id }?.close()
    }

    /// So many bytes wait: more than a connection's limit, or all at a sample. A peak between two samples would
    /// be missed otherwise.
    func notePending(_ byteCount: Int) {
        counters.writes.pendingBytesHighWater = max(counters.writes.pendingBytesHighWater, byteCount)
    }

    // MARK: Samples

    /// This loop's sample, as of now. Walks over the connections: once a tick, not once an event.
    package func sample() -> ServerSample {
        refreshNow()
        var sample = counters
        sample.connectionCounts.open = connections.count
        sample.loops.cpuNanoseconds = EventLoop.threadCPUNanoseconds()
        sample.loops.allocations = Allocations.byThisThread
        let pool = loop.arenas.currentStatistics
        sample.arena.inUse = pool.inUseCount
        sample.arena.inUseHighWater = pool.inUseHighWater
        sample.arena.retired = pool.retiredCount
        sample.arena.leases = pool.leaseCount + bodies.leaseCount
        sample.arena.sharedBytes = bodies.byteCount
        sample.arena.idle = pool.idleCount
        sample.arena.reservedBytes = pool.reservedByteCount
        sample.arena.reservedBytesHighWater = pool.reservedHighWaterByteCount
        sample.arena.exchangeBytesHighWater = pool.arenaHighWaterByteCount
        sample.arena.taken = pool.takenCount
        sample.arena.reused = pool.reusedCount
        sample.arena.resets = pool.resetCount
        sample.arena.recycledBytes = pool.recycledByteCount
        if let audit = loop.audit {
            sample.audit.loops = 1
            sample.audit.unsafeResets = pool.unsafeResetCount
            sample.audit.staleCompletions = audit.staleCompletionCount
            sample.audit.changedWrites = audit.changedWriteCount
        }
        for connection in connections {
            if loop.audit != nil, sample.pendingWrites.count < ServerSample.pendingWriteRowLimit {
                sample.pendingWrites += pendingWriteSamples(of: connection)
            }
            let row = connection.sample(loop: loopNumber, addingTo: &sample)
            if sample.connections.count < ServerSample.connectionRowLimit { sample.connections.append(row) }
        }
        sample.inspection = inspected.flatMap { $0.exchanges.inspector?.inspection(of: $0, loop: loopNumber) }
        notePending(sample.writes.pendingBytes)
        sample.writes.pendingBytesHighWater = counters.writes.pendingBytesHighWater
        return sample
    }

    /// Samples show this connection in detail from now on, and no other; nil: none.
    func inspect(_ id: UInt64?) {
        inspected?.exchanges.inspector = nil
        inspected = id.flatMap { id in connections.first { $0.id == id } }
        inspected?.exchanges.inspector = ConnectionInspector(last: inspected?.exchanges.lastEnded)
    }

    /// Returns idle memory to the system. Once a tick: the arenas beyond those in use and a few; everything when
    /// most connections have ended since the last time.
    package func trim() {
        trimPeak = max(trimPeak, connections.count)
        guard connections.count < trimPeak / 2, trimPeak >= HTTPServer.trimmedConnectionCount else {
            return loop.arenas.trim(toIdleArenas: loop.arenas.currentStatistics.inUseCount + 64)
        }
        trimPeak = connections.count
        bodies.removeAll()
        loop.arenas.trim(toIdleArenas: 0)
        sessions.trim()
        EventLoop.returnIdleMemory()
    }

    /// The memory of fewer connections is not worth the milliseconds.
    private static let trimmedConnectionCount = 128
}

extension HTTPServer: TimerTarget {
    /// The drain's deadline: drops the connections that are left.
    package func timerDidFire(_ timer: Timer) {
        for connection in Array(connections) { connection.close() }
    }
}
