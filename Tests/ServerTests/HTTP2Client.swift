import TestSupport
import Testing

/// A frame of HTTP/2 (RFC 9113, 4.1), whatever is in it.
struct Frame {
    enum Kind: UInt8 {
        case data, headers, priority, resetStream, settings, pushPromise, ping, goaway, windowUpdate, continuation
    }

    var kind: Kind
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let endStream: UInt8 = 1
    static let ack: UInt8 = 1
    static let endHeaders: UInt8 = 4

    var endsStream: Bool { flags & Frame.endStream != 0 }

    var bytes: [UInt8] {
        let count = payload.count
        let header = [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), kind.rawValue, flags]
        return header + bigEndian(stream) + payload
    }

    /// The number at a place of the payload: an error code, an increment.
    func number(at offset: Int = 0) -> UInt32 { payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }

    static func settings(_ entries: [(UInt16, UInt32)] = []) -> Frame {
        var payload: [UInt8] = []
        for (name, value) in entries { payload += [UInt8(name >> 8), UInt8(name & 255)] + bigEndian(value) }
        return Frame(kind: .settings, payload: payload)
    }

    static func windowUpdate(_ stream: UInt32, _ increment: Int) -> Frame {
        Frame(kind: .windowUpdate, stream: stream, payload: bigEndian(UInt32(increment)))
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> Frame {
        Frame(kind: .resetStream, stream: stream, payload: bigEndian(code))
    }

    static func ping() -> Frame { Frame(kind: .ping, payload: Array(1...8)) }

    static func data(_ stream: UInt32, _ bytes: [UInt8], ends: Bool) -> Frame {
        Frame(kind: .data, flags: ends ? endStream : 0, stream: stream, payload: bytes)
    }

    /// A request's head: HPACK literals without indexing, in one frame and as many continuations as it takes.
    static func request(
        _ stream: UInt32, _ path: String, method: String = "GET", fields: [(String, String)] = [], ends: Bool = true
    ) -> [UInt8] {
        head(stream, [(":method", method), (":scheme", "http"), (":path", path), (":authority", "test")] + fields, ends: ends)
    }

    static func head(_ stream: UInt32, _ fields: [(String, String)], ends: Bool) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in fields { block += [0] + literal(name) + literal(value) }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: max(1, block.count), by: 16_384) {
            let end = min(block.count, start + 16_384)
            bytes += Frame(
                kind: start == 0 ? .headers : .continuation,
                flags: (end == block.count ? endHeaders : 0) | (start == 0 && ends ? endStream : 0),
                stream: stream, payload: Array(block[start..<end])
            ).bytes
        }
        return bytes
    }

    /// A string without Huffman's code; its length with a prefix of seven bits (RFC 7541, 5.1).
    private static func literal(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        if bytes.count < 127 { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return length + [UInt8(rest)] + bytes
    }

    /// The status at the front of a response's head. Our settings forbid the encoder's table.
    var status: Int? {
        var index = 0
        while index < payload.count && payload[index] & 0xE0 == 0x20 { index += 1 }
        guard index < payload.count else { return nil }
        let first = payload[index]
        if first & 0x80 != 0 {
            return [0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500][first]
        }
        guard [0x08, 0x18, 0x48].contains(first), payload[index + 1] == 3 else { return nil }
        return Int(String(decoding: payload[index + 2..<index + 5], as: UTF8.self))
    }
}

private func bigEndian(_ number: UInt32) -> [UInt8] {
    [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
}

let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

/// An HTTP/2 client made of frames, which does nothing by itself but acknowledge settings.
final class HTTP2Client {
    let socket: RawSocket
    /// Grants back what bodies took, connection and stream.
    var grants = true
    private var acknowledges: Bool

    /// - Parameter settings: beside a header table of no size, so that we can read what comes.
    init(
        _ server: TestServer, settings: [(UInt16, UInt32)] = [], acknowledges: Bool = true, receiveBuffer: Int32? = nil
    ) throws {
        socket = try server.connect(receiveBuffer: receiveBuffer)
        self.acknowledges = acknowledges
        try socket.send(preface + Frame.settings([(1, 0)] + settings).bytes)
    }

    func send(_ frame: Frame) throws { try socket.send(frame.bytes) }

    /// The next frame, settings apart. nil: the server has closed.
    func frame() throws -> Frame? {
        while true {
            guard let header = try socket.receive(byteCount: 9) else { return nil }
            let count = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            guard let payload = try socket.receive(byteCount: count) else { return nil }
            let stream: UInt32 = header[5..<9].reduce(0) { $0 << 8 | UInt32($1) }
            let frame = Frame(
                kind: try #require(Frame.Kind(rawValue: header[3])), flags: header[4], stream: stream, payload: payload)
            guard frame.kind == .settings else { return frame }
            if frame.flags & Frame.ack == 0 && acknowledges { try send(Frame(kind: .settings, flags: Frame.ack)) }
        }
    }

    /// Reads until all `streams` have ended: their statuses and bodies, or the code they were reset with.
    func responses(_ streams: [UInt32]) throws -> [UInt32: Outcome] {
        var open = Set(streams)
        var outcomes: [UInt32: Outcome] = [:]
        while !open.isEmpty {
            let frame = try #require(try frame(), "the server closed")
            var outcome = outcomes[frame.stream] ?? Outcome()
            switch frame.kind {
            case .headers: outcome.status = frame.status
            case .data:
                outcome.body += frame.payload
                if grants && !frame.payload.isEmpty {
                    try socket.send(Frame.windowUpdate(0, frame.payload.count).bytes
                        + (frame.endsStream ? [] : Frame.windowUpdate(frame.stream, frame.payload.count).bytes))
                }
            case .resetStream: outcome.resetCode = frame.number()
            default: continue
            }
            outcomes[frame.stream] = outcome
            if frame.kind == .resetStream || frame.endsStream { open.remove(frame.stream) }
        }
        return outcomes
    }

    func get(_ stream: UInt32, _ path: String) throws -> Outcome {
        try socket.send(Frame.request(stream, path))
        return try responses([stream])[stream] ?? Outcome()
    }

    struct Outcome {
        var status: Int?
        var body: [UInt8] = []
        var resetCode: UInt32?

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// The code of the GOAWAY that must come, and after it the end.
    func goawayCode() throws -> UInt32? {
        var code: UInt32?
        while let frame = try frame() { if frame.kind == .goaway { code = frame.number(at: 4) } }
        return code
    }
}
