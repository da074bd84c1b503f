import HTTP2
import Memory
import Testing
import TestSupport

@Suite("The sessions of a server's loop") struct FrameBufferTests {
    /// In release builds nothing overwrites frames but those of others.
    static let audits = [true, false]

    @Test("pack their frames in the same memory")
    func shared() throws {
        let factory = try #require(SessionFactory(messageCheck: .requests))
        let first = try #require(BulkServer(factory))
        let second = try #require(BulkServer(factory))
        let frames = try #require(try first.session?.nextOutput())
        #expect(try second.session?.nextOutput()?.baseAddress == frames.baseAddress)
        for server in [first, second] { server.close() }
    }

    @Test("each send a DATA frame that waited for room with its own header", arguments: audits)
    func headerOfWaitingFrame(isAudited: Bool) throws {
        let factory = try #require(SessionFactory(messageCheck: .requests, isAudited: isAudited))
        let servers = try [7000, 5000, 3000].map { try #require(BulkServer(factory, bodyByteCount: $0)) }
        for (index, server) in servers.enumerated() { try server.serve(stream: UInt32(index * 2 + 1)) }
        #expect(servers.allSatisfy { $0.headers.isEmpty })
        for server in servers {
            server.hasRoom = true
            try server.flush()
        }
        // Length, DATA, END_STREAM, stream.
        #expect(servers.map(\.headers) == [[[0, 0x1B, 0x58, 0, 1, 0, 0, 0, 1]], [[0, 0x13, 0x88, 0, 1, 0, 0, 0, 3]], [[0, 0x0B, 0xB8, 0, 1, 0, 0, 0, 5]]])
        for server in servers { server.close() }
    }

    @Test("send what they send alone, when their outputs alternate", arguments: audits)
    func alternatingOutputs(isAudited: Bool) throws {
        let factory = try #require(SessionFactory(messageCheck: .requests, isAudited: isAudited))
        // A head of several frames: HEADERS and CONTINUATION.
        let field = String(repeating: "a", count: 30_000)
        let alone = try #require(BulkServer(factory, field: field))
        try alone.serve(stream: 1)
        let servers = try (0..<2).map { _ in try #require(BulkServer(factory, field: field)) }
        for server in servers { try server.receive(stream: 1) }
        while try servers.reduce(false, { try $1.sendOnce() || $0 }) {}
        #expect(servers.allSatisfy { $0.output == alone.output })
        #expect(alone.output.count > 18_000)
        for server in servers + [alone] { server.close() }
    }

    @Test("give their map of streams back when they rest, unless a stream is open, and then serve as before")
    func rest() throws {
        let factory = try #require(SessionFactory(messageCheck: .requests))
        let servers = try (0..<2).map { _ in try #require(BulkServer(factory)) }
        for stream: UInt32 in [1, 3, 5, 7, 9, 11] {
            for server in servers { try server.serve(stream: stream) }
            let resting = try #require(servers[0].session)
            #expect(!resting.rest())
            servers[0].hasRoom = true
            try servers[0].flush()
            servers[0].hasRoom = false
            #expect(resting.rest())
            servers[1].hasRoom = true
            try servers[1].flush()
            servers[1].hasRoom = false
        }
        #expect(servers[0].output == servers[1].output && servers[0].headers == servers[1].headers)
        #expect(servers[0].headers.count == 6)
        for server in servers { server.close() }
    }

    @Test("may end in any order", arguments: [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
    func ends(order: [Int]) throws {
        // The factory's memory insists on having all blocks back at its end.
        let factory = try #require(SessionFactory(messageCheck: .requests))
        let servers = try (0..<3).map { _ in try #require(BulkServer(factory)) }
        for place in order {
            servers[place].close()
            for other in servers where other.session != nil { try other.serve(stream: UInt32(place * 2 + 1)) }
        }
        #expect(servers.allSatisfy { $0.session == nil })
    }
}

/// A server's end that answers each request with a body that is not copied, as soon as it has room.
private final class BulkServer: SessionHandler {
    private(set) var session: Session?
    private(set) var output: [UInt8] = []
    /// Of the DATA frames that were sent.
    private(set) var headers: [[UInt8]] = []
    var hasRoom = false

    private let pool = ArenaPool()
    private let body: Arena
    private let bodyByteCount: Int
    private let field: String
    private let rules = UnsafeMutablePointer<RequestRules>.allocate(capacity: 1)

    /// - Parameter field: the value of one in each head.
    /// - Returns: nil when there is no memory.
    init?(_ factory: SessionFactory, bodyByteCount: Int = 2000, field: String = "a") {
        body = pool.take()
        self.bodyByteCount = bodyByteCount
        self.field = field
        rules.initialize(to: RequestRules())
        session = Session(role: .server, factory: factory, settings: SessionSettings(), handler: self)
        guard let session else { return nil }
        do {
            try (preface + Frame.settings().bytes).withUnsafeBytes { try session.receive($0) }
        } catch {
            return nil
        }
    }

    /// The session holds its handler. Call at the end.
    func close() {
        session = nil
        body.retire()
        rules.deallocate()
    }

    func receive(stream: UInt32) throws {
        try Frame.request(stream, "/").withUnsafeBytes { try session?.receive($0) }
    }

    func serve(stream: UInt32) throws {
        try receive(stream: stream)
        try flush()
    }

    func flush() throws { while try sendOnce() {} }

    /// - Returns: false when there is no output for now.
    func sendOnce() throws -> Bool {
        guard let bytes = try session?.nextOutput() else { return false }
        output += Array(bytes)
        return true
    }

    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: Int(streamID)) }
    func sessionRules(of token: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RequestRules> { rules }
    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, _ kind: FieldKind, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {}

    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {
        let fields = FieldList()
        fields.append(name: ArenaBytes(":status"), value: ArenaBytes("200"))
        fields.append(name: ArenaBytes("x-long"), value: Array(field.utf8).withUnsafeBytes { body.copy($0) })
        session.submitResponse(Int32(Int(bitPattern: token)), fields: fields, hasBody: true, token: token)
    }

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {}
    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) {}
    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {}
    func sessionDidReceiveControlFrame(_ kind: ControlFrame) {}
    func sessionDidReceiveInvalidFrame(_ error: SessionError) {}
    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) {}

    func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart {
        let bytes = Array(repeating: UInt8(ascii: "b"), count: bodyByteCount).withUnsafeBytes { body.copy($0) }
        return .bytes(bytes, Lease(on: body), isLast: true)
    }

    func sessionHasRoomForData() -> Bool { hasRoom }

    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {
        headers.append(Array(frameHeader))
    }
}
