/// The figures that the source of a sample cannot know. They are absent, not 0: in recordings, in conditions
/// and on panels.
///
/// A server of ours tells every figure. Of another server those are known that its probe sees, or the kernel.
package struct UnknownFigures: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Figures that only an implementation of HTTP has: requests, statuses, errors, streams, protocols.
    package static let http = UnknownFigures(rawValue: 1)
    /// Connections accepted and closed since the start.
    package static let acceptances = UnknownFigures(rawValue: 1 << 1)
    /// Bytes on the sockets since the start.
    package static let traffic = UnknownFigures(rawValue: 1 << 2)
    /// Writes that the socket took whole, and others.
    package static let writeCounts = UnknownFigures(rawValue: 1 << 3)
    /// Handshakes of TLS that were completed; and those that failed.
    package static let handshakes = UnknownFigures(rawValue: 1 << 4)
    package static let failedHandshakes = UnknownFigures(rawValue: 1 << 5)
    /// Arenas, leases, and the audit of them.
    package static let arenas = UnknownFigures(rawValue: 1 << 6)
    /// Event loops and their turns.
    package static let loops = UnknownFigures(rawValue: 1 << 7)
    /// CPU time, memory, threads and descriptors of the server's processes.
    package static let processes = UnknownFigures(rawValue: 1 << 8)
    /// Calls of malloc and its kin.
    package static let allocations = UnknownFigures(rawValue: 1 << 9)
    /// Live bytes of malloc.
    package static let heap = UnknownFigures(rawValue: 1 << 10)
    /// The kernel's view of the connections.
    package static let kernel = UnknownFigures(rawValue: 1 << 11)
    /// Writes that were checked, and findings.
    package static let findings = UnknownFigures(rawValue: 1 << 12)

    /// Their words in a recording.
    private static let names: [(figures: UnknownFigures, name: String)] = [
        (.http, "http"), (.acceptances, "acceptances"), (.traffic, "traffic"), (.writeCounts, "write_counts"),
        (.handshakes, "handshakes"), (.failedHandshakes, "failed_handshakes"), (.arenas, "arenas"), (.loops, "loops"),
        (.processes, "processes"), (.allocations, "allocations"), (.heap, "heap"), (.kernel, "kernel"), (.findings, "findings"),
    ]

    /// "arenas", "http": as a recording has them.
    package var names: [String] { UnknownFigures.names.filter { contains($0.figures) }.map(\.name) }

    /// Words that this version does not know are left out: it has no such figures.
    package init(names: [String]) {
        self = UnknownFigures.names.reduce(into: []) { if names.contains($1.name) { $0.insert($1.figures) } }
    }
}
