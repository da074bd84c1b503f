/// The figures that the source of a sample cannot know, or did not record. They are absent, not 0: in recordings, in
/// conditions and on panels.
///
/// A server of ours tells every figure. Of another server those are known that its probe sees, or the kernel.
package struct UnknownFigures: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Figures that only an implementation of HTTP has.
    package static let http: UnknownFigures = [.requests, .statuses, .readPauses, .httpDetails]
    /// Requests that were answered; and answers by their statuses.
    package static let requests = UnknownFigures(rawValue: 1 << 13)
    package static let statuses = UnknownFigures(rawValue: 1 << 14)
    /// Times that reading stopped because of too many unsent bytes.
    package static let readPauses = UnknownFigures(rawValue: 1 << 15)
    /// Errors, streams, protocols, and the like.
    package static let httpDetails = UnknownFigures(rawValue: 1)
    /// Connections that are open.
    package static let openConnections = UnknownFigures(rawValue: 1 << 16)
    /// Connections accepted and closed since the start.
    package static let acceptances = UnknownFigures(rawValue: 1 << 1)
    /// Bytes on the sockets since the start.
    package static let traffic = UnknownFigures(rawValue: 1 << 2)
    /// Bytes that wait; and for how long they do.
    package static let pendingBytes = UnknownFigures(rawValue: 1 << 17)
    package static let pendingAges = UnknownFigures(rawValue: 1 << 18)
    /// Writes that the socket took whole, and others.
    package static let writeCounts = UnknownFigures(rawValue: 1 << 3)
    /// Handshakes of TLS that were completed; and those that failed.
    package static let handshakes = UnknownFigures(rawValue: 1 << 4)
    package static let failedHandshakes = UnknownFigures(rawValue: 1 << 5)
    /// Arenas, leases, and the audit of them.
    package static let arenas = UnknownFigures(rawValue: 1 << 6)
    /// Event loops and their turns.
    package static let loops: UnknownFigures = [.loopLag, .loopDetails, .intervalTurns]
    /// The longest turn of late; and the loops, their turns, and the sockets that are ready in one.
    package static let loopLag = UnknownFigures(rawValue: 1 << 19)
    package static let loopDetails = UnknownFigures(rawValue: 1 << 7)
    /// The longest turn since the sample before: older recordings lack it.
    package static let intervalTurns = UnknownFigures(rawValue: 1 << 22)
    /// CPU time, memory, threads and descriptors of the server's processes.
    package static let processes: UnknownFigures = [.cpu, .residentMemory, .processDetails]
    /// CPU time; resident memory; and the number of processes, threads and descriptors.
    package static let cpu = UnknownFigures(rawValue: 1 << 20)
    package static let residentMemory = UnknownFigures(rawValue: 1 << 21)
    package static let processDetails = UnknownFigures(rawValue: 1 << 8)
    /// Calls of malloc and its kin.
    package static let allocations = UnknownFigures(rawValue: 1 << 9)
    /// Live bytes of malloc.
    package static let heap = UnknownFigures(rawValue: 1 << 10)
    /// The kernel's view of the connections.
    package static let kernel = UnknownFigures(rawValue: 1 << 11)
    /// Writes that were checked, and findings.
    package static let findings = UnknownFigures(rawValue: 1 << 12)
    /// Times without an answer, which the clients count: older recordings lack them.
    package static let gaps = UnknownFigures(rawValue: 1 << 23)

    /// Their words in a recording. A word for several kinds stands before the words of these.
    private static let names: [(figures: UnknownFigures, name: String)] = [
        (.http, "http"), (.requests, "requests"), (.statuses, "statuses"), (.readPauses, "read_pauses"), (.httpDetails, "http_details"),
        (.openConnections, "open_connections"), (.acceptances, "acceptances"), (.traffic, "traffic"),
        (.pendingBytes, "pending_bytes"), (.pendingAges, "pending_ages"), (.writeCounts, "write_counts"),
        (.handshakes, "handshakes"), (.failedHandshakes, "failed_handshakes"), (.arenas, "arenas"),
        (.loops, "loops"), (.loopLag, "loop_lag"), (.loopDetails, "loop_details"), (.intervalTurns, "interval_turns"),
        (.processes, "processes"), (.cpu, "cpu"), (.residentMemory, "resident_memory"), (.processDetails, "process_details"),
        (.allocations, "allocations"), (.heap, "heap"), (.kernel, "kernel"), (.findings, "findings"), (.gaps, "gaps"),
    ]

    /// All kinds.
    package static let all = UnknownFigures(names: names.map(\.name))
    /// All kinds that a server has.
    package static let ofServer = all.subtracting(.gaps)

    /// "arenas", "http": as a recording has them.
    package var names: [String] {
        var rest = self
        return UnknownFigures.names.filter { rest.isSuperset(of: $0.figures) && rest.remove($0.figures) != nil }.map(\.name)
    }

    /// Words that this version does not know are left out: it has no such figures.
    package init(names: [String]) {
        self = UnknownFigures.names.reduce(into: []) { if names.contains($1.name) { $0.formUnion($1.figures) } }
    }
}

extension Sample {
    /// Its source can know these figures.
    package func knows(_ figures: UnknownFigures) -> Bool { unknown.isDisjoint(with: figures) }
}
