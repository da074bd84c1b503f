package import Measurements

/// One sample as the dashboard keeps it: counters as they were, and their rates since the sample before.
package struct Moment: Sendable {
    package let timeNanoseconds: UInt64
    /// Without its rows, which are in `rows`.
    package private(set) var server: ServerSample?
    /// Without its histograms, which are in `service` and `response`.
    package let client: ClientSample?
    package let process: ProcessSample
    /// More of a server that is not ours, and the figures that its source cannot know.
    package let watch: WatchSample?
    package let unknown: UnknownFigures
    /// nil where the run is of one process.
    package let parts: PartsSample?
    let phase: String?
    let isWarmup: Bool
    package let rates: Rates
    package let service: LatencyBuckets
    package let response: LatencyBuckets
    /// By kind of request, the worst first; empty for one kind. Of a past moment: the first few.
    private(set) var requests: [RequestMoment] = []
    /// Connections of the server, or of the clients where it has none that are known; the one in most trouble first. Of a past
    /// moment: the first few.
    package private(set) var rows: [ConnectionRow]
    /// When the rows were read: before the rest, where the kernel is asked less often than samples are taken.
    let rowsNanoseconds: UInt64
    /// Counts readings of rows: moments with the same number have the same rows.
    let rowsNumber: Int
    /// Of a past moment: connections as lines over time need them.
    private var traces: [ConnectionTrace] = []

    package init(_ sample: Sample, after previous: Moment?) {
        timeNanoseconds = sample.timeNanoseconds
        var server = sample.server
        server?.connections = []
        // In a ledger with trouble the broken writes matter most; ten minutes of all writes would be 30 MB.
        if let writes = server?.pendingWrites, writes.count > Moment.pendingWriteLimit {
            server?.pendingWrites = Array((writes.filter(\.isReset) + writes.filter { !$0.isReset }).prefix(Moment.pendingWriteLimit))
        }
        self.server = server
        service = sample.client.map { LatencyBuckets($0.serviceTime) } ?? LatencyBuckets()
        response = sample.client.map { LatencyBuckets($0.responseTime) } ?? LatencyBuckets()
        var client = sample.client
        client?.serviceTime = LatencyHistogram()
        client?.responseTime = LatencyHistogram()
        client?.scheduleDelay = LatencyHistogram()
        client?.byRequest = []
        client?.connections = []
        self.client = client
        process = sample.process
        watch = sample.watch
        unknown = sample.unknown
        parts = sample.parts
        phase = sample.phase
        isWarmup = sample.isWarmup
        let since = previous.map { sample.timeNanoseconds - min($0.timeNanoseconds, sample.timeNanoseconds) }
        let seconds = Double(since ?? sample.intervalNanoseconds) / 1e9
        rates = Rates(sample, previous, seconds: seconds)
        requests = RequestMoment.rows(sample.client?.byRequest ?? [], previous?.requests ?? [], seconds: seconds)
        let rowsTime = sample.timeNanoseconds - min(sample.rowAgeNanoseconds, sample.timeNanoseconds)
        if let previous, sample.rowAgeNanoseconds > 0,
            rowsTime - min(rowsTime, previous.rowsNanoseconds) < Moment.sameReadingNanoseconds {
            (rows, rowsNanoseconds, rowsNumber) = (previous.rows, previous.rowsNanoseconds, previous.rowsNumber)
        } else {
            rows = ConnectionRow.rows(
                sample.server?.connections ?? sample.client?.connections ?? [], isClients: sample.server == nil, previous?.rows ?? [],
                seconds: previous.map { Double(rowsTime - min($0.rowsNanoseconds, rowsTime)) / 1e9 } ?? seconds)
            rowsNanoseconds = rowsTime
            rowsNumber = (previous?.rowsNumber ?? 0) + 1
        }
    }

    /// Rows of one reading: a recording rounds times.
    private static let sameReadingNanoseconds: UInt64 = 1_000_000

    /// Rows of the ledger that a moment keeps: a screenful.
    static let pendingWriteLimit = 64

    /// Rows that a past moment keeps: a screenful. With all of them, ten minutes of 10 000 connections would be 2 GB.
    static let pastRowLimit = 16

    /// Connections that a past moment keeps for lines over time: all of a usual run, in ten minutes 6 MB.
    static let traceLimit = 128

    /// A connection as it was then; nil where it was not open, or is not kept.
    func trace(_ identity: ConnectionIdentity) -> ConnectionTrace? {
        traces.first { $0.identity == identity }
            ?? rows.first { $0.identity == identity }.map { ConnectionTrace($0) }
    }

    /// Arenas and ended exchanges of the inspected connection that a past moment keeps: in ten minutes 5 MB.
    static let pastArenaLimit = 16, pastExchangeLimit = 40

    mutating func becomePast() {
        if let inspection = server?.inspection {
            server?.inspection?.arenas = Array(inspection.arenas.prefix(Moment.pastArenaLimit))
            server?.inspection?.ended = inspection.ended.suffix(Moment.pastExchangeLimit)
        }
        if traces.isEmpty { traces = rows.prefix(Moment.traceLimit).map { ConnectionTrace($0) } }
        if requests.count > RequestMoment.pastLimit { requests = Array(requests.prefix(RequestMoment.pastLimit)) }
        if rows.count > Moment.pastRowLimit { rows = Array(rows.prefix(Moment.pastRowLimit)) }
    }
}

/// The growth of counters in one interval, per second.
package struct Rates: Equatable, Sendable {
    package var requests = 0.0
    /// Bytes of the requests and of the responses, by either side's counters.
    package var requestBytes = 0.0
    package var responseBytes = 0.0
    package var errors = 0.0
    /// Answers by class of status.
    package var outcomes = OutcomeRates()
    package var directWrites = 0.0
    package var queuedWrites = 0.0
    package var arenaResets = 0.0
    /// Of the server: calls of malloc; waits of its event loops, and the sockets that were ready then.
    package var allocations = 0.0
    package var turns = 0.0
    package var readySockets = 0.0
    /// Time of all its event loops between their waits: 1 is one loop that never waits.
    package var busy = 0.0
    package var sessions = CacheRates()
    package var strings = CacheRates()
    package var buffers = CacheRates()
    package var pool = CacheRates()
    package var resumption = CacheRates()
    /// CPU of the thread that draws, of the server's loops and of the clients' loops: 1 is one core.
    package var ownCPU = 0.0
    package var serverCPU = 0.0
    package var clientCPU = 0.0

    init(_ sample: Sample, _ previous: Moment?, seconds: Double) {
        func rate(_ now: UInt64?, _ before: UInt64?) -> Double {
            Rates.rate(now ?? 0, before ?? 0, seconds)
        }
        let client = sample.client, server = sample.server
        let oldClient = previous?.client, oldServer = previous?.server
        // Where there are both, the clients' word counts: theirs is the end that waits.
        if client != nil {
            requests = rate(client?.requests.answered, oldClient?.requests.answered)
            requestBytes = rate(client?.sentBytes, oldClient?.sentBytes)
            responseBytes = rate(client?.receivedBytes, oldClient?.receivedBytes)
            errors = rate(client?.requests.failed, oldClient?.requests.failed)
        } else {
            requests = rate(server?.requests.completed, oldServer?.requests.completed)
            requestBytes = rate(server?.receivedBytes, oldServer?.receivedBytes)
            responseBytes = rate(server?.sentBytes, oldServer?.sentBytes)
            errors = rate(server?.failures, oldServer?.failures)
        }
        let statuses = client?.statuses ?? server?.statuses, oldStatuses = oldClient?.statuses ?? oldServer?.statuses
        outcomes.success = rate(statuses?.success, oldStatuses?.success)
        outcomes.clientError = rate(statuses?.clientError, oldStatuses?.clientError)
        outcomes.serverError = rate(statuses?.serverError, oldStatuses?.serverError)
        let isServers = server != nil && sample.knows(.pendingBytes)
        let writes = isServers ? server?.writes : client?.writes, oldWrites = isServers ? oldServer?.writes : oldClient?.writes
        directWrites = rate(writes?.direct, oldWrites?.direct)
        queuedWrites = rate(writes?.queued, oldWrites?.queued)
        arenaResets = rate(server?.arena.resets, oldServer?.arena.resets)
        allocations = rate(server?.loops.allocations, oldServer?.loops.allocations)
        turns = rate(sample.watch?.turns, previous?.watch?.turns)
        readySockets = rate(sample.watch?.readySockets, previous?.watch?.readySockets)
        busy = rate(sample.watch?.busyNanoseconds, previous?.watch?.busyNanoseconds) / 1e9
        sessions = CacheRates(client?.caches.sessions, oldClient?.caches.sessions, seconds)
        strings = CacheRates(client?.caches.strings, oldClient?.caches.strings, seconds)
        buffers = CacheRates(client?.caches.buffers, oldClient?.caches.buffers, seconds)
        pool = CacheRates(server?.arena.pool, oldServer?.arena.pool, seconds)
        resumption = CacheRates(server?.tls.resumption, oldServer?.tls.resumption, seconds)
        // Nothing before the first sample to take a share of: these count since the process began.
        if previous != nil {
            ownCPU = rate(sample.process.ownCPUNanoseconds, previous?.process.ownCPUNanoseconds) / 1e9
            serverCPU = rate(server?.loops.cpuNanoseconds, oldServer?.loops.cpuNanoseconds) / 1e9
            clientCPU = rate(client?.loops.cpuNanoseconds, oldClient?.loops.cpuNanoseconds) / 1e9
        }
    }

    /// 0 for a counter that fell: it has started over.
    static func rate(_ now: UInt64, _ before: UInt64, _ seconds: Double) -> Double {
        seconds > 0 && now >= before ? Double(now - before) / seconds : 0
    }
}

/// Answers by the first digit of their status, a second.
package struct OutcomeRates: Equatable, Sendable {
    package var success = 0.0
    package var clientError = 0.0
    package var serverError = 0.0
}

/// One cache in one interval.
package struct CacheRates: Equatable, Sendable {
    /// A second.
    package var lookups = 0.0
    package var evictions = 0.0
    /// 0 to 1; nil where nothing was looked up.
    package var hitRate: Double?

    init() {}

    init(_ now: CacheSample?, _ before: CacheSample?, _ seconds: Double) {
        guard let now else { return }
        lookups = Rates.rate(now.lookups, before?.lookups ?? 0, seconds)
        evictions = Rates.rate(now.evictions, before?.evictions ?? 0, seconds)
        if lookups > 0 { hitRate = Rates.rate(now.hits, before?.hits ?? 0, seconds) / lookups }
    }
}

extension Sample {
    /// Since the rows of connections were read: those of a server that is looked at from outside are the kernel's.
    fileprivate var rowAgeNanoseconds: UInt64 {
        guard let watch, !knows(.findings), knows(.kernel) else { return 0 }
        return watch.kernel.ageNanoseconds
    }
}

extension Moment {
    /// Since the rows of connections were read; 0: with the rest.
    var rowAgeNanoseconds: UInt64 { timeNanoseconds - rowsNanoseconds }

    /// The source of the server's figures has these.
    func knows(_ figures: UnknownFigures) -> Bool { unknown.isDisjoint(with: figures) }

    /// Requests are counted, by the clients or by a server of ours.
    var knowsRequests: Bool { client != nil || knows(.requests) }

    /// Connections that are open now, of the side whose connections are listed.
    var openConnections: Int { server?.connectionCounts.open ?? client?.connectionCounts.open ?? 0 }

    /// Writes that wait, of the server where they are known, else of the clients.
    var writes: WriteSample? { server.flatMap { knows(.pendingBytes) ? $0.writes : nil } ?? client?.writes }

    /// Bytes on the sockets are counted.
    var knowsTraffic: Bool { client != nil || knows(.traffic) }
}

extension ServerSample {
    /// Answers and connections that went wrong.
    var failures: UInt64 { statuses.clientError + statuses.serverError + protocolErrors + timeouts }
}

extension TLSSample {
    /// The sessions as one of the caches: a hit is a handshake that was resumed.
    var resumption: CacheSample {
        var cache = CacheSample()
        cache.lookups = handshakes
        cache.hits = resumedHandshakes
        cache.misses = handshakes - min(handshakes, resumedHandshakes)
        return cache
    }
}

extension ArenaSample {
    /// The arena pool as one of the caches: a hit is an arena that came warm.
    var pool: CacheSample {
        var cache = CacheSample()
        cache.lookups = taken
        cache.hits = reused
        cache.misses = taken - min(taken, reused)
        cache.entries = idle
        cache.entryLimit = idle + inUse
        cache.bytes = reservedBytes
        cache.byteLimit = reservedBytesHighWater
        return cache
    }
}
