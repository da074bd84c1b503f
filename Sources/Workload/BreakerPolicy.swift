/// When the clients of a loop stop asking an origin that fails, and for how long.
package struct BreakerPolicy: Sendable, Equatable {
    /// Failures one after the other, after which nothing is sent.
    package var failures: Int
    /// Until one request tries again.
    package var pause: Duration

    package static let failureRange = 1...1_000_000
    package static let pauseRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(3_600))

    package init(failures: Int, pause: Duration) {
        self.failures = failures
        self.pause = pause
    }

    /// "5 failures, 10s".
    package init(parsing text: String) throws {
        let words = text.split { $0 == " " || $0 == "," }
        guard words.count == 3, words[1] == "failures" || words[1] == "failure" else {
            throw BreakerPolicyError(text: text)
        }
        failures = try Quantity.count(String(words[0]), in: BreakerPolicy.failureRange)
        pause = try Quantity.duration(String(words[2]), in: BreakerPolicy.pauseRange)
    }

    /// As it is written on the command line.
    package var text: String {
        "\(failures) failures, \(Double(pause.components.seconds) + Double(pause.components.attoseconds) / 1e18)s"
    }
}

/// Words that are no policy of a circuit breaker.
package struct BreakerPolicyError: Error, Equatable, CustomStringConvertible {
    /// As it was written.
    package var text: String

    package var description: String { "'\(text)' is no circuit breaker; write '5 failures, 10s'" }
}
