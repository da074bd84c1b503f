internal import Measurements
internal import Watch

extension ProbeReading {
    /// Puts in the figures that the probes have, and says which of them they cannot have.
    func fill(_ server: inout ServerSample, _ watch: inout WatchSample, _ unknown: inout UnknownFigures, atNanoseconds now: UInt64) {
        let counters = counters
        server.connectionCounts.open = openConnections
        server.connectionCounts.accepted = counters.acceptedConnections
        server.connectionCounts.closed = counters.closedConnections
        server.receivedBytes = counters.receivedBytes
        server.sentBytes = counters.sentBytes
        server.tls.handshakes = counters.handshakes
        server.tls.resumedHandshakes = counters.resumedHandshakes
        if !processes.contains(where: \.usesTLS) { unknown.insert(.handshakes) }

        let living = processes.filter { !$0.hasEnded }
        let loops = living.flatMap(\.loops)
        server.loops.count = loops.count
        server.loops.lagNanoseconds = loops.map { $0.longestTurn(atNanoseconds: now) }.max() ?? 0
        let all = processes.flatMap(\.loops)
        watch.turns = counters.waits
        // A turn that does not end keeps its loop busy too.
        watch.busyNanoseconds = all.reduce(0) { $0 &+ $1.turnNanoseconds } &+ loops.reduce(0) { $0 &+ $1.runningTurn(atNanoseconds: now) }
        for loop in all { watch.longestTurn.merge(loop.longestTurn) }
        // Of a turn under way it is not known how long its thread waited.
        for loop in loops { watch.longestTurn.merge(LongestTurn(newNanoseconds: loop.runningTurn(atNanoseconds: now))) }
        watch.readySockets = counters.readySockets
        watch.readySocketsMost = Int(clamping: counters.readySocketsMost)
        if all.isEmpty { unknown.insert(.loops) }

        let knowing = processes.filter(\.knowsHeap)
        server.loops.allocations = knowing.reduce(0) { $0 &+ $1.counters.mallocs }
        watch.heapBytes = Int(clamping: knowing.filter { !$0.hasEnded }.reduce(UInt64(0)) { $0 &+ $1.counters.liveBytes })
        if server.loops.allocations == 0 { unknown.formUnion([.allocations, .heap]) }

        watch.cutWrites = counters.cutWrites
        watch.refusedWrites = counters.refusedWrites
        watch.continuityChecks = counters.continuityChecks
        watch.auditChecks = counters.checks
        watch.unauditedWrites = counters.unauditedWrites
        // The times of each are read after all of them, and more may have come between.
        watch.findings = max(UInt64(clamping: findingCount), findings.reduce(0) { $0 &+ $1.count })
        watch.crashes = UInt64(clamping: processes.count { $0.hasEnded && $0.fault != nil })
    }

    /// How often each finding was made, by the number that its event has.
    var timesOfFindings: [FindingCount] { findings.map { FindingCount(number: UInt64($0.number) + 1, count: $0.count) } }

    /// Pending writes: those of libuv where it is used, and elsewhere bytes that the server offered and its socket did not take.
    func writes(atNanoseconds now: UInt64) -> WriteSample {
        var writes = WriteSample()
        for process in processes {
            let counters = process.counters
            if process.usesLibuv {
                writes.direct &+= counters.directWrites
                writes.queued &+= counters.queuedWrites
            } else {
                // A write that was refused is not among the writes.
                writes.direct &+= counters.writes - min(counters.writes, counters.cutWrites)
                writes.queued &+= counters.cutWrites &+ counters.refusedWrites
            }
            guard !process.hasEnded else { continue }
            for pending in process.queuedWrites { writes.add(pending.byteCount, since: pending.since, atNanoseconds: now) }
            let known = Set(process.queuedWrites.map(\.descriptor))
            for connection in process.connections where connection.heldBytes > 0 && !known.contains(connection.descriptor) {
                writes.add(connection.heldBytes, since: connection.heldSince, atNanoseconds: now)
            }
        }
        return writes
    }
}

extension ProbedProcess {
    /// Writes that wait for their socket.
    var queuedWrites: [ProbedWrite] { pendingWrites.filter { !$0.isDirect } }
}

extension ProbedLoop {
    /// How long the turn that is under way has lasted; 0: the loop waits.
    fileprivate func runningTurn(atNanoseconds now: UInt64) -> UInt64 { turnBegan == 0 ? 0 : now - min(now, turnBegan) }

    fileprivate var longestTurn: LongestTurn {
        LongestTurn(
            everNanoseconds: longestTurnNanoseconds, everWaitedNanoseconds: longestTurnWaitedNanoseconds,
            newNanoseconds: longestNewTurnNanoseconds, newWaitedNanoseconds: longestNewTurnWaitedNanoseconds)
    }

    /// Of the last second or two; the turn that is under way counts.
    fileprivate func longestTurn(atNanoseconds now: UInt64) -> UInt64 {
        max(recentLongestTurnNanoseconds, runningTurn(atNanoseconds: now))
    }
}

extension WriteSample {
    /// Bytes that the kernel holds for the peers of these connections.
    init(of connections: [DiagnosedConnection]) {
        self.init()
        for connection in connections where connection.queuedBytes > 0 {
            add(UInt64(connection.queuedBytes), ageNanoseconds: connection.waitNanoseconds)
        }
    }

    fileprivate mutating func add(_ byteCount: UInt64, since: UInt64, atNanoseconds now: UInt64) {
        add(byteCount, ageNanoseconds: now - min(now, since))
    }

    private mutating func add(_ byteCount: UInt64, ageNanoseconds age: UInt64) {
        // A stranger's numbers: no sum of them may trap.
        let bytes = Int(clamping: min(byteCount, 1 << 40))
        pending += 1
        pendingBytes += bytes
        oldestAgeNanoseconds = max(oldestAgeNanoseconds, age)
        pendingBytesByAge[WriteSample.ageBucket(nanoseconds: age)] += bytes
    }
}
