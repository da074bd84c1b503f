import Dashboard
import Load
import Measurements
import Memory

/// Samples of a run that never was: the same for the same seed, with traffic that swells and
/// falls, one slow reader, and caches that warm up.
struct SyntheticRun {
    private var random: SplitMix64
    private var tick = 0
    private var server = ServerSample()
    private var client = ClientSample()
    private var process = ProcessSample()
    private var requests: [UInt64]
    private var sent: [UInt64]
    private let connections: Int
    let hasServer: Bool
    let hasClients: Bool
    static let intervalNanoseconds: UInt64 = 500_000_000

    init(seed: UInt64 = 7, connections: Int = 64, hasServer: Bool = true, hasClients: Bool = true) {
        random = SplitMix64(seed: seed)
        self.connections = connections
        self.hasServer = hasServer
        self.hasClients = hasClients
        requests = Array(repeating: 0, count: connections)
        sent = Array(repeating: 0, count: connections)
    }

    /// Between 0 and 1.
    private mutating func chance() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }

    /// Up and down between 0 and 1, without a sine.
    private func wave(_ period: Int, _ shift: Int = 0) -> Double {
        let place = Double((tick + shift) % period) / Double(period)
        let triangle = place < 0.5 ? place * 2 : 2 - place * 2
        return triangle * triangle * (3 - 2 * triangle)
    }

    mutating func next() -> Sample {
        tick += 1
        let load = 0.35 + 0.4 * wave(47) + 0.2 * wave(13, 5) + 0.05 * chance()
        let isFlooded = (60..<72).contains(tick % 110) || (100..<104).contains(tick % 110)
        let done = UInt64(load * 24_000)
        fillClient(done: done, isFlooded: isFlooded)
        fillServer(done: done, isFlooded: isFlooded)
        process.cpuNanoseconds += 460_000_000
        process.ownCPUNanoseconds += 2_500_000
        process.residentBytes = 48_000_000 + tick * 1_000
        process.openFileDescriptors = 140
        var clientSample = client
        recordLatencies(&clientSample, done: done, isFlooded: isFlooded)
        if !hasServer { clientSample.connections = server.connections.map(SyntheticRun.ofClient) }
        return Sample(
            timeNanoseconds: UInt64(tick) * SyntheticRun.intervalNanoseconds,
            intervalNanoseconds: SyntheticRun.intervalNanoseconds,
            server: hasServer ? server : nil, client: hasClients ? clientSample : nil, process: process)
    }

    /// The server's row as its client has it.
    private static func ofClient(_ row: ConnectionSample) -> ConnectionSample {
        var row = row
        (row.receivedBytes, row.sentBytes) = (row.sentBytes, row.receivedBytes)
        (row.pendingBytes, row.oldestAgeNanoseconds, row.arenaUsedBytes, row.arenaReservedBytes, row.arenaHighWaterBytes) = (0, 0, 0, 0, 0)
        row.oldestRequestNanoseconds = UInt64(row.streams) * 1_200_000
        row.state = row.streams == 0 ? .idle : .running
        return row
    }

    private mutating func recordLatencies(_ client: inout ClientSample, done: UInt64, isFlooded: Bool) {
        for index in 0..<120 {
            let place = Double(index) / 119
            var latency = 480_000 + 700_000 * place + 250_000 * chance()
            if place > 0.94 { latency *= 1.6 + 3 * chance() }
            if isFlooded && place > 0.6 { latency *= 4 + 9 * chance() }
            let times = max(1, UInt64(Double(done) / 120))
            client.serviceTime.record(nanoseconds: UInt64(latency), times: times)
            client.responseTime.record(nanoseconds: UInt64(latency * (isFlooded ? 1.8 : 1.05)), times: times)
        }
    }

    private mutating func fillClient(done: UInt64, isFlooded: Bool) {
        client.connectionCounts.open = connections
        client.connectionCounts.opened = UInt64(connections)
        client.requests.scheduled += done
        client.requests.started += done
        client.requests.done += done
        client.requests.succeeded += done - (isFlooded ? 3 : 0)
        client.requests.failed += isFlooded ? 3 : 0
        client.requests.errored += isFlooded ? 1 : 0
        client.statuses.success += done - (isFlooded ? 3 : 0)
        client.statuses.serverError += isFlooded ? 2 : 0
        client.requests.inFlight = isFlooded ? 1_024 : 212
        client.requests.queued = isFlooded ? 340 : 0
        client.receivedBytes += done * 4_300
        client.sentBytes += done * 62
        client.loops.count = 1
        client.loops.cpuNanoseconds += 190_000_000
        client.caches.strings.lookups += done * 6
        client.caches.strings.hits += done * 6 - min(done, UInt64(2_000 / tick))
        client.caches.strings.misses = client.caches.strings.lookups - client.caches.strings.hits
        client.caches.strings.entries = min(212, 30 + tick)
        client.caches.strings.entryLimit = 4_096
        client.caches.strings.bytes = client.caches.strings.entries * 64
        client.caches.strings.byteLimit = 262_144
        client.caches.buffers.lookups += done
        client.caches.buffers.hits += UInt64(Double(done) * (0.66 + 0.3 * wave(31)))
        client.caches.buffers.misses = client.caches.buffers.lookups - client.caches.buffers.hits
        client.caches.buffers.evictions += isFlooded ? 260 : 0
        client.caches.buffers.entries = 96
        client.caches.buffers.entryLimit = 128
        client.caches.buffers.bytes = 96 * 16_384
        client.caches.buffers.byteLimit = 4 << 20
    }

    private mutating func fillServer(done: UInt64, isFlooded: Bool) {
        server.connectionCounts.open = connections
        server.connectionCounts.openHTTP2 = connections
        server.connectionCounts.accepted = UInt64(connections) + 3
        server.connectionCounts.closed = 3
        server.requests.started += done
        server.requests.completed += done
        server.statuses.success += done
        server.receivedBytes += done * 62
        server.sentBytes += done * 4_300
        server.loops.count = 1
        server.loops.cpuNanoseconds += 260_000_000
        server.writes.direct += done
        server.writes.queued += isFlooded ? done / 9 : done / 900
        server.requests.active = isFlooded ? 1_024 : 212
        var byAge = [Int](repeating: 0, count: WriteSample.ageBucketCount)
        var rows: [ConnectionSample] = []
        var pendingTotal = 0, oldest: UInt64 = 0, usedTotal = 0, reservedTotal = 0, writes = 0
        for index in 0..<connections {
            let mine = UInt64(Double(done) / Double(connections) * (0.9 + 0.2 * chance()))
            requests[index] += mine
            sent[index] += mine * 4_300
            let isSlow = index % 16 == 1 && (isFlooded || index == 17)
            let pending = isSlow ? Int((60_000 + 400_000 * chance()) * wave(40, index)) : 0
            let age = pending == 0 ? 0 : UInt64(90_000_000 * wave(40, index)) + 200_000
            let isIdle = index % 29 == 4
            let used = isIdle ? 0 : pending + Int(2_000 + 14_000 * chance())
            let reserved = (used + 16_383) / 4_096 * 4_096
            if pending > 0 {
                byAge[WriteSample.ageBucket(nanoseconds: age)] += pending * 2 / 3
                byAge[WriteSample.ageBucket(nanoseconds: age / 8)] += pending - pending * 2 / 3
                writes += 3
            }
            pendingTotal += pending
            usedTotal += used
            reservedTotal += reserved
            oldest = max(oldest, age)
            rows.append(ConnectionSample(
                id: UInt64(index + 1), loop: 0, peer: "127.0.0.1:\(51_780 + index)",
                state: isIdle ? .idle : isSlow && pending > 0 ? .waiting : .running,
                version: index % 9 == 0 ? .http1 : .http2, streams: isIdle ? 0 : isSlow ? 16 : 1 + index % 8,
                requests: requests[index], receivedBytes: requests[index] * 62, sentBytes: sent[index],
                pendingBytes: pending, oldestAgeNanoseconds: age, arenaUsedBytes: used, arenaReservedBytes: reserved,
                arenaHighWaterBytes: max(used, 24_000 + index * 2_000), ageNanoseconds: UInt64(tick) * 500_000_000))
        }
        server.connections = rows
        server.writes.pendingBytes = pendingTotal
        server.writes.pending = writes
        server.writes.pendingBytesHighWater = max(server.writes.pendingBytesHighWater, pendingTotal)
        server.writes.oldestAgeNanoseconds = oldest
        server.writes.pendingBytesByAge = byAge
        server.arena.inUse = server.requests.active
        server.arena.inUseHighWater = max(server.arena.inUseHighWater, server.arena.inUse)
        server.arena.retired = isFlooded ? 12 : 0
        server.arena.leases = writes
        server.arena.idle = 1_100 - min(1_024, server.arena.inUse)
        server.arena.usedBytes = usedTotal
        server.arena.reservedBytes = reservedTotal + server.arena.idle * 4_096
        server.arena.reservedBytesHighWater = max(server.arena.reservedBytesHighWater, server.arena.reservedBytes)
        server.arena.exchangeBytesHighWater = 42_200
        server.arena.taken += done
        server.arena.reused += done - min(done, UInt64(1_100 / tick))
        server.arena.resets += done
    }
}

extension SyntheticRun {
    /// A connection as the server tells of it to whom looks: a few streams, and teeth that rise and fall.
    static func inspection(of identity: ConnectionIdentity) -> ConnectionInspection {
        var inspection = ConnectionInspection(id: identity.id, loop: identity.loop)
        inspection.arenas = (0..<5).map { index in
            ArenaReading(
                streamID: Int32(2 * index + 1), target: "/bytes/\(1 << (10 + index))", isAnswered: index > 1,
                headBytes: 260, bodyBytes: index == 3 ? 5_000 : 0, responseBytes: index > 1 ? 1 << (10 + index) : 0,
                usedBytes: 900 + (index == 3 ? 5_000 : 0) + (index > 1 ? 1 << (10 + index) : 0), reservedBytes: 4_096 << index / 2 * 2,
                leases: index == 4 ? 2 : 0)
        }
        inspection.openCount = 5
        inspection.retiredUsedBytes = 21_000
        inspection.retiredReservedBytes = 24_576
        inspection.ended = (0..<90).map { EndedExchange(usedBytes: 1_500 + $0 * 377 % 19_000, reservedBytes: 24_576) }
        inspection.endedCount = 4_812
        return inspection
    }
}

extension Dashboard {
    /// A dashboard that has watched a synthetic run for so many samples.
    static func synthetic(
        samples: Int = 130, glyphs: GlyphSet = .braille, hasServer: Bool = true, hasClients: Bool = true
    ) -> Dashboard {
        var run = RunDescription(
            address: "127.0.0.1:8443", protocolName: "h2c",
            load: LoadState(rate: 20_000, connections: 64, streams: 16, clientLoops: hasClients ? 1 : 0), loadText: "open 20k/s",
            hasServer: hasServer, hasClients: hasClients)
        run.state = .running
        run.control = LoadControl(LoadLimits(rates: 1...50_000, connections: 100, streams: 20), run.load)
        run.intervalMilliseconds = 500
        var dashboard = Dashboard(run: run, glyphs: glyphs)
        var source = SyntheticRun(hasServer: hasServer, hasClients: hasClients)
        for number in 0..<samples {
            var sample = source.next()
            if number == samples - 1, let fullest = sample.server?.connections.max(by: { $0.arenaUsedBytes < $1.arenaUsedBytes }) {
                sample.server?.inspection = SyntheticRun.inspection(of: ConnectionIdentity(fullest))
            }
            dashboard.add(sample)
        }
        for (time, level, source, text) in [
            (1_000_000, Event.Level.info, "server", "listening on 127.0.0.1:8443"),
            (12_400_000_000, .info, "load", "open 18k/s -> 20k/s"),
            (31_112_000_000, .warning, "server", "connection 17 has waited over 64 ms (412 KiB)"),
            (50_600_000_000, .error, "client", "2 requests ended with a reset"),
        ] {
            dashboard.add(Event(timeNanoseconds: UInt64(time), level: level, source: source, text: text))
        }
        return dashboard
    }

    /// Lets keys change the load, as in a run that goes.
    mutating func takeChanges(targets: [String] = [], writePolicy: WritePolicy? = nil, allowsUnsafe: Bool = false) {
        let load = run.load
        run.load = LoadState(
            rate: load.rate, connections: load.connections, streams: load.streams, writePolicy: writePolicy,
            cacheScope: run.hasClients ? .client : nil, clientLoops: load.clientLoops, allowsUnsafe: allowsUnsafe)
        run.targets = targets
        run.control = LoadControl(LoadLimits(rates: 1...50_000, connections: 100, streams: 20), load)
    }
}
