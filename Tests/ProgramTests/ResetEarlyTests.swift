import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// In a process to lose: the bug is real.
    @Suite("A server that resets early", .enabled(if: Program.exists)) struct ResetEarlyTests {
        /// Below the limit on unsent bytes: above, we would not read the second request in time to notice.
        @Test("dies of one slow reader with two large answers")
        func slowReader() throws {
            let server = try RunningServer("--write-policy", "reset-early", "--expendable", "--audit", "--send-buffer", "16KiB")
            let peer = try server.connect(receiveBuffer: 4096)
            try peer.send("GET /bytes/200KiB HTTP/1.1\r\nHost: a\r\n\r\n")
            // The first answer has begun, and most of it waits.
            #expect(peer.isReadable())
            try peer.send("GET /bytes/200KiB HTTP/1.1\r\nHost: a\r\n\r\n")
            while (try? peer.response()) ?? nil != nil {}
            // To die takes it a second alone, and many beside other tests.
            let end = server.process.end(withinSeconds: 60)
            #expect(!end.isOverdue && [SIGSEGV, SIGABRT, SIGBUS].contains(end.code - 128), "\(end.code)")
            // Said before it died: which write it was, and what libuv found in its place.
            #expect(end.errors.contains("reset with a write pending\n"), "\(end.errors.prefix(2000))")
            #expect(end.errors.contains(/write +connection 0\.1, exchange 1: 2049\d\d bytes at \+\d+ in arena \d+, generation \d+, queued/))
            #expect(end.errors.contains(/now +generation \d+, with exchange 2, GET \/bytes\/200KiB\n/))
            #expect(end.errors.contains(/cb    = 0xd{16}  \/\/ should be 0x[0-9a-f]{16}\n/))
            #expect(end.errors.contains(/nbufs = 3722304989          \/\/ should be [12]\n/))
            #expect(end.errors.contains("    expected  48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d  HTTP/1.1 200 OK.\n"))
        }

        @Test("serves one request after the other as if nothing were wrong")
        func unnoticed() throws {
            let server = try RunningServer("--write-policy", "reset-early", "--expendable")
            let peers = try (0..<20).map { _ in try server.connect() }
            for _ in 0..<20 {
                for peer in peers {
                    try peer.send("GET /bytes/100 HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try peer.response()?.body.count == 100)
                }
            }
            #expect(try server.stop()["server.requests.completed"] == 400)
        }
    }
}
