internal import HTTP2
package import Loop
package import Measurements
internal import Memory
internal import TLS
internal import Transport

/// An HTTP/1.1 and HTTP/2 server on one loop. Several of them on several loops share a port.
///
/// Everything here belongs to the loop's thread. Ends when it has drained; then the loop can.
///
/// `@safe`: the pointer to its counters is its own.
@safe
package final class HTTPServer {
    let configuration: ServerConfiguration
    let loop: EventLoop
    let sessions: SessionFactory
    /// Filled and submitted in turn by the connections.
    let fields = FieldList()
    /// Instead of the routes.
    private let page: ServedPage?
    /// Which of the server's loops this is, from 0.
    let loopNumber: Int

    private var listener: Listener?
    /// Where TLS is spoken, and how.
    private var secureListener: Listener?
    private let tls: TLSContext?
    private(set) var connections: [Connection] = []
    private var lastConnectionID: UInt64 = 0
    private let clock = HTTPDate()
    /// Of connections that are accepted from now on.
    private(set) var writePolicy: WritePolicy
    /// The monotonic clock as of the event in work.
    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()

    /// What has been counted so far; gauges that cost a walk are filled in by `sample`.
    ///
    /// Behind a pointer: as a stored property each of a request's counts would be checked for
    /// exclusive access at run time, 80 instructions a time.
    var counters: ServerSample {
        _read { yield unsafe countersStorage.pointee }
        _modify { yield unsafe &countersStorage.pointee }
    }
    private let countersStorage: UnsafeMutablePointer<ServerSample>
    private var pendingByteHighWater = 0
    /// Most connections at a tick since memory was given back.
    private var trimPeak = 0
    /// The connection that somebody looks at.
    private weak var inspected: Connection?

    private let drainTimer: Timer
    private var isDraining = false
    private var onEnd: (() -> Void)?

    /// Listens at once.
    /// - Parameters:
    ///   - secureSocket: where TLS is spoken, as `configuration.tls` says; nil: nowhere.
    ///   - onEnd: called once, on the loop, when `drain` is through.
    package init(
        loop: EventLoop, socket: Listener.Socket, secureSocket: Listener.Socket? = nil, number: Int,
        configuration: ServerConfiguration, onEnd: @escaping () -> Void
    ) throws {
        guard let sessions = SessionFactory(validatesMessages: true) else {
            throw LoopError(call: "nghttp2_session_callbacks_new", code: -12)
        }
        tls = try configuration.tls.map { try TLSContext($0, pool: loop.arenas) }
        self.loop = loop
        precondition(configuration.allowsUnsafe || !configuration.writePolicy.isUnsafe, "unsafe write policy outside a worker")
        self.configuration = configuration
        writePolicy = configuration.writePolicy
        self.sessions = sessions
        self.onEnd = onEnd
        loopNumber = number
        page = configuration.page
        unsafe countersStorage = .allocate(capacity: 1)
        unsafe countersStorage.initialize(to: ServerSample())
        drainTimer = Timer(loop: loop)
        counters.loopCount = 1
        connections.reserveCapacity(1024)
        do {
            try listen(socket, secureSocket)
        } catch {
            // Or the loop would never end.
            listener?.close()
            drainTimer.close()
            throw error
        }
        drainTimer.target = self
        watchWrites()
    }

    private func listen(_ socket: Listener.Socket, _ secureSocket: Listener.Socket?) throws(LoopError) {
        listener = try Listener(
            loop: loop, socket: socket, sendBufferByteCount: configuration.sendBufferByteCount
        ) { [unowned self] stream in accept(stream, over: nil) }
        if let secureSocket, let tls {
            secureListener = try Listener(
                loop: loop, socket: secureSocket, sendBufferByteCount: configuration.sendBufferByteCount
            ) { [unowned self] stream in accept(stream, over: tls) }
        }
    }

    deinit {
        unsafe countersStorage.deinitialize(count: 1)
        unsafe countersStorage.deallocate()
    }

    /// The Date field's value for responses made now.
    var date: ArenaBytes { clock.bytes(monotonicNanoseconds: nowNanoseconds) }

    /// Once an event: reading the clock for each request costs more than the request's histogram.
    func refreshNow() { nowNanoseconds = EventLoop.monotonicNanoseconds() }

    /// Whether a request for this path is answered before its body has come.
    func answersEarly(_ path: ArenaBytes) -> Bool { page == nil && Route.answersEarly(path) }

    /// Fills `exchange.response`.
    func answer(_ exchange: UnsafeMutablePointer<Exchange>) {
        if let page { unsafe page.respond(to: exchange) } else { unsafe Route.respond(to: exchange) }
    }

    private func accept(_ stream: TCPStream, over tls: TLSContext?) {
        counters.acceptedConnections += 1
        if connections.count >= configuration.connectionLimit {
            // Accepted and closed: the peer hears of it at once, and nothing has to recover.
            counters.refusedConnections += 1
            counters.closedConnections += 1
            return stream.close()
        }
        let endpoint: TLSEndpoint?
        do { endpoint = try tls.map { (context) throws(TLSError) in try TLSEndpoint(server: context) } } catch {
            // No memory for another one.
            counters.tls.countFailure(error)
            counters.closedConnections += 1
            return stream.close()
        }
        refreshNow()
        lastConnectionID += 1
        let connection = Connection(server: self, stream: stream, endpoint: endpoint, id: lastConnectionID)
        connection.index = connections.count
        connections.append(connection)
        counters.openConnectionsHighWater = max(counters.openConnectionsHighWater, connections.count)
    }

    /// The connection's socket is closed: its counts become history.
    func remove(_ connection: Connection) {
        counters.closedConnections += 1
        absorb(connection.stream)
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.index] = last
            last.index = connection.index
        }
        if isDraining && connections.isEmpty { end() }
    }

    private func absorb(_ stream: TCPStream) {
        counters.receivedBytes += stream.receivedBytes
        counters.sentBytes += stream.sentBytes
        counters.writes.direct += stream.directFlushes
        counters.writes.queued += stream.queuedWrites
    }

    // MARK: Ending

    /// Stops accepting, serves what has begun, and drops the rest at the deadline.
    package func drain(withinNanoseconds nanoseconds: UInt64) {
        guard !isDraining else { return }
        isDraining = true
        refreshNow()
        listener?.close()
        secureListener?.close()
        drainTimer.setDeadline(nanoseconds: nowNanoseconds + nanoseconds)
        // Draining a connection can remove it: walk over a copy.
        for connection in Array(connections) { connection.drain() }
        if connections.isEmpty { end() }
    }

    private func end() {
        guard let onEnd else { return }
        self.onEnd = nil
        listener = nil
        secureListener = nil
        drainTimer.close()
        onEnd()
    }

    /// Who owns the answers of connections that are accepted from now on.
    package func setWritePolicy(_ policy: WritePolicy) {
        precondition(configuration.allowsUnsafe || !policy.isUnsafe, "unsafe write policy outside a worker")
        writePolicy = policy
    }

    /// Ends the connection with this number under its requests; without effect when it is gone.
    package func closeConnection(_ id: UInt64) {
        refreshNow()
        connections.first { $0.id == id }?.close()
    }

    /// A connection has this much waiting, beyond its limit: between two samples such a peak would be missed.
    func notePending(_ byteCount: Int) { pendingByteHighWater = max(pendingByteHighWater, byteCount) }

    // MARK: Samples

    /// This loop's reading, now. Walks over the connections: once a tick, not once an event.
    package func sample() -> ServerSample {
        refreshNow()
        var sample = counters
        sample.openConnections = connections.count
        sample.cpuNanoseconds = EventLoop.threadCPUNanoseconds()
        sample.allocations = Allocations.byThisThread
        let pool = loop.arenas.currentStatistics
        sample.arena.inUse = pool.inUseCount
        sample.arena.inUseHighWater = pool.inUseHighWater
        sample.arena.retired = pool.retiredCount
        sample.arena.leases = pool.leaseCount
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
                sample.pendingWrites += connection.pendingWriteSamples(loop: loopNumber, now: nowNanoseconds)
            }
            let row = connection.sample(loop: loopNumber, addingTo: &sample)
            if sample.connections.count < ServerSample.connectionRowLimit { sample.connections.append(row) }
        }
        sample.inspection = inspected?.inspection(loop: loopNumber)
        pendingByteHighWater = max(pendingByteHighWater, sample.writes.pendingBytes)
        sample.writes.pendingBytesHighWater = pendingByteHighWater
        return sample
    }

    /// Samples tell more of this connection from now on, and of no other; nil: of none.
    package func inspect(_ id: UInt64?) {
        inspected?.inspector = nil
        inspected = id.flatMap { id in connections.first { $0.id == id } }
        inspected?.inspector = ConnectionInspector()
    }

    /// Gives idle memory back. Once a tick: the arenas beyond those in use and a few; everything when
    /// most connections have gone since the last time.
    package func trim() {
        trimPeak = max(trimPeak, connections.count)
        guard connections.count < trimPeak / 2, trimPeak >= HTTPServer.trimmedConnectionCount else {
            return loop.arenas.trim(toIdleArenas: loop.arenas.currentStatistics.inUseCount + 64)
        }
        trimPeak = connections.count
        loop.arenas.trim(toIdleArenas: 0)
        sessions.trim()
        EventLoop.returnIdleMemory()
    }

    /// What fewer connections leave behind is not worth the milliseconds.
    private static let trimmedConnectionCount = 128
}

extension HTTPServer: TimerTarget {
    /// The drain's deadline: whoever is still here is dropped.
    package func timerDidFire(_ timer: Timer) {
        for connection in Array(connections) { connection.close() }
    }
}
