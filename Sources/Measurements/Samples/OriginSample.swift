/// One of several servers that share a load: whether it can be reached.
package struct OriginSample: Sendable, Equatable {
    /// "127.0.0.1:9000"; no other of the run has it.
    package var name = ""
    /// Connections that were established, and attempts that failed.
    package var opened: UInt64 = 0
    package var failed: UInt64 = 0

    /// As many as there are different requests in a file of URLs.
    package static let limit = 64

    package init(_ name: String = "", opened: UInt64 = 0, failed: UInt64 = 0) {
        self.name = name
        self.opened = opened
        self.failed = failed
    }

    /// No connection to it was ever made, though it was tried.
    package var isUnreachable: Bool { opened == 0 && failed > 0 }
}

extension OriginSample: SamplePart {
    package static let table = MetricTable<OriginSample>([
        .counter("connections.opened", .connection, \.opened, "Established"),
        .counter("connections.failed", .attempt, \.failed, better: .zero, "Attempts to connect that failed"),
    ])
}
