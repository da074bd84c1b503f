import Foundation
import Testing

extension ProgramTests {
    @Suite("The counts of a run", .enabled(if: Program.exists)) struct CountTests {
        /// A recording in a directory of its own.
        private func withRecording<Result>(_ body: (String) throws -> Result) throws -> Result {
            let directory = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            return try body(directory.appending(path: "run.ndjson").path)
        }

        private func lines(of path: String, type: String) throws -> [Report] {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return try text.split(separator: "\n").map { try Report(text: String($0)) }.filter { $0.text("type") == type }
        }

        @Test("are the same for the clients, the server and the recording")
        func agree() throws {
            try withRecording { path in
                let result = try Program.run(
                    "record", "-c", "10", "-m", "10", "-n", "30000", "--interval", "100ms", "-o", path, "--json")
                #expect(result.code == 0, "\(result)")
                let report = try Report(output: result.output)
                #expect(report["client.requests.done"] == 30_000)
                #expect(report["client.requests.succeeded"] == 30_000)
                #expect(report["server.requests.completed"] == 30_000)
                let samples = try lines(of: path, type: "sample")
                #expect(samples.last?["client.requests.done"] == 30_000)
                #expect(samples.last?["server.requests.completed"] == 30_000)
                let recorded = samples.reduce(0) { $0 + ($1["client.service_time.count"] ?? 0) }
                #expect(recorded == 30_000)
                #expect(try lines(of: path, type: "summary").first?["client.requests.done"] == 30_000)
                #expect(report["server.arena.in_use.last"] == 0)
            }
        }

        @Test("are the same for clients and server in two processes, several loops each")
        func twoProcesses() throws {
            let server = try RunningServer("--loops", "2")
            let result = try Program.run(
                "load", server.url("/bytes/2000"), "-c", "16", "-m", "8", "-t", "2", "-n", "20000", "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.done"] == 20_000)
            #expect(report["client.bytes.received_body"] == 40_000_000)
            #expect(try server.stop()["server.requests.completed"] == 20_000)
        }

        @Test("are kept when the run is interrupted", arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
        func interrupted(signal: Int32, code: Int32) throws {
            try withRecording { path in
                let process = try Program.start(
                    "record", "-c", "10", "-m", "10", "-d", "60s", "--interval", "100ms", "-o", path, "--json")
                let isUnderWay: Bool? = process.wait(seconds: 10) {
                    ((try? lines(of: path, type: "sample").last?["client.requests.done"]) ?? 0) > 100 ? true : nil
                }
                #expect(isUnderWay == true, "\(process.errors)")
                process.signal(signal)
                let result = process.end(withinSeconds: 20)
                #expect(result.code == code, "\(result)")
                let report = try Report(output: result.output)
                let done = report["client.requests.done"] ?? 0
                #expect(done > 100)
                #expect(report["server.requests.completed"] == done)
                #expect(try lines(of: path, type: "sample").last?["client.requests.done"] == done)
            }
        }
    }
}
