import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("highwater record --fail-on", .enabled(if: Program.exists)) struct FailsOn {
        private func record(_ condition: String, _ arguments: String...) throws -> ChildProcess.Result {
            try ChildProcess(Program.path, ["record", "-c", "2", "-d", "500ms", "--interval", "100ms", "--fail-on", condition] + arguments)
                .end(withinSeconds: 30)
        }

        @Test("exits 99 when the condition holds, and says so like a threshold of a scenario")
        func failed() throws {
            let result = try record("client.requests.done > 0")
            #expect(result.code == 99, "\(result.errors)")
            #expect(result.output.contains("0 of 1 passed"), "\(result.output)")
            #expect(result.output.contains("  FAILED  --fail-on 'client.requests.done > 0' is met: "), "\(result.output)")
            let json = try record("client.requests.done > 0", "--json")
            #expect(json.code == 99 && json.output.contains("\"check\": \"client.requests.done <= 0\""), "\(json.output)")
            #expect(json.output.contains("\"fail_on\": \"client.requests.done > 0\""), "\(json.output)")
        }

        @Test("exits 0 when it does not hold")
        func passed() throws {
            let result = try record("client.response_time.max > 1m")
            #expect(result.code == 0 && result.output.contains("1 of 1 passed"), "\(result.output)\(result.errors)")
        }

        @Test("takes a phase of the run, and refuses another")
        func phases() throws {
            let none = try record("steady: client.requests.done > 0")
            #expect(none.code == 2 && none.errors.contains("no phase 'steady' is judged; the run has none"), "\(none.errors)")
            let right = try Program.run(
                "load", "http://127.0.0.1:1/", "--phase", "steady=300ms:closed", "--fail-on", "storm: client.requests.done > 0")
            #expect(right.code == 2 && right.errors.contains("no phase 'storm' is judged; there are steady"), "\(right.errors)")
        }

        @Test(
            "says what is meant by the words of other programs",
            arguments: [
                ("p99 > 200ms", "did you mean 'client.response_time.p99'?"), ("p(95) > 200ms", "did you mean 'client.response_time.p95'?"),
                ("http_req_duration.avg > 1s", "did you mean 'client.response_time.mean'?"),
                ("http_req_failed > 1%", "did you mean 'client.requests.failed_share'?"),
                ("rate>0.95", "'client.requests.failed_share < 5%', for a rate 0.95/s"),
            ])
        func foreignWords(condition: String, advice: String) throws {
            let result = try record(condition)
            #expect(result.code == 2 && result.errors.contains(advice), "\(result.errors)")
        }

        @Test("warns of a percentile that the run cannot have")
        func warning() throws {
            let result = try record("client.response_time.p99 > 1m", "-n", "500")
            #expect(result.errors.contains("needs 1000 requests, and the plan asks for 500 at most"), "\(result.errors)")
            #expect(result.code == 99 && result.output.contains("needs 1000 values, and there are 500"), "\(result.output)")
        }
    }
}
