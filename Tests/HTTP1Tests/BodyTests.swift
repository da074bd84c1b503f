import HTTP1
import Memory
import Testing

@Suite("The body of a request") struct BodyTests {
    private func chunked(_ body: String, limits: RequestLimits = RequestLimits()) -> Transcript {
        Transcript("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body, limits: limits)
    }

    @Test("is as long as Content-Length says, and what follows is the next request")
    func counted() {
        let next = "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
        let transcript = Transcript("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 05\r\n\r\nGET /" + next)
        #expect(transcript.lines.count == 2)
        #expect(transcript.lines.first?.hasSuffix("count(5) body=GET /") == true)
        #expect(transcript.lines.last?.hasPrefix("GET /2 ") == true)
    }

    @Test("may be chunked, with extensions and trailers that are read past")
    func chunks() {
        let body = "5\r\nhello\r\n1;a=b;c=\"d\"\r\n,\r\n006 \t;x\r\n world\r\n000\r\nSum: 1\r\nContent-Length: 9\r\n\r\n"
        #expect(chunked(body).lines.first?.hasSuffix("chunked body=hello, world") == true)
        let extensions = "1 ; a ;b\t= \"\\\"\t;\" ; c=d\r\nx\r\n0;e=\"\"\r\n\r\n"
        #expect(chunked(extensions).lines.first?.hasSuffix("chunked body=x") == true)
        #expect(chunked("0\r\n\r\n").lines.first?.hasSuffix("chunked body=") == true)
        #expect(chunked("A\r\n0123456789\r\n0\r\n\r\n").lines.first?.hasSuffix("body=0123456789") == true)
    }

    @Test(
        "is refused when its chunks are not to the letter",
        arguments: [
            ("\r\n", .invalidChunkSize), ("g\r\n", .invalidChunkSize), ("-1\r\n", .invalidChunkSize),
            ("+1\r\n", .invalidChunkSize), ("0x1\r\n", .invalidChunkSize), (" 1\r\n", .invalidChunkSize),
            ("1 \r\n", .invalidChunkSize), ("1 1\r\n", .invalidChunkSize), (";a\r\n", .invalidChunkSize),
            ("00000000000000001\r\n", .invalidChunkSize), ("1\nx\r\n", .invalidLineEnd),
            ("1\rx", .invalidLineEnd), ("1;a\nx", .invalidChunkExtension), ("1;a\0\r\n", .invalidChunkExtension),
            ("1;\r\n", .invalidChunkExtension), ("1; \r\n", .invalidChunkExtension), ("1;;a\r\n", .invalidChunkExtension),
            ("1;=b\r\n", .invalidChunkExtension), ("1;a=\r\n", .invalidChunkExtension), ("1;a b\r\n", .invalidChunkExtension),
            ("1;a@\r\n", .invalidChunkExtension), ("1;\"a\"\r\n", .invalidChunkExtension), ("1;a=b=c\r\n", .invalidChunkExtension),
            ("1;a=\"b\"c\r\n", .invalidChunkExtension), ("1;a=\"b\r\n", .invalidChunkExtension),
            ("1;a=b \r\n", .invalidChunkExtension), ("1;a \r\n", .invalidChunkExtension), ("1;a\u{E9}\r\n", .invalidChunkExtension),
            ("1\r\nxy\r\n", .invalidChunkEnd), ("1\r\nx\ny", .invalidChunkEnd), ("1\r\nx\r1", .invalidChunkEnd),
            ("FFFFFFFFFFFFFFFF\r\n", .bodyTooLarge), ("100001\r\n", .bodyTooLarge),
            ("0\r\nA : b\r\n\r\n", .invalidTrailer), ("0\r\n a\r\n\r\n", .invalidTrailer),
            ("0\r\nA\r\n\r\n", .invalidTrailer), ("0\r\nA: b\n\r\n", .invalidTrailer),
            ("0\r\nA: b\rc", .invalidLineEnd), ("0\r\n\rx", .invalidLineEnd), ("0\r\nx\r\n", .invalidTrailer),
        ] as [(String, RequestError)])
    func refused(body: String, error: RequestError) {
        let transcript = chunked(body)
        #expect(transcript.error == error, "\(transcript)")
        #expect(transcript.lines.isEmpty)
    }

    @Test("is bounded, and so is what surrounds its chunks")
    func limits() {
        var limits = RequestLimits()
        limits.bodyByteLimit = 4
        limits.chunkExtensionByteLimit = 8
        limits.trailerByteLimit = 8
        #expect(chunked("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", limits: limits).lines.count == 1)
        #expect(chunked("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", limits: limits).error == .bodyTooLarge)
        #expect(chunked("1;abc\r\nx\r\n1;a\r\ny\r\n0\r\n\r\n", limits: limits).lines.count == 1)
        #expect(chunked("1;abcd\r\nx\r\n1;ab\r\ny\r\n0\r\n\r\n", limits: limits).error == .invalidChunkExtension)
        #expect(chunked("0\r\nA:bc\r\n\r\n", limits: limits).lines.count == 1)
        #expect(chunked("0\r\nA:bcd\r\n\r\n", limits: limits).error == .trailersTooLarge)
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
        #expect(Transcript(head + "4\r\n\r\nabcd", limits: limits).lines.count == 1)
        #expect(Transcript(head + "5\r\n\r\n", limits: limits).error == .bodyTooLarge)
        #expect(RequestError.bodyTooLarge.status == 413)
    }

    @Test("is announced once with the head, and can be dropped unread")
    func discarded() throws {
        let pool = ArenaPool()
        let arena = pool.take()
        defer { arena.retire() }
        var parser = RequestParser()
        let body = String(repeating: "x", count: 100_000)
        let bytes = Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n\(body)GET".utf8)
        try bytes.withUnsafeBytes { bytes in
            let first = try parser.parse(bytes, into: arena, limits: RequestLimits())
            #expect(first.step == .head)
            #expect(parser.head.bodyLength == .count(100_000))
            let usedByHead = arena.usedByteCount
            parser.discardBody()
            let rest = UnsafeRawBufferPointer(rebasing: bytes[first.consumedByteCount...])
            let second = try parser.parse(rest, into: arena, limits: RequestLimits())
            #expect(second.step == .complete)
            #expect(second.consumedByteCount == 100_000)
            #expect(parser.body.isEmpty)
            #expect(arena.usedByteCount == usedByHead)
        }
    }

    @Test("costs no memory before it is there, however long it claims to be")
    func announcedOnly() throws {
        let pool = ArenaPool()
        let arena = pool.take()
        defer { arena.retire() }
        var parser = RequestParser()
        let bytes = Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\nx".utf8)
        try bytes.withUnsafeBytes { bytes in
            let first = try parser.parse(bytes, into: arena, limits: RequestLimits())
            let rest = UnsafeRawBufferPointer(rebasing: bytes[first.consumedByteCount...])
            _ = try parser.parse(rest, into: arena, limits: RequestLimits())
        }
        #expect(arena.usedByteCount < 2048)
    }
}
