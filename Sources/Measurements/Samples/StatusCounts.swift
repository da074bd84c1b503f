/// Answers by the first digit of their status.
package struct StatusCounts: Sendable, Equatable {
    package var informational: UInt64 = 0
    package var success: UInt64 = 0
    package var redirection: UInt64 = 0
    package var clientError: UInt64 = 0
    package var serverError: UInt64 = 0
    /// The same by status, ascending. A server's are counted by class alone.
    package var numbers: [NumberedStatus] = []

    package init() {}

    /// Counts answers with one status. A status outside 100 to 599 counts as a server error.
    @inlinable
    package mutating func count(_ status: Int, times: UInt64 = 1) {
        switch status {
        case 200..<300: success &+= times
        case 100..<200: informational &+= times
        case 300..<400: redirection &+= times
        case 400..<500: clientError &+= times
        default: serverError &+= times
        }
    }
}

extension StatusCounts: SamplePart {
    package static let table = MetricTable<StatusCounts>([
        .counter("1xx", .response, \.informational, "Informational"),
        .counter("2xx", .response, \.success, better: .higher, "Success"),
        .counter("3xx", .response, \.redirection, "Redirection"),
        .counter("4xx", .response, \.clientError, better: .zero, "Client errors"),
        .counter("5xx", .response, \.serverError, better: .zero, "Server errors, and numbers that are no status"),
    ])
}
