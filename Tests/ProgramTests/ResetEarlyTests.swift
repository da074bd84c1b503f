import Foundation
import Glibc
import Testing

extension ProgramTests {
    /// In a process to lose: the bug is real.
    @Suite("A server that resets early", .enabled(if: Program.exists)) struct ResetEarlyTests {
        /// Below the limit on unsent bytes: above, we would not read the second request in time to notice.
        @Test("dies of one slow reader with two large answers")
        func slowReader() throws {
            let server = try RunningServer("--write-policy", "reset-early", "--expendable", "--send-buffer", "16KiB")
            let peer = try RawConnection(port: server.port, receiveBuffer: 4096)
            try peer.send("GET /bytes/200KiB HTTP/1.1\r\nHost: a\r\n\r\n")
            usleep(20_000)
            try peer.send("GET /bytes/200KiB HTTP/1.1\r\nHost: a\r\n\r\n")
            while (try? peer.receive()) ?? nil != nil {}
            let end = server.process.end(withinSeconds: 10)
            #expect(!end.isOverdue && [SIGSEGV, SIGABRT, SIGBUS].contains(end.code - 128), "\(end.code)")
        }

        @Test("serves one request after the other as if nothing were wrong")
        func unnoticed() throws {
            let server = try RunningServer("--write-policy", "reset-early", "--expendable")
            let peers = try (0..<20).map { _ in try RawConnection(port: server.port) }
            for _ in 0..<20 {
                for peer in peers {
                    try peer.send("GET /bytes/100 HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try peer.receive()?.text.hasPrefix("0123456789ABC") == true)
                }
            }
            #expect(try server.stop()["server.requests.completed"] == 400)
        }
    }
}
