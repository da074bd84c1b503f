internal import Measurements

/// When a client leaves a connection that is still good for another one.
package enum ReconnectPolicy: Sendable, Equatable {
    case never
    /// A connection for each request.
    case always
    /// After so many requests.
    case requests(Int)
    /// After so long.
    case after(Duration)

    /// Requests, and time, that are possible.
    package static let requestRange = 1...1_000_000_000
    package static let durationRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(86_400))

    /// "never", "always", "1000 requests", "10k requests", "5s".
    package init(parsing text: String) throws(SettingError) {
        let words = text.split(separator: " ").map(String.init)
        do throws(QuantityError) {
            switch text {
            case "never": self = .never
            case "always": self = .always
            case _ where words.count == 2 && (words[1] == "requests" || words[1] == "request"):
                self = .requests(try Quantity.count(words[0], in: ReconnectPolicy.requestRange))
            default: self = .after(try Quantity.duration(text, in: ReconnectPolicy.durationRange))
            }
        } catch {
            guard error.problem == .notANumber || error.problem == .unknownUnit else { throw SettingError("", error.description) }
            throw SettingError("", "\"\(text.quotable)\" is not a time to reconnect; write never, always, '1000 requests' or 30s")
        }
    }

    /// As the command line has it.
    package var text: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .requests(let count): "\(count) requests"
        case .after(let duration): duration.quantityText
        }
    }
}
