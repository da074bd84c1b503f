import HTTP1
import Memory
import Testing

@Suite("The fields of a request") struct FieldTests {
    /// What one field, beside a good Host, makes of a request.
    private func transcript(_ field: String, version: String = "1.1") -> Transcript {
        Transcript("POST / HTTP/\(version)\r\nHost: h\r\n\(field)\r\n\r\n")
    }

    @Test("keep order, case and inner blanks, and lose the blanks around them")
    func values() {
        let line = transcript("A:\r\nb: \t x \t y \t\r\nA:2\r\nUtf: \u{E9}\u{20AC}").lines.first
        #expect(line?.contains("A:[] b:[x \t y] A:[2] Utf:[\u{E9}\u{20AC}] ") == true)
    }

    @Test(
        "are refused when they smell of smuggling",
        arguments: [
            ("A : b", .invalidFieldName), ("A\t: b", .invalidFieldName), (": b", .invalidFieldName),
            ("A", .invalidFieldName), ("A\u{E9}: b", .invalidFieldName), ("A(: b", .invalidFieldName),
            ("A: b\r\n c", .foldedField), ("A: b\r\n\tc", .foldedField), (" A: b", .foldedField),
            ("A: b\rc", .invalidLineEnd), ("A: b\nB: c", .invalidLineEnd), ("A: b\r\r\nB: c", .invalidLineEnd),
            ("A: b\0", .invalidFieldValue), ("A: \u{1}b", .invalidFieldValue), ("A: b\u{7F}c", .invalidFieldValue),
            ("Host: h", .repeatedHost), ("Host: other", .repeatedHost),
            ("Content-Length: 0\r\nContent-Length: 0", .repeatedContentLength),
            ("Content-Length: 1\r\ncontent-length: 2", .repeatedContentLength),
            ("Content-Length: 1, 1", .invalidContentLength), ("Content-Length: +1", .invalidContentLength),
            ("Content-Length: -1", .invalidContentLength), ("Content-Length: ", .invalidContentLength),
            ("Content-Length: 0x1", .invalidContentLength), ("Content-Length: 1 1", .invalidContentLength),
            ("Content-Length: 9223372036854775808", .invalidContentLength),
            ("Content-Length: 18446744073709551617", .invalidContentLength),
            ("Content-Length: 9223372036854775807", .bodyTooLarge),
            ("Content-Length: 1048577", .bodyTooLarge),
            ("Content-Length: 3\r\nTransfer-Encoding: chunked", .conflictingLengths),
            ("Transfer-Encoding: chunked\r\nContent-Length: 0", .conflictingLengths),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .invalidTransferEncoding),
            ("Transfer-Encoding: chunked, identity", .invalidTransferEncoding),
            ("Transfer-Encoding: identity", .invalidTransferEncoding),
            ("Transfer-Encoding: xchunked", .invalidTransferEncoding),
            ("Transfer-Encoding: \"chunked\"", .invalidTransferEncoding),
            ("Transfer-Encoding: chunked;q=1", .invalidTransferEncoding),
            ("Transfer-Encoding:", .invalidTransferEncoding),
            ("Transfer-Encoding: chunked,", .invalidTransferEncoding),
            ("Transfer-Encoding: ,chunked", .unsupportedTransferCoding),
            ("Transfer-Encoding: gzip, chunked", .unsupportedTransferCoding),
            ("Expect: 200-ok", .unsupportedExpectation),
        ] as [(String, RequestError)])
    func refused(field: String, error: RequestError) {
        let transcript = transcript(field)
        #expect(transcript.error == error, "\(transcript)")
        #expect(transcript.lines.isEmpty)
    }

    @Test("must name one valid host in HTTP/1.1")
    func host() {
        #expect(Transcript("GET / HTTP/1.1\r\nA: b\r\n\r\n").error == .missingHost)
        #expect(Transcript("GET / HTTP/1.1\r\n\r\n").error == .missingHost)
        #expect(Transcript("GET / HTTP/1.0\r\n\r\n").lines.count == 1)
        #expect(Transcript("GET / HTTP/1.1\r\nhOST: a\r\n\r\n").lines.count == 1)
        let valid = ["a", "a.b:1", "[::1]", "[2001:db8::1.2.3.4]:80", "127.0.0.1:65535", "a:", "a%20b", "_x~"]
        for host in valid {
            #expect(Transcript("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").lines.count == 1, "\(host)")
        }
        let invalid = ["", "a b", "a/b", "a@b", "a,b", "a, b", ",", "a:b", "a:1:2", ":80", "[::1", "[]", "[g]", "a%2", "a:123456", "\u{E9}"]
        for host in invalid {
            #expect(Transcript("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").error == .invalidHost, "\(host)")
        }
    }

    @Test("say whether the connection stays")
    func keepAlive() {
        func keeps(_ field: String, _ version: String) -> Bool? {
            transcript(field, version: version).lines.first?.contains(" keep ")
        }
        #expect(keeps("A: b", "1.1") == true)
        #expect(keeps("Connection: close", "1.1") == false)
        #expect(keeps("Connection: x, Close ,y", "1.1") == false)
        #expect(keeps("Connection: closed", "1.1") == true)
        #expect(keeps("A: b", "1.0") == false)
        #expect(keeps("Connection: keep-alive", "1.0") == true)
        #expect(keeps("Connection: Keep-Alive, close", "1.0") == false)
        #expect(keeps("Connection: close\r\nConnection: keep-alive", "1.1") == false)
    }

    @Test("may ask for 100 Continue, which HTTP/1.0 never gets")
    func expectation() {
        let ask = "Expect: 100-Continue\r\nContent-Length: 1"
        #expect(Transcript("POST / HTTP/1.1\r\nHost: h\r\n\(ask)\r\n\r\nx").lines.first?.contains(" continue ") == true)
        #expect(Transcript("POST / HTTP/1.0\r\nHost: h\r\n\(ask)\r\n\r\nx").lines.first?.contains(" continue ") == false)
        #expect(transcript("Expect: 100-continue").lines.first?.contains(" continue ") == false)
        #expect(RequestError.unsupportedExpectation.status == 417)
    }

    @Test("in HTTP/1.0 have no Transfer-Encoding")
    func transferEncodingInHTTP10() {
        #expect(transcript("Transfer-Encoding: chunked", version: "1.0").error == .transferEncodingInHTTP10)
    }

    @Test("are at most so many, and so many bytes")
    func limits() {
        func request(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "A: b\r\n", count: count - 1) + "\r\n"
        }
        #expect(Transcript(request(100)).lines.count == 1)
        #expect(Transcript(request(101)).error == .tooManyHeaders)
        var limits = RequestLimits()
        limits.headByteLimit = 1000
        func large(_ count: Int) -> String {
            let head = "GET / HTTP/1.1\r\nHost: h\r\nA: "
            return head + String(repeating: "x", count: count - head.utf8.count - 4) + "\r\n\r\n"
        }
        #expect(Transcript(large(1000), limits: limits).lines.count == 1)
        #expect(Transcript(large(1001), limits: limits).error == .headTooLarge)
        #expect(RequestError.headTooLarge.status == 431)
    }
}
