import Foundation
import Testing

extension MeasuredProgramTests {
    @Suite("What it costs to watch", .enabled(if: Program.exists)) struct ScreenCostTests {
        @Test("160x48, four frames a second: bytes to the terminal and CPU of the thread that draws")
        func budget() throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let seconds = 4.0
            let process = try TerminalProcess(["--closed", "--interval", "250ms", "-d", "4s", "-o", path], environment: ["COLORTERM": "truecolor"])
            #expect(process.wait(for: "RUN"))
            #expect(process.end(seconds: 30) == 0)
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("{\"type\":\"sample\"") }
            let last = try #require(lines.last)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
            let cpu = try #require((json["process"] as? [String: Any])?["own_cpu"] as? Double) / seconds
            let rate = Double(process.output.count) / seconds
            print("160x48 at 4 frames/s: \(Int(rate)) bytes/s to the terminal, \((cpu * 10_000).rounded() / 100) % of a core")
            // 13 kB/s after a minute, when the graphs are full. The first frame and a noisy machine come on top.
            #expect(rate < 20_000)
            #if DEBUG
            #expect(cpu < 0.8)
            #else
            #expect(cpu < 0.05)
            #endif
        }
    }
}
