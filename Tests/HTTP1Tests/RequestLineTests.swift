import HTTP1
import Memory
import Testing

@Suite("The request line") struct RequestLineTests {
    @Test("gives method, path, query, version and host")
    func usual() {
        #expect(
            Transcript("GET /a/b?x=1&y HTTP/1.1\r\nHost: h:80\r\n\r\n").lines == [
                "GET /a/b?x=1&y path=/a/b query=x=1&y 1.1 host=h:80 Host:[h:80] keep none body="
            ])
    }

    @Test(
        "takes the forms of a target that its method allows",
        arguments: [
            ("GET / HTTP/1.1", "path=/ query= 1.1 host=h "),
            ("GET /? HTTP/1.1", "path=/ query= 1.1 host=h "),
            ("GET /a?b?c HTTP/1.1", "path=/a query=b?c 1.1 host=h "),
            ("OPTIONS * HTTP/1.1", "path=* query= 1.1 host=h "),
            ("GET http://o:8080/p?q HTTP/1.1", "path=/p query=q 1.1 host=o:8080 "),
            ("GET HTTP://o HTTP/1.1", "path=/ query= 1.1 host=o "),
            ("GET https://[::1]:443?q HTTP/1.1", "path=/ query=q 1.1 host=[::1]:443 "),
            ("PATCH /x HTTP/1.1", "path=/x query= 1.1 host=h "),
            ("get /x HTTP/1.1", "path=/x query= 1.1 host=h "),
        ])
    func forms(line: String, expected: String) {
        let transcript = Transcript(line + "\r\nHost: h\r\n\r\n")
        #expect(transcript.lines.count == 1)
        #expect(transcript.lines.first?.contains(expected) == true, "\(transcript)")
    }

    @Test(
        "is refused when it is anything else",
        arguments: [
            ("GET  / HTTP/1.1", .invalidTarget),
            ("GET /  HTTP/1.1", .invalidVersion),
            ("GET / HTTP/1.1 ", .invalidVersion),
            (" GET / HTTP/1.1", .invalidMethod),
            ("GET\t/ HTTP/1.1", .invalidMethod),
            ("G(T / HTTP/1.1", .invalidMethod),
            ("GET", .invalidMethod),
            ("GET /", .invalidVersion),
            ("GET / ", .invalidVersion),
            ("GET / http/1.1", .invalidVersion),
            ("GET / HTTP/1", .invalidVersion),
            ("GET / HTTP/1.10", .invalidVersion),
            ("GET / HTTP/+.1", .invalidVersion),
            ("GET / HTTP/11", .invalidVersion),
            ("GET / HTTP/1.2", .unsupportedVersion),
            ("GET / HTTP/0.9", .unsupportedVersion),
            ("PRI * HTTP/2.0", .unsupportedVersion),
            ("GET /a#b HTTP/1.1", .invalidTarget),
            ("GET /a\u{7F} HTTP/1.1", .invalidTarget),
            ("GET /\u{E9} HTTP/1.1", .invalidTarget),
            ("GET /a\0b HTTP/1.1", .invalidTarget),
            ("GET * HTTP/1.1", .invalidTarget),
            ("OPTIONS ** HTTP/1.1", .invalidTarget),
            ("GET a/b HTTP/1.1", .invalidTarget),
            ("GET ftp://h/ HTTP/1.1", .invalidTarget),
            ("GET http:// HTTP/1.1", .invalidTarget),
            ("GET http://u@h/ HTTP/1.1", .invalidTarget),
            ("CONNECT h:80 HTTP/1.1", .unsupportedConnect),
            ("GET / HTTP/1.1\rX: y", .invalidLineEnd),
        ] as [(String, RequestError)])
    func refused(line: String, error: RequestError) {
        let transcript = Transcript(line + "\r\nHost: h\r\n\r\n")
        #expect(transcript.error == error, "\(transcript)")
        #expect(transcript.lines.isEmpty)
    }

    @Test("may end at no lone line feed")
    func loneLineFeed() {
        #expect(Transcript("GET / HTTP/1.1\nHost: h\r\n\r\n").error == .invalidLineEnd)
        #expect(Transcript("GET / HTTP/1.1\r\nHost: h\n\r\n").error == .invalidLineEnd)
        #expect(Transcript("GET / HTTP/1.1\r\nHost: h\r\n\n").error == .invalidLineEnd)
        #expect(Transcript("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").error == .invalidLineEnd)
    }

    @Test("may have a few empty lines before it, which start no request")
    func emptyLines() {
        let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        #expect(Transcript(String(repeating: "\r\n", count: 4) + request).lines.count == 1)
        #expect(Transcript(String(repeating: "\r\n", count: 5) + request).error == .tooManyEmptyLines)
        #expect(Transcript("\r\n\r\n").isUnfinished == false)
        #expect(Transcript("\rG").error == .invalidLineEnd)
    }

    @Test("is refused at its first byte when that cannot begin a method")
    func noise() {
        #expect(Transcript("\u{16}").error == .invalidMethod)
    }

    @Test("is refused when its target or its line is too long")
    func tooLong() {
        let limit = RequestLimits().targetByteLimit
        func request(_ count: Int) -> String {
            "GET /" + String(repeating: "a", count: count - 1) + " HTTP/1.1\r\nHost: h\r\n\r\n"
        }
        #expect(Transcript(request(limit)).lines.count == 1)
        #expect(Transcript(request(limit + 1)).error == .targetTooLong)
        #expect(Transcript("GET /" + String(repeating: "a", count: 2 * limit)).error == .targetTooLong)
        #expect(RequestError.targetTooLong.status == 414)
    }
}
