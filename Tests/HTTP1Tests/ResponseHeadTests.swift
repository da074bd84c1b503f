import HTTP1
import Memory
import Testing

@Suite("The head of a response") struct ResponseHeadTests {
    private func encode(
        _ status: Int, date: StaticString = "", type: StaticString = "", length: ResponseHead.Length = .none,
        allow: StaticString = "", closes: Bool = false, minorVersion: Int = 1
    ) -> String {
        let pool = ArenaPool()
        let arena = pool.take()
        defer { arena.retire() }
        return ResponseHead.encode(
            status: status, date: ArenaBytes(date), contentType: ArenaBytes(type), length: length,
            allow: ArenaBytes(allow), closesConnection: closes, minorVersion: minorVersion, into: arena
        ).string
    }

    @Test("has what it was given, in order, and an empty line")
    func whole() {
        let head = encode(
            200, date: "Sun, 06 Nov 1994 08:49:37 GMT", type: "text/plain", length: .count(1234),
            allow: "GET, HEAD", closes: true)
        #expect(
            head == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 1234\r\nAllow: GET, HEAD\r\nConnection: close\r\n\r\n")
    }

    @Test("leaves out what it was not given")
    func least() {
        #expect(encode(204) == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(encode(200, length: .chunked) == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    @Test("tells HTTP/1.0 that the connection stays")
    func oldVersion() {
        #expect(encode(404, minorVersion: 0) == "HTTP/1.1 404 Not Found\r\nConnection: keep-alive\r\n\r\n")
    }

    @Test("has a reason for the statuses we know and none for others, for each of them well-formed")
    func statuses() {
        for status in 100...999 {
            let line = encode(status).split(separator: "\r\n").first.map(String.init) ?? ""
            #expect(line.hasPrefix("HTTP/1.1 \(status) "))
        }
        #expect(encode(599) == "HTTP/1.1 599 \r\n\r\n")
        #expect(encode(431) == "HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n")
    }

    @Test("writes every length in full", arguments: [0, 9, 10, 99, 100, 65_535, 8 << 20, Int.max])
    func lengths(count: Int) {
        #expect(encode(200, length: .count(count)) == "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
    }

    @Test("of a chunk is its size in hexadecimal", arguments: [1, 15, 16, 0x1A, 16_384, Int.max])
    func chunkHeader(count: Int) {
        let pool = ArenaPool()
        let arena = pool.take()
        defer { arena.retire() }
        let header = ResponseHead.encodeChunkHeader(byteCount: count, into: arena).string
        #expect(header == String(count, radix: 16) + "\r\n")
    }
}
