import HTTP1
import Memory
import Testing

/// Streams of requests, good and bad, that every split must read alike.
let corpus: [String] = [
    "GET /health HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n\r\n",
    "\r\n\r\nGET / HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "POST /post?a=b HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello worldGET /2 HTTP/1.1\r\nHost: h\r\n\r\n\r\n",
    "PUT http://h:1/p?q HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5;ext=1\r\nhello\r\n06\r\n world\r\n0\r\nTrailer: x\r\n\r\nDELETE /3 HTTP/1.1\r\nHost: h\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\nUser-Agent: wrk \t x\r\nAccept: */*\r\nX:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
    "GET / HTTP/1.1\nHost: h\n\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nBad trailer\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/9.9\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "\r\rGET / HTTP/1.1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nunfinished",
]

@Suite("Requests in pieces") struct SplitTests {
    @Test("are read alike, cut at any two places", arguments: corpus.indices)
    func anyTwoCuts(index: Int) {
        let bytes = Array(corpus[index].utf8)
        let whole = Transcript(bytes)
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: max(1, bytes.count / 40)) {
                let cut = Transcript(bytes, cutAt: [first, second])
                guard cut == whole else {
                    Issue.record("cut at \(first) and \(second): \(cut)\nwhole: \(whole)")
                    return
                }
            }
        }
    }

    @Test("are read alike, byte by byte", arguments: corpus.indices)
    func byteByByte(index: Int) {
        let bytes = Array(corpus[index].utf8)
        #expect(Transcript(bytes, cutAt: Array(0..<bytes.count)) == Transcript(bytes))
    }

    @Test("run into the limits at the same byte, however they come")
    func limits() {
        var limits = RequestLimits()
        limits.headByteLimit = 200
        limits.headerCountLimit = 3
        limits.targetByteLimit = 20
        let streams = [
            "GET /" + String(repeating: "a", count: 300),
            "GET /" + String(repeating: "a", count: 19) + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /" + String(repeating: "a", count: 20) + " HTTP/1.1\r\nHost: h\r\n\r\n",
            String(repeating: "G", count: 84) + "\r\n", String(repeating: "G", count: 83) + "\r\n\r\n",
            "GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 300) + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nA:\r\nA:\r\nA:\r\n\r\n",
        ]
        for stream in streams {
            let bytes = Array(stream.utf8)
            let whole = Transcript(bytes, limits: limits)
            for cut in 0...bytes.count {
                #expect(Transcript(bytes, cutAt: [cut], limits: limits) == whole, "\(stream) at \(cut)")
            }
            #expect(Transcript(bytes, cutAt: Array(0..<bytes.count), limits: limits) == whole, "\(stream)")
        }
    }

    @Test("take time in proportion to their bytes: a full head and body, byte by byte")
    func linear() {
        let filler = String(repeating: "x", count: 60 << 10)
        let text = "POST / HTTP/1.1\r\nHost: h\r\nCookie: \(filler)\r\nContent-Length: \(filler.utf8.count)\r\n\r\n\(filler)"
        let bytes = Array(text.utf8)
        let clock = ContinuousClock()
        var transcript: Transcript?
        let elapsed = clock.measure { transcript = Transcript(bytes, cutAt: Array(0..<bytes.count)) }
        #expect(transcript?.lines.count == 1)
        // 120 thousand calls; anything quadratic would be seven thousand million steps.
        #expect(elapsed < .seconds(5))
    }

    @Test("are the same for a parser that was used before")
    func reset() {
        let text = String(repeating: corpus[2], count: 50)
        #expect(Transcript(text).lines.count == 100)
    }
}
