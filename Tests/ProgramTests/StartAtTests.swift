import Foundation
import Testing

extension ProgramTests {
    @Suite("A run with a time to start", .enabled(if: Program.exists)) struct StartAtTests {
        private func header(_ output: String) throws -> Report { try Report(text: String(try #require(output.split(separator: "\n").first))) }

        @Test("begins then, not before, and its recording says how late it was")
        func waits() throws {
            let start = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 6).rounded(.down))
            let result = try Program.run("record", "-n", "10", "--start-at", ISO8601DateFormatter().string(from: start), "-o", "-")
            #expect(result.code == 0 && result.errors.contains("starts in "), "\(result)")
            let header = try header(result.output)
            let delay = try #require(header["clock.start_delay"]), started = try #require(header["clock.started_unix"])
            #expect(delay >= 0)
            #expect(abs(started - start.timeIntervalSince1970 - delay) < 0.1)
            #expect(result.output.contains("after the time of --start-at"))
        }

        @Test("that has passed begins at once, and the measurement is not valid")
        func late() throws {
            let start = Date(timeIntervalSinceNow: -10)
            let result = try Program.run("record", "-n", "10", "--strict", "--start-at", ISO8601DateFormatter().string(from: start))
            #expect(result.code == 3, "\(result)")
            #expect(result.output.contains(/not valid: the run started 1\d(\.\d)?s after/), "\(result)")
        }

        @Test("ends at a signal before it has begun, without a summary")
        func interrupted() throws {
            let process = try Program.start("record", "-n", "10", "--start-at", "+1h")
            let hasSaid = process.wait(seconds: 10) { process.errors.contains("starts in") ? true : nil }
            #expect(hasSaid == true)
            process.signal(SIGTERM)
            let result = process.end(withinSeconds: 10)
            #expect(result.code == 143 && result.output.isEmpty && !result.isOverdue, "\(result)")
        }
    }
}
