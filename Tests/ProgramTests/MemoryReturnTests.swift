import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// As the system counts it.
    @Suite("Resident memory", .enabled(if: Program.exists)) struct MemoryReturnTests {
        private func resident(_ process: ChildProcess) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            return try #require(text.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) })
        }

        /// Serves one request, looks, lets `body` do its worst, and waits for the memory to come back.
        private func expectReturn(_ arguments: [String], _ body: (RunningServer) throws -> Void) throws {
            let process = try ChildProcess(Program.path, ["serve", "--listen", "127.0.0.1:0", "--interval", "200ms", "--json"] + arguments)
            let server = try RunningServer(adopting: process)
            let first = try server.connect()
            #expect(try first.status(of: "GET /health HTTP/1.1\r\nHost: h\r\n\r\n") == 200)
            let start = try resident(process)
            try body(server)
            var now = 0
            let isBack = process.wait(seconds: 20) { () -> Bool? in
                now = (try? resident(process)) ?? .max
                return now <= 2 * start ? true : nil
            }
            #expect(isBack == true, "\(start) kB at the start, \(now) kB in the end")
            _ = try server.stop()
        }

        @Test("comes back when 5000 connections have gone")
        func connections() throws {
            let count = min(5000, DescriptorLimit.now - 200)
            try expectReturn([]) { server in
                let load = try Program.run("load", server.url("/bytes/1000"), "-c", "\(count)", "-n", "\(2 * count)", within: 60)
                #expect(load.code == 0, "\(load)")
            }
        }

        @Test("comes back when 200 slow readers have gone, whoever owned their answers", arguments: ["lease", "copy"])
        func slowReaders(policy: String) throws {
            try expectReturn(["--write-policy", policy, "--send-buffer", "16KiB"]) { server in
                var peers = try (0..<200).map { _ in try server.connect(receiveBuffer: 4096) }
                for peer in peers { try peer.send("GET /bytes/256KiB HTTP/1.1\r\nHost: h\r\n\r\n") }
                let hasGrown = server.process.wait(seconds: 20) { () -> Bool? in
                    ((try? resident(server.process)) ?? 0) > 40_000 ? true : nil
                }
                #expect(hasGrown == true)
                peers.removeAll()
            }
        }
    }
}
