import HTTP2
import Measurements
import Testing
import TestSupport

/// What RFC 9113 says of frames where they must not be: 5.1, 5.1.1 and 6.3. nghttp2 lets these through.
@Suite("On a stream that a client has ended the server", .waiting) struct ClosedStreamTests {
    /// Sends `bytes` behind what opens and ends some streams.
    private func code(of bytes: [UInt8], after prelude: (HTTP2Client) throws -> Void) throws -> UInt32? {
        var code: UInt32?
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            try prelude(peer)
            try peer.socket.send(bytes)
            code = try peer.goawayCode()
            #expect(try server.connect().get("/health")?.status == 200)
        }
        #expect(end.protocolErrors == 1)
        return code
    }

    private static let streamClosed: UInt32 = 5

    @Test("takes DATA and HEADERS for the end of the connection, once the answer is out", arguments: [
        Frame.data(1, [1], ends: true).bytes, Frame.data(1, [], ends: false).bytes, Frame.request(1, "/health"),
        Frame.head(1, [("a", "b")], ends: true),
    ])
    func answered(bytes: [UInt8]) throws {
        let code = try code(of: bytes) { peer in
            let status = try peer.get(1, "/health").status
            #expect(status == 200)
        }
        #expect(code == ClosedStreamTests.streamClosed)
    }

    @Test("does so while the answer waits", arguments: [
        Frame.data(1, [1], ends: true).bytes, Frame.request(1, "/health"),
    ])
    func unanswered(bytes: [UInt8]) throws {
        let code = try code(of: bytes) { peer in try peer.socket.send(Frame.request(1, "/delay/10")) }
        #expect(code == ClosedStreamTests.streamClosed)
    }

    @Test("does so after a reset by the client", arguments: [
        Frame.data(1, [1], ends: true).bytes, Frame.request(1, "/health"),
    ])
    func reset(bytes: [UInt8]) throws {
        let code = try code(of: bytes) { peer in
            try peer.socket.send(Frame.request(1, "/post", method: "POST", ends: false))
            try peer.send(.reset(1))
        }
        #expect(code == ClosedStreamTests.streamClosed)
    }

    @Test("takes PRIORITY, WINDOW_UPDATE and RST_STREAM, which may be late")
    func late() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            #expect(try peer.get(1, "/health").status == 200)
            try peer.send(Frame(kind: .priority, stream: 1, payload: [0, 0, 0, 0, 1]))
            try peer.send(.windowUpdate(1, 10))
            try peer.send(.reset(1))
            #expect(try peer.get(3, "/health").status == 200)
        }
    }

    @Test("ignores what comes on a stream that it has reset itself")
    func resetByServer() throws {
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            // Refused for its field, while the body is on its way.
            try peer.socket.send(Frame.request(1, "/post", method: "POST", fields: [("connection", "x")], ends: false))
            #expect(try peer.responses([1])[1]?.resetCode == 1)
            try peer.send(.data(1, [1], ends: false))
            try peer.socket.send(Frame.head(1, [("a", "b")], ends: true))
            // Answered before the body, which is not wanted.
            try peer.socket.send(Frame.request(3, "/early/stop", method: "POST", ends: false))
            _ = try peer.responses([3])
            try peer.send(.data(3, [1], ends: true))
            #expect(try peer.get(5, "/health").status == 200)
        }
        #expect(end.protocolErrors == 1)
    }

    @Test("takes an identifier below the last one for the end of the connection, and the request before it for begun",
        arguments: [true, false])
    func skipped(ends: Bool) throws {
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(5, "/health") + Frame.request(3, "/health", ends: ends))
            var goaway: Frame?
            while let frame = try peer.frame() { if frame.kind == .goaway { goaway = frame } }
            #expect(goaway?.number(at: 0) == 5 && goaway?.number(at: 4) == 1)
        }
        #expect(end.requests.started == 1 && end.protocolErrors == 1)
    }

    @Test("does not mind trailers behind many streams that began later")
    func trailersAfterOthers() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, "/post", method: "POST", ends: false))
            for stream in stride(from: UInt32(3), to: 203, by: 2) { #expect(try peer.get(stream, "/health").status == 200) }
            try peer.send(.data(1, Array("ab".utf8), ends: false))
            try peer.socket.send(Frame.head(1, [("a", "b")], ends: true))
            #expect(try peer.responses([1])[1]?.text.contains("\"data\": \"ab\"") == true)
        }
    }

    @Test("takes PRIORITY on no stream, or on one that depends on itself, for the end of the connection", arguments: [
        (UInt32(0), UInt8(0)), (0, 3), (3, 3),
    ])
    func priority(stream: UInt32, dependency: UInt8) throws {
        for exclusive: UInt8 in [0, 0x80] {
            let frame = Frame(kind: .priority, stream: stream, payload: [exclusive, 0, 0, dependency, 1])
            #expect(try code(of: frame.bytes) { _ in } == 1)
        }
    }

    @Test("takes a PRIORITY frame of another size for the end of the connection", arguments: [0, 4, 6])
    func prioritySize(count: Int) throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.send(Frame(kind: .priority, stream: 1, payload: Array(repeating: 0, count: count)))
            #expect(try peer.goawayCode() == 6)
        }
    }

    @Test("takes PRIORITY on an idle stream, and the request on a lower one after it")
    func idlePriority() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.send(Frame(kind: .priority, stream: 3, payload: [0, 0, 0, 0, 1]))
            #expect(try peer.get(1, "/health").status == 200)
        }
    }
}

@Suite("The check of a client's frames") struct FrameCheckTests {
    /// The fault in `bytes`, which come in pieces of `count`: its place among all of them, and its code.
    private func fault(_ bytes: [UInt8], inPiecesOf count: Int) -> (place: Int, code: HTTP2ErrorCode)? {
        var check = FrameCheck()
        for start in stride(from: 0, to: bytes.count, by: count) {
            let piece = Array(bytes[start..<min(bytes.count, start + count)])
            if let fault = piece.withUnsafeBytes({ check.read($0) }) { return (start + fault.goodByteCount, fault.code) }
        }
        return nil
    }

    private let good = preface + Frame.settings([(1, 0)]).bytes
        + Frame.request(1, "/a", ends: false) + Frame.data(1, Array(repeating: 7, count: 300), ends: true).bytes
        + Frame(kind: .priority, stream: 3, payload: [0, 0, 0, 1, 1]).bytes + Frame.ping().bytes
        + Frame.settings([]).bytes + Frame.request(3, "/b")

    @Test("finds none in a good client's", arguments: [1, 2, 3, 5, 8, 9, 10, 13, 64, 100_000])
    func good(count: Int) {
        #expect(fault(good, inPiecesOf: count) == nil)
    }

    @Test("finds the fault however its bytes are cut", arguments: [
        (Frame.data(1, [1], ends: false).bytes, HTTP2ErrorCode.streamClosed), (Frame.request(3, "/c"), .streamClosed),
        (Frame(kind: .priority, stream: 5, payload: [0x80, 0, 0, 5, 1]).bytes, .protocolError),
        (Frame(kind: .priority, stream: 0, payload: [0, 0, 0, 1, 1]).bytes, .protocolError),
        (Frame.request(7, "/c") + Frame.request(5, "/d"), .protocolError),
    ])
    func faulty(bytes: [UInt8], code: HTTP2ErrorCode) {
        for count in 1...40 {
            let found = fault(good + bytes, inPiecesOf: count)
            #expect(found?.code == code, "in pieces of \(count)")
            #expect(found.map { $0.place >= good.count } == true, "in pieces of \(count)")
        }
        #expect(fault(good + bytes, inPiecesOf: 100_000)?.code == code)
    }

    @Test("says nothing of what interrupts a header block, which nghttp2 refuses")
    func interrupted() {
        let head = Array(Frame.request(5, "/").prefix(4)) + [0] + Frame.request(5, "/").dropFirst(5)
        #expect(fault(good + head + Frame.data(1, [1], ends: true).bytes, inPiecesOf: 1000) == nil)
    }

    @Test("remembers 64 streams, and nothing of those before them")
    func reach() {
        var history = StreamHistory()
        history.begin(1)
        history.end(1)
        history.begin(5)
        #expect(history.standing(of: 1) == .ended && history.standing(of: 3) == .skipped)
        #expect(history.standing(of: 5) == .open && history.standing(of: 7) == .idle)
        history.begin(127)
        #expect(history.standing(of: 1) == .ended && history.standing(of: 5) == .open && history.standing(of: 9) == .skipped)
        history.begin(129)
        #expect(history.standing(of: 1) == .unknown && history.standing(of: 3) == .skipped)
        history.begin(0x7FFF_FFFF)
        #expect(history.standing(of: 129) == .unknown && history.standing(of: 0x7FFF_FFFD) == .skipped)
    }
}
