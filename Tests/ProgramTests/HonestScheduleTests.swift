import Foundation
import Testing

extension MeasuredProgramTests {
    /// Coordinated omission: a load generator that waits with the server asks nothing while it
    /// stands still, and reports one slow request instead of a second's worth.
    @Suite("A server that stands still", .enabled(if: Program.exists)) struct HonestScheduleTests {
        @Test("for a second shows as a second in response time, at any rate, and not in service time", arguments: [
            // As many connections as can be stuck without being a hundredth, or a thousandth, of all.
            (rate: 500, connections: 1, percentile: "p99"), (rate: 2_000, connections: 4, percentile: "p99"),
            (rate: 4_000, connections: 3, percentile: "p99_9"),
        ])
        func stall(rate: Int, connections: Int, percentile: String) throws {
            let server = try RunningServer()
            let load = try Program.start(
                "load", server.url("/health"), "-q", "\(rate)", "-c", "\(connections)", "-d", "2.8s", "--interval", "200ms",
                "--json")
            // Under way: the second line of progress.
            let isUnderWay: Bool? = load.wait(seconds: 10) { load.errors.ranges(of: "req/s").count >= 2 ? true : nil }
            #expect(isUnderWay == true, "\(load.errors)")
            server.process.signal(SIGSTOP)
            // The second that the test is about.
            usleep(1_000_000)
            server.process.signal(SIGCONT)
            let result = load.end(withinSeconds: 20)
            #expect(result.code == 0, "\(result.errors)")
            let report = try Report(output: result.output)
            let response = try #require(report["client.response_time.\(percentile)"])
            let service = try #require(report["client.service_time.\(percentile)"])
            // The last hundredth of the requests that were due within the second waited for nearly all of it.
            #expect(response > 0.88 && response < 2, "response \(response)")
            #expect(service < 0.5, "service \(service)")
            #expect(report["client.service_time.max"] ?? 0 > 0.9)
            let fired = try #require(report["client.requests.started"])
            let asked = try #require(report["client.requests.scheduled"])
            // At the very end a connection may be busy.
            #expect(fired <= asked && fired >= asked * 0.999, "\(fired) of \(asked)")
            _ = try server.stop()
        }
    }
}
