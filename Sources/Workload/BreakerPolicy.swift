internal import Measurements

/// When the clients of a loop stop sending requests to an origin that fails, and for how long.
package struct BreakerPolicy: Sendable, Equatable {
    /// Failures one after the other, after which nothing is sent.
    package var failures: Int
    /// Until one request is sent as a probe.
    package var pause: Duration

    package static let failureRange = 1...1_000_000
    package static let pauseRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(3_600))

    package init(failures: Int, pause: Duration) {
        self.failures = failures
        self.pause = pause
    }

    /// "5 failures, 10s".
    package init(parsing text: String) throws(SettingError) {
        let words = text.split { $0 == " " || $0 == "," }.map(String.init)
        guard words.count == 3, words[1] == "failures" || words[1] == "failure" else {
            throw SettingError("", "\"\(text.quotable)\" is not a circuit breaker; write '5 failures, 10s'")
        }
        do throws(QuantityError) {
            failures = try Quantity.count(words[0], in: BreakerPolicy.failureRange)
            pause = try Quantity.duration(words[2], in: BreakerPolicy.pauseRange)
        } catch {
            throw SettingError("", error.description)
        }
    }

    /// As the command line has it.
    package var text: String { "\(failures) failures, \(pause.quantityText)" }
}
