/// Answers by the first digit of their status.
package struct StatusCounts: Sendable, Equatable {
    package var informational: UInt64 = 0
    package var success: UInt64 = 0
    package var redirection: UInt64 = 0
    package var clientError: UInt64 = 0
    package var serverError: UInt64 = 0

    package init() {}

    /// Counts one answer. A status outside 100 to 599 counts as a server error.
    @inlinable
    package mutating func count(_ status: Int) {
        switch status {
        case 200..<300: success &+= 1
        case 100..<200: informational &+= 1
        case 300..<400: redirection &+= 1
        case 400..<500: clientError &+= 1
        default: serverError &+= 1
        }
    }
}

extension StatusCounts: SamplePart {
    package static let table = MetricTable<StatusCounts>([
        .counter("1xx", .response, \.informational, "Informational"),
        .counter("2xx", .response, \.success, better: .higher, "Success"),
        .counter("3xx", .response, \.redirection, "Redirection"),
        .counter("4xx", .response, \.clientError, better: .lower, "Client errors"),
        .counter("5xx", .response, \.serverError, better: .lower, "Server errors, and numbers that are no status"),
    ])
}
