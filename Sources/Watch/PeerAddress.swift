/// The other end of a TCP connection. Its address lies in place, since a reading may have ten thousand of them.
package struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// The number that an address of 4 bytes is, or the first and the last 8 bytes of one of 16.
    private let head: UInt64
    private let tail: UInt64
    private let isLong: Bool
    package let port: UInt16

    /// An address of 4 bytes, or of 16.
    ///
    /// - Parameter address: begins at this offset, in the network's order. nil: it does not end within these bytes.
    init?(_ bytes: RawSpan, at offset: Int, isLong: Bool, port: UInt16) {
        if isLong {
            guard let head: UInt64 = bytes.load(offset), let tail: UInt64 = bytes.load(offset + 8) else { return nil }
            (self.head, self.tail) = (UInt64(bigEndian: head), UInt64(bigEndian: tail))
        } else {
            guard let number: UInt32 = bytes.load(offset) else { return nil }
            (head, tail) = (UInt64(UInt32(bigEndian: number)), 0)
        }
        self.isLong = isLong
        self.port = port
    }

    /// An address of 4 or 16 bytes, in the network's order; nil for any other.
    package init?(address: [UInt8], port: UInt16) {
        guard address.count == 4 || address.count == 16 else { return nil }
        unsafe self.init(address.span.bytes, at: 0, isLong: address.count == 16, port: port)
    }

    /// The bytes of a sockaddr_in or sockaddr_in6; nil for any other.
    init?(socketAddress bytes: RawSpan) {
        guard bytes.byteCount >= 28, let family: UInt16 = bytes.load(0), let port: UInt16 = bytes.load(2) else { return nil }
        switch family {
        case 2: self.init(bytes, at: 4, isLong: false, port: UInt16(bigEndian: port))
        case 10: self.init(bytes, at: 8, isLong: true, port: UInt16(bigEndian: port))
        default: return nil
        }
    }

    /// "127.0.0.1:53956", "[::1]:53956"
    package var description: String {
        guard isLong else { return PeerAddress.text(UInt32(truncatingIfNeeded: head), port) }
        // An IPv4 address within IPv6 (RFC 4291, 2.5.5.2).
        if head == 0, tail >> 32 == 0xFFFF { return PeerAddress.text(UInt32(truncatingIfNeeded: tail), port) }
        let groups = [head, tail].flatMap { half in (0..<4).map { UInt16(truncatingIfNeeded: half >> UInt64(48 - $0 * 16)) } }
        return "[\(PeerAddress.shortened(groups))]:\(port)"
    }

    /// "127.0.0.1:53956": 15 characters fit into a string without memory of its own.
    private static func text(_ address: UInt32, _ port: UInt16) -> String {
        var characters = InlineArray<21, UInt8>(repeating: 0)
        // From the end, where the digits of a number come first.
        var start = characters.count
        func put(_ number: UInt32, after separator: UInt8?) {
            var rest = number
            repeat {
                start -= 1
                characters[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            guard let separator else { return }
            start -= 1
            characters[start] = separator
        }
        put(UInt32(port), after: UInt8(ascii: ":"))
        for shift in [UInt32(0), 8, 16] { put(address >> shift & 0xFF, after: UInt8(ascii: ".")) }
        put(address >> 24, after: nil)
        return unsafe withUnsafeBytes(of: characters) { unsafe String(decoding: $0[start...], as: UTF8.self) }
    }

    /// The longest run of zeros becomes "::".
    private static func shortened(_ groups: [UInt16]) -> String {
        var longest = 0..<0
        var start = 0
        for end in 0...groups.count where end == groups.count || groups[end] != 0 {
            if end - start > longest.count { longest = start..<end }
            start = end + 1
        }
        let words = groups.map { String($0, radix: 16) }
        guard longest.count > 1 else { return words.joined(separator: ":") }
        return words[..<longest.lowerBound].joined(separator: ":") + "::" + words[longest.upperBound...].joined(separator: ":")
    }
}
