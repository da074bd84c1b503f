internal import CSegment
package import Measurements

/// One reading of everything that the probes in a server's processes wrote. Plain values.
package struct ProbeReading: Sendable {
    /// In the order in which they took their place; also those that have ended.
    package var processes: [ProbedProcess] = []
    /// Processes for which there was no place.
    package var missedProcesses = 0
    /// Each bug once, whole; the first ones of each kind.
    package var findings: [Finding] = []
    /// All of them.
    package var findingCounts: [BrokenWrite.Kind: Int] = [:]

    package init() {}

    /// The processes' counters, added.
    package var counters: ProbeCounters { processes.reduce(into: ProbeCounters()) { $0.merge($1.counters) } }
    /// Connections of the processes that live: over TCP, and from within the machine (AF_UNIX).
    package var openConnections: Int { open { !$0.isLocal } }
    package var openLocalConnections: Int { open(\.isLocal) }

    private func open(_ isCounted: (ProbedConnection) -> Bool) -> Int {
        processes.reduce(0) { $0 + ($1.hasEnded ? 0 : $1.connections.count(where: isCounted)) }
    }

    /// Of writes that waited for their socket: the most bytes at once, the processes' peaks added, and the longest time.
    package var queuedBytesMost: Int { processes.reduce(0) { Int(clamping: UInt64($0) &+ min($1.queuedBytesMost, 1 << 40)) } }
    package var longestWaitNanoseconds: UInt64 { processes.map(\.longestWaitNanoseconds).max() ?? 0 }

    package var findingCount: Int { findingCounts.values.reduce(0, +) }
}

/// A process that the probe is in.
package struct ProbedProcess: Sendable {
    package var pid: Int32
    package var parent: Int32
    /// "nginx", as the kernel has it.
    package var name: String
    /// Monotonic nanoseconds.
    package var started: UInt64
    /// It is there no longer; what it wrote stays as it was.
    package var hasEnded: Bool
    /// Live bytes mean something: malloc and free are both the probe's.
    package var knowsHeap: Bool
    /// The probe may look at memory without touching it; otherwise bytes are not compared.
    package var canLook: Bool
    /// uv_write was seen; so were handshakes of OpenSSL; so was a queue of the program's own.
    package var usesLibuv: Bool
    package var usesTLS: Bool
    package var tellsItsQueue: Bool
    package var detour: Detour
    /// Of the ledger's writes that waited for their socket: the most bytes at once, and the longest time.
    package var queuedBytesMost: UInt64
    package var longestWaitNanoseconds: UInt64
    package var counters = ProbeCounters()
    /// One for each thread that waits for events and has counters of its own.
    package var loops: [ProbedLoop] = []
    package var connections: [ProbedConnection] = []
    package var pendingWrites: [ProbedWrite] = []
    package var fault: Fault?
    /// Its code, as it lay when the last finding or fault was made.
    package var modules: [CodeModule] = []

    /// What became of the way into a libuv within the program.
    package enum Detour: UInt32, Sendable {
        case notAsked, set, noSymbol, otherLayout, unknownCode, noRoom, notWritable, otherMachine

        /// Why it is not there; nil: it is, or was not asked for.
        package var refusal: String? {
            switch self {
            case .notAsked, .set: nil
            case .noSymbol: "the program has no symbol uv_write2: it is stripped, or has no libuv within it"
            case .otherLayout: "the program's libuv has other structures than the one that the probe was built with"
            case .unknownCode: "the first instructions of uv_write2 are not among those that can be moved"
            case .noRoom: "no memory is free near uv_write2"
            case .notWritable: "the system does not let the program's code be changed"
            case .otherMachine: "the detour exists for x86-64 only"
            }
        }
    }

    init(_ head: hw_process_head) {
        pid = head.pid
        parent = head.parent
        name = unsafe withUnsafeBytes(of: head.name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self).printable }
        started = head.started
        hasEnded = !ProcessFigures.isAlive(head.pid)
        knowsHeap = head.flags & UInt32(hw_knows_heap) != 0
        canLook = head.flags & UInt32(hw_can_look) != 0
        usesLibuv = head.flags & UInt32(hw_saw_uv) != 0
        usesTLS = head.flags & UInt32(hw_saw_tls) != 0
        tellsItsQueue = head.flags & UInt32(hw_saw_pending_calls) != 0
        detour = Detour(rawValue: head.detour) ?? .notAsked
        queuedBytesMost = head.queued_most
        longestWaitNanoseconds = head.queued_longest
    }

    /// - Parameter interval: the one that has ended with this reading; nil: none has.
    mutating func add(_ thread: hw_counters, isShared: Bool, _ interval: UInt64?) {
        counters.merge(ProbeCounters(thread))
        if thread.waits > 0 && !isShared { loops.append(ProbedLoop(thread, interval)) }
    }
}

/// What the threads of a process counted since it started. Counters only grow.
package struct ProbeCounters: Sendable, Equatable {
    package var acceptedConnections: UInt64 = 0
    package var closedConnections: UInt64 = 0
    /// The same of AF_UNIX.
    package var acceptedLocalConnections: UInt64 = 0
    package var closedLocalConnections: UInt64 = 0
    /// Connections whose descriptor is too high to be followed.
    package var unfollowedConnections: UInt64 = 0
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    package var reads: UInt64 = 0
    package var writes: UInt64 = 0
    /// Writes of which the socket took a part, and writes and files that it refused for now.
    package var cutWrites: UInt64 = 0
    package var refusedWrites: UInt64 = 0
    /// Writes after a cut one whose bytes were compared with those that were left.
    package var continuityChecks: UInt64 = 0
    /// Waits for events; sockets that were ready then, all and at most; waits that filled the caller's list.
    package var waits: UInt64 = 0
    package var readySockets: UInt64 = 0
    package var readySocketsMost: UInt64 = 0
    package var fullWaits: UInt64 = 0
    /// Calls that gave memory and that took it back, and their bytes.
    package var mallocs: UInt64 = 0
    package var frees: UInt64 = 0
    package var allocatedBytes: UInt64 = 0
    package var freedBytes: UInt64 = 0
    /// Calls of uv_write; those whose bytes the socket took at once; those that wait, and the bytes that did.
    package var libuvWrites: UInt64 = 0
    package var directWrites: UInt64 = 0
    package var queuedWrites: UInt64 = 0
    package var queuedBytes: UInt64 = 0
    /// Callbacks of them; looks at pending ones; writes for which the ledger had no room.
    package var finishedWrites: UInt64 = 0
    package var checks: UInt64 = 0
    package var unauditedWrites: UInt64 = 0
    package var handshakes: UInt64 = 0
    package var resumedHandshakes: UInt64 = 0

    package init() {}

    init(_ thread: hw_counters) {
        acceptedConnections = thread.accepted
        closedConnections = thread.closed
        acceptedLocalConnections = thread.accepted_local
        closedLocalConnections = thread.closed_local
        unfollowedConnections = thread.beyond
        receivedBytes = thread.received_bytes
        sentBytes = thread.sent_bytes
        reads = thread.reads
        writes = thread.writes
        cutWrites = thread.cut_writes
        refusedWrites = thread.would_block
        continuityChecks = thread.continuity_checks
        waits = thread.waits
        readySockets = thread.ready
        readySocketsMost = thread.ready_most
        fullWaits = thread.full_waits
        mallocs = thread.mallocs
        frees = thread.frees
        allocatedBytes = thread.allocated_bytes
        freedBytes = thread.freed_bytes
        libuvWrites = thread.uv_writes
        directWrites = thread.uv_direct
        queuedWrites = thread.uv_queued
        queuedBytes = thread.uv_queued_bytes
        finishedWrites = thread.uv_done
        checks = thread.uv_checks
        unauditedWrites = thread.uv_untracked
        handshakes = thread.handshakes
        resumedHandshakes = thread.resumed
    }

    /// Live bytes of malloc; meaningful where `ProbedProcess.knowsHeap`.
    package var liveBytes: UInt64 { allocatedBytes > freedBytes ? allocatedBytes - freedBytes : 0 }

    /// Adds another thread's or process's. Wraps rather than traps: the numbers are a stranger's.
    package mutating func merge(_ other: ProbeCounters) {
        for sum in ProbeCounters.sums { self[keyPath: sum] &+= other[keyPath: sum] }
        readySocketsMost = max(readySocketsMost, other.readySocketsMost)
    }

    /// All but the one that is a maximum.
    private static var sums: [WritableKeyPath<ProbeCounters, UInt64>] {
        [
            \.acceptedConnections, \.closedConnections, \.acceptedLocalConnections, \.closedLocalConnections, \.unfollowedConnections, \.receivedBytes, \.sentBytes, \.reads, \.writes,
            \.cutWrites, \.refusedWrites, \.continuityChecks, \.waits, \.readySockets, \.fullWaits, \.mallocs, \.frees,
            \.allocatedBytes, \.freedBytes, \.libuvWrites, \.directWrites, \.queuedWrites, \.queuedBytes, \.finishedWrites,
            \.checks, \.unauditedWrites, \.handshakes, \.resumedHandshakes,
        ]
    }
}

/// A thread that waits for events: an event loop.
package struct ProbedLoop: Sendable, Equatable {
    package var thread: UInt64
    package var turns: UInt64
    package var readySockets: UInt64
    package var readySocketsMost: UInt64
    /// Time between waits: all of it, the longest ever, and the longest of the last second or two.
    package var turnNanoseconds: UInt64
    package var longestTurnNanoseconds: UInt64
    package var recentLongestTurnNanoseconds: UInt64
    /// The longest that ended in the interval that the reading has ended; 0: none did, or the reading ends none.
    package var longestNewTurnNanoseconds: UInt64
    /// Of these two, how long the thread waited for a processor; 0: hardly, or the system does not tell.
    package var longestTurnWaitedNanoseconds: UInt64
    package var longestNewTurnWaitedNanoseconds: UInt64
    /// Monotonic nanoseconds when the turn that is under way began; 0: it waits. A loop that is stuck shows here.
    package var turnBegan: UInt64

    init(_ thread: hw_counters, _ interval: UInt64?) {
        self.thread = thread.tid
        turns = thread.waits
        readySockets = thread.ready
        readySocketsMost = thread.ready_most
        turnNanoseconds = thread.turn_total
        longestTurnNanoseconds = thread.turn_longest
        recentLongestTurnNanoseconds = max(thread.turn_longest_now, thread.turn_longest_before)
        longestTurnWaitedNanoseconds = min(thread.turn_longest_waited, longestTurnNanoseconds)
        let (new, waited) = switch interval {
        case thread.turn_interval?: (thread.turn_longest_in_interval, thread.turn_waited_in_interval)
        case (thread.turn_interval &- 1)?: (thread.turn_longest_in_last, thread.turn_waited_in_last)
        default: (UInt64(0), UInt64(0))
        }
        (longestNewTurnNanoseconds, longestNewTurnWaitedNanoseconds) = (new, min(waited, new))
        turnBegan = thread.turn_began
    }
}

/// A connection that a watched process accepted, open now.
package struct ProbedConnection: Sendable, Equatable {
    package var descriptor: Int
    /// Monotonic nanoseconds.
    package var opened: UInt64
    /// nil: not a TCP peer.
    package var peer: PeerAddress?
    /// Over AF_UNIX: a helper of the server's own, or a proxy before it.
    package var isLocal: Bool
    package var receivedBytes: UInt64
    package var sentBytes: UInt64
    /// Bytes that the server offered and the socket did not take: a lower bound of what it holds back. And since when.
    package var heldBytes: UInt64
    package var heldSince: UInt64
    package var cutWrites: UInt64
    package var refusedWrites: UInt64
    /// The thread that accepted it.
    package var thread: UInt32

    init(_ row: hw_row, descriptor: Int) {
        self.descriptor = descriptor
        opened = row.opened
        peer = unsafe withUnsafeBytes(of: row.peer) { unsafe PeerAddress(socketAddress: $0.bytes) }
        isLocal = row.is_local != 0
        receivedBytes = row.received_bytes
        sentBytes = row.sent_bytes
        heldBytes = row.held_bytes
        heldSince = row.held_since
        cutWrites = row.cut_writes
        refusedWrites = row.would_block
        thread = row.tid
    }
}

/// A write between its call and its callback.
package struct ProbedWrite: Sendable, Equatable {
    /// The `uv_write_t`'s address, or the program's own number.
    package var request: UInt64
    package var since: UInt64
    package var byteCount: UInt64
    /// Where it was called from.
    package var caller: UInt64
    /// -1: a queue of the program's own.
    package var descriptor: Int
    /// The kernel has the bytes; only the callback is due.
    package var isDirect: Bool
    package var isOwnQueue: Bool

    init(_ row: hw_pending) {
        request = row.request
        since = row.since
        byteCount = row.byte_count
        caller = row.caller
        descriptor = Int(truncatingIfNeeded: row.fd)
        isDirect = row.is_direct != 0
        isOwnQueue = row.is_own_queue != 0
    }
}

/// The last fault of a process. The program may have handled it: what became of it is in `WatchedEnd`.
package struct Fault: Sendable, Equatable {
    package var signal: Int32
    /// What could not be reached; 0 for a signal that was sent.
    package var address: UInt64
    package var thread: String
    /// Innermost first.
    package var frames: [UInt64]
    /// Faults of this process in all.
    package var count: Int

    init(_ fault: hw_fault) {
        signal = Int32(clamping: fault.signal)
        address = fault.address
        thread = unsafe withUnsafeBytes(of: fault.thread) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self).printable }
        frames = unsafe withUnsafeBytes(of: fault.frames) { unsafe Array($0.assumingMemoryBound(to: UInt64.self).prefix(Int(fault.frame_count))) }
        count = Int(fault.count)
    }
}
