/// A frame of HTTP/2 (RFC 9113, 4.1), well-formed or not.
package struct Frame {
    package enum Kind: UInt8 {
        case data, headers, priority, resetStream, settings, pushPromise, ping, goaway, windowUpdate, continuation
    }

    package var kind: Kind
    package var flags: UInt8
    package var stream: UInt32
    package var payload: [UInt8]

    package init(kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
        self.kind = kind
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    /// A frame of a kind that RFC 9113 does not have.
    package struct UnknownKind: Error { let number: UInt8 }

    package static let endStream: UInt8 = 1
    package static let ack: UInt8 = 1
    package static let endHeaders: UInt8 = 4

    package var endsStream: Bool { flags & Frame.endStream != 0 }

    package var bytes: [UInt8] {
        let count = payload.count
        let header = [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), kind.rawValue, flags]
        return header + bigEndian(stream) + payload
    }

    /// The number at a place of the payload: an error code, an increment.
    package func number(at offset: Int = 0) -> UInt32 { payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }

    package static func settings(_ entries: [(UInt16, UInt32)] = []) -> Frame {
        var payload: [UInt8] = []
        for (name, value) in entries { payload += [UInt8(name >> 8), UInt8(name & 255)] + bigEndian(value) }
        return Frame(kind: .settings, payload: payload)
    }

    package static func windowUpdate(_ stream: UInt32, _ increment: Int) -> Frame {
        Frame(kind: .windowUpdate, stream: stream, payload: bigEndian(UInt32(increment)))
    }

    package static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> Frame {
        Frame(kind: .resetStream, stream: stream, payload: bigEndian(code))
    }

    package static func ping() -> Frame { Frame(kind: .ping, payload: Array(1...8)) }

    package static func data(_ stream: UInt32, _ bytes: [UInt8], ends: Bool) -> Frame {
        Frame(kind: .data, flags: ends ? endStream : 0, stream: stream, payload: bytes)
    }

    /// A request's head: HPACK literals without indexing, in one frame and as many continuations as it takes.
    package static func request(
        _ stream: UInt32, _ path: String, method: String = "GET", fields: [(String, String)] = [], ends: Bool = true
    ) -> [UInt8] {
        head(stream, [(":method", method), (":scheme", "http"), (":path", path), (":authority", "test")] + fields, ends: ends)
    }

    package static func head(_ stream: UInt32, _ fields: [(String, String)], ends: Bool) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in fields { block += [0] + literal(Array(name.utf8)) + literal(Array(value.utf8)) }
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
    package static func literal(_ bytes: [UInt8]) -> [UInt8] {
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
    package var status: Int? {
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

/// The four bytes of a number, the highest first.
package func bigEndian(_ number: UInt32) -> [UInt8] {
    [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
}

