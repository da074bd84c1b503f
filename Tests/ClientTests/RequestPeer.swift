import Foundation
import HTTP2
import Memory
import TestSupport

/// A server that notes what it was asked, over HTTP/1.1 or HTTP/2, whose HPACK is nghttp2's alone, and answers as it is told.
final class RequestPeer: @unchecked Sendable {
    struct Request: Equatable {
        /// In the order in which they came, names in lower case; over HTTP/1.1 those of HTTP/2's too.
        var fields: [String: String] = [:]
        /// How often each field came.
        var fieldCounts: [String: Int] = [:]
        var body: [UInt8] = []

        var path: String { fields[":path"] ?? "" }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Answer {
        var status = 200
        var fields: [(String, String)] = []
        var body: [UInt8] = []
    }

    private let lock = NSLock()
    private var seen: [Request] = []
    private var peer: RawListener?
    private let answer: @Sendable (Request, Int) -> Answer

    var port: Int { peer?.port ?? 0 }
    var requests: [Request] { lock.withLock { seen } }

    /// - Parameter answer: of a request, and which it is, from 0.
    init(http1: Bool, _ answer: @escaping @Sendable (Request, Int) -> Answer = { _, _ in Answer() }) throws {
        self.answer = answer
        // Connections have threads of their own, which may outlive the test. The listener lets go of this when it stops.
        peer = try RawListener { [self] connection, _ in
            if http1 { try serveHTTP1(connection) } else { try HTTP2Peer(self, connection).serve() }
        }
    }

    func stop() { peer?.stop() }

    fileprivate func note(_ request: Request) -> Answer {
        let number = lock.withLock {
            seen.append(request)
            return seen.count - 1
        }
        return answer(request, number)
    }

    private func serveHTTP1(_ connection: RawSocket) throws {
        while let lines = try connection.receiveHead() {
            let words = lines[0].split(separator: " ")
            var request = Request()
            request.fields = [":method": String(words[0]), ":path": String(words[1])]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
                request.fields[String(parts[0])] = String(parts[1])
                request.fieldCounts[String(parts[0]), default: 0] += 1
            }
            if let count = request.fields["content-length"].flatMap({ Int($0) }) {
                guard let body = try connection.receive(byteCount: count) else { return }
                request.body = body
            }
            let answer = note(request)
            let fields = answer.fields.map { "\($0.0): \($0.1)\r\n" }.joined()
            try connection.send("HTTP/1.1 \(answer.status) X\r\ncontent-length: \(answer.body.count)\r\n\(fields)\r\n")
            if request.fields[":method"] != "HEAD" { try connection.send(answer.body) }
        }
    }
}

/// One connection of such a server.
private final class HTTP2Peer: SessionHandler {
    private let peer: RequestPeer
    private let connection: RawSocket
    private let factory = SessionFactory(messageCheck: .library)
    private var session: Session?
    private var open: [Int: RequestPeer.Request] = [:]
    private var bodies: [Int: [UInt8]] = [:]
    /// Unsent bytes, until the connection ends.
    private let arenas = ArenaPool()
    private let arena: Arena

    init(_ peer: RequestPeer, _ connection: RawSocket) {
        self.peer = peer
        self.connection = connection
        arena = arenas.take()
    }

    func serve() throws {
        guard let factory else { return }
        defer {
            session = nil
            arena.retire()
        }
        var settings = SessionSettings()
        settings.initialWindowByteCount = 1 << 20
        settings.connectionWindowByteCount = 1 << 20
        session = Session(role: .server, factory: factory, settings: settings, handler: self)
        guard let session else { return }
        var bytes = try connection.receive(byteCount: preface.count)
        while let received = bytes {
            try received.withUnsafeBytes { try session.receive($0) }
            while let answer = try session.nextOutput() { try connection.send(Array(answer)) }
            bytes = try connection.frame()?.bytes
        }
    }

    private func end(_ stream: Int) {
        guard let request = open.removeValue(forKey: stream), let session, let token = UnsafeMutableRawPointer(bitPattern: stream) else { return }
        let answer = peer.note(request)
        let fields = FieldList()
        func add(_ name: String, _ value: String) {
            fields.append(name: Array(name.utf8).withUnsafeBytes { arena.copy($0) }, value: Array(value.utf8).withUnsafeBytes { arena.copy($0) })
        }
        add(":status", "\(answer.status)")
        for field in answer.fields { add(field.0, field.1) }
        let hasBody = !answer.body.isEmpty && request.fields[":method"] != "HEAD"
        if hasBody { bodies[stream] = answer.body }
        session.submitResponse(Int32(stream), fields: fields, hasBody: hasBody, token: token)
    }

    private func stream(_ token: UnsafeMutableRawPointer) -> Int { Int(bitPattern: token) }

    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? {
        open[Int(streamID)] = RequestPeer.Request()
        return UnsafeMutableRawPointer(bitPattern: Int(streamID))
    }

    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, _ kind: FieldKind, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        let name = String(decoding: name, as: UTF8.self)
        open[stream(token)]?.fields[name] = String(decoding: value, as: UTF8.self)
        open[stream(token)]?.fieldCounts[name, default: 0] += 1
    }

    /// nghttp2 checks the requests of this peer.
    func sessionRules(of token: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RequestRules> { fatalError("not asked for") }

    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {
        if endsStream { end(stream(token)) }
    }

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        open[stream(token)]?.body += Array(bytes)
    }

    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) { end(stream(token)) }
    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {}
    func sessionDidReceiveControlFrame(_ kind: ControlFrame) {}
    func sessionDidReceiveInvalidFrame(_ error: SessionError) {}
    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) {}

    func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart {
        guard var body = bodies[stream(token)] else { return .failed }
        let part = Array(body.prefix(byteLimit)).withUnsafeBytes { arena.copy($0) }
        body.removeFirst(part.count)
        bodies[stream(token)] = body
        return .bytes(part, nil, isLast: body.isEmpty)
    }

    func sessionHasRoomForData() -> Bool { false }
    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {}
}
