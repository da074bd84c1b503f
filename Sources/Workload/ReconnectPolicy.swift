/// When a client leaves a connection that is still good for another one.
package enum ReconnectPolicy: Sendable, Equatable {
    case never
    /// A connection for each request.
    case always
    /// After so many requests.
    case requests(Int)
    /// After so long.
    case after(Duration)

    /// Requests, and time, that may be asked for.
    package static let requestRange = 1...1_000_000_000
    package static let durationRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(86_400))

    /// "never", "always", "1000 requests", "10k requests", "5s".
    package init(parsing text: String) throws {
        let words = text.split(separator: " ")
        switch text {
        case "never": self = .never
        case "always": self = .always
        default:
            if words.count == 2, words[1] == "requests" || words[1] == "request" {
                self = .requests(try Quantity.count(String(words[0]), in: ReconnectPolicy.requestRange))
            } else {
                self = .after(try Quantity.duration(text, in: ReconnectPolicy.durationRange))
            }
        }
    }

    /// As it is written on the command line.
    package var text: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .requests(let count): "\(count) requests"
        case .after(let duration): "\(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)s"
        }
    }
}
