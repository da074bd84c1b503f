import HTTP1
import Testing

/// Streams of answers, good and bad, that every split must read alike; each to two requests, a HEAD first if it says so.
private let answerCorpus: [(text: String, isHead: Bool)] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhelloHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false),
    ("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n006\r\n world\r\n0\r\nT: u\r\n\r\nHTTP/1.1 204 \r\n\r\n", false),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n", false),
    ("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 200 OK\r\nServer: x\r\n\r\nto the end", true),
    ("HTTP/1.0 200 OK\r\n\r\nwhatever", false),
    ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nConnection: foo , Close\r\nContent-Length: 0\r\n\r\n", false),
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", false),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", false),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", false),
    ("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", false),
    ("HTTP/1.1 200 OK\nA: b\n\n", false),
    ("HTTP/2 200 OK\r\n\r\n", false),
    ("\r\nHTTP/1.1 200 OK\r\n\r\n", false),
]

@Suite("Answers in pieces") struct ResponseSplitTests {
    private func requests(_ isHead: Bool) -> [ResponseParser.Request] { [isHead ? .head : .other, .other] }

    @Test("are read alike, cut at any two places", arguments: answerCorpus.indices)
    func anyTwoCuts(index: Int) {
        let bytes = Array(answerCorpus[index].text.utf8)
        let whole = Answers(bytes, to: requests(answerCorpus[index].isHead))
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: max(1, bytes.count / 40)) {
                let cut = Answers(bytes, to: requests(answerCorpus[index].isHead), cutAt: [first, second])
                guard cut == whole else {
                    Issue.record("cut at \(first) and \(second): \(cut)\nwhole: \(whole)")
                    return
                }
            }
        }
    }

    @Test("are read alike, byte by byte", arguments: answerCorpus.indices)
    func byteByByte(index: Int) {
        let bytes = Array(answerCorpus[index].text.utf8)
        let whole = Answers(bytes, to: requests(answerCorpus[index].isHead))
        #expect(Answers(bytes, to: requests(answerCorpus[index].isHead), cutAt: Array(0..<bytes.count)) == whole)
    }

    @Test("take time in proportion to their bytes: a full head and body, byte by byte")
    func linear() {
        let filler = String(repeating: "x", count: 60 << 10)
        let bytes = Array("HTTP/1.1 200 OK\r\nA: \(filler)\r\nContent-Length: \(filler.utf8.count)\r\n\r\n\(filler)".utf8)
        let clock = ContinuousClock()
        var answers: Answers?
        let elapsed = clock.measure { answers = Answers(bytes, to: [.other], cutAt: Array(0..<bytes.count)) }
        #expect(answers?.lines.count == 1)
        #expect(elapsed < .seconds(5))
    }
}

@Suite("An answer") struct ResponseTests {
    @Test("has the body that its head announces", arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 content-length:[5] keep body=hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 content-length:[0] keep body="),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "200 transfer-encoding:[Chunked] keep body=0123456789"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "204 keep body="),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", "304 content-length:[7] keep body="),
        ("HTTP/1.1 200 OK\r\n\r\nto the end", "200 close body=to the end"),
        ("HTTP/1.1 200 OK\r\n\r\n", "200 close body="),
        ("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "200 content-length:[1] keep body=x"),
    ])
    func body(text: String, line: String) { #expect(Answers(text).description == line + "\nend") }

    @Test("may have fields of several lines, however it was split")
    func folded() {
        let text = Array("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\t d\r\nContent-Length:\r\n 1\r\n\r\nx".utf8)
        for cut in 1..<text.count {
            #expect(Answers(text, to: [.other], cutAt: [cut]).description == "200 a:[b c d] content-length:[1] keep body=x\nend", "\(cut)")
        }
    }

    @Test("to HEAD has none, whatever it announces")
    func head() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        #expect(Answers(text, to: [.head, .head]).lines.count == 2)
        #expect(Answers(text, to: [.head, .head]).error == nil)
    }

    @Test("that could be read in two ways is refused", arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ResponseError.conflictingLengths),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", .invalidContentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx", .invalidContentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .invalidContentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .invalidContentLength),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedTransferCoding),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", .unsupportedTransferCoding),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n", .invalidChunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", .invalidChunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n", .invalidChunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n", .invalidChunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", .incomplete),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", .incomplete),
        ("HTTP/1.1 200 OK\r\nA b\r\n\r\n", .invalidField), ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", .invalidField),
        ("HTTP/1.1 200 OK\r\n folded: b\r\n\r\n", .invalidField), ("HTTP/1.1 200 OK\r\nA: \u{1}\r\n\r\n", .invalidField),
        ("HTTP/1.1 200 OK\n\n", .invalidLineEnd), ("HTTP/1.1 20 OK\r\n\r\n", .invalidStatusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n", .invalidStatusLine), ("HTTP/1.1 099 OK\r\n\r\n", .invalidStatusLine),
        ("HTTP/2.0 200 OK\r\n\r\n", .invalidStatusLine), ("SSH-2.0-OpenSSH\r\n", .invalidStatusLine),
        ("HTTP/1.1 101 Switching\r\n\r\n", .unexpectedInformational), ("HTT", .incomplete),
    ])
    func refused(text: String, error: ResponseError) { #expect(Answers(text).error == error) }

    @Test("that is refused has the place of its fault and the bytes there, however it was split", arguments: [
        ("SSH-2.0-OpenSSH\r\n", .statusLine, 1, 1, "SSH-2.0-OpenSSH"),
        // Three bytes more than announced: the line behind them is right, and not the one at fault.
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokxyzHTTP/1.1 200 OK\r\n\r\n", .statusLine, 2, 1, "xyzHTTP/1.1 200 OK"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok{\n  \"a\": 1\n}\n", .statusLine, 2, 1, "{"),
        ("HTTP/1.1 2x0 OK\r\n", .statusLine, 1, 11, "HTTP/1.1 2x0 OK"), ("HTTP/1.1 20\r\n", .statusLine, 1, 12, "HTTP/1.1 20"),
        ("HTTP/1.1 200 OK\nA: b\n\n", .statusLine, 1, 16, "HTTP/1.1 200 OK"),
        ("HTTP/1.1 200 OK\r\nA: b\r\nbad field\r\nC: d\r\n\r\n", .field, 1, 4, "bad field"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", .chunkEnd, 1, 1, "d"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3 x\r\nabc\r\n", .chunkLine, 1, 3, "3 x"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nbad\r\n\r\n", .trailer, 1, 4, "bad"),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", .field, 1, nil, "Content-Length: x"),
        ("HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 90) + "\u{1}b\r\n\r\n", .field, 1, 94, String(repeating: "a", count: 58) + "\u{1}b"),
    ] as [(String, ResponseFault.Part, Int, Int?, String)])
    func fault(text: String, part: ResponseFault.Part, answer: Int, place: Int?, excerpt: String) throws {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            let fault = try #require(Answers(bytes, to: [.other, .other, .other], cutAt: [cut]).fault)
            #expect(fault.part == part && fault.answer == answer && fault.place == place, "\(fault), cut at \(cut)")
            #expect(String(decoding: fault.excerpt, as: UTF8.self) == excerpt, "cut at \(cut)")
        }
    }

    @Test("that no request asked for shows the bytes behind the answer before it")
    func faultBehind() {
        let fault = Answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more").fault
        #expect(fault?.part == .body && fault?.answer == 1 && fault?.excerpt == Array(" and more".utf8))
    }

    @Test("without a request before it is refused")
    func unrequested() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        #expect(Answers(text + text).error == .unrequested)
        #expect(Answers("", to: []).error == nil)
    }

    @Test("runs into the limits at the same byte, however it comes")
    func limits() {
        var limits = ResponseLimits()
        limits.headByteLimit = 100
        limits.fieldLimit = 3
        limits.informationalLimit = 2
        let streams = [
            "HTTP/1.1 200 " + String(repeating: "a", count: 200),
            "HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 77) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 76) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: a\r\nB: b\r\nC: c\r\nD: d\r\n\r\n",
            String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 3),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "A: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", count: 6),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "a", count: 200),
            String(repeating: "a", count: 200), String(repeating: "a", count: 200) + "\r\n",
            "HTTP/1.1 200 OK\r\nA: a\r\n" + String(repeating: "{", count: 200), "HTTP/1.1 200 OK\r\nA: a\r\n" + String(repeating: "{", count: 200) + "\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: "{", count: 200),
        ]
        for stream in streams {
            let bytes = Array(stream.utf8)
            let whole = Answers(bytes, to: [.other], ends: false, limits: limits)
            for cut in 0...bytes.count {
                #expect(Answers(bytes, to: [.other], cutAt: [cut], ends: false, limits: limits) == whole, "\(stream) at \(cut)")
            }
            let apart = Answers(bytes, to: [.other], cutAt: Array(0..<bytes.count), ends: false, limits: limits)
            #expect(apart == whole, "\(stream)")
        }
        let errors = streams.map { Answers(Array($0.utf8), to: [.other], ends: false, limits: limits).error }
        #expect(errors == [
            .headTooLarge, .headTooLarge, nil, .tooManyFields, .unexpectedInformational, .tooManyFields, .trailersTooLarge,
            .invalidStatusLine, .invalidStatusLine, .invalidField, .invalidField, .invalidChunk,
        ])
    }
}
