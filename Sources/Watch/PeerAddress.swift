/// The other end of a TCP connection.
package struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, in the network's order.
    package var address: [UInt8]
    package var port: UInt16

    package init(address: [UInt8], port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The bytes of a sockaddr_in or sockaddr_in6; nil for any other.
    init?(socketAddress bytes: [UInt8]) {
        guard bytes.count >= 28 else { return nil }
        port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        switch UInt16(bytes[0]) | UInt16(bytes[1]) << 8 {
        case 2: address = Array(bytes[4..<8])
        case 10: address = Array(bytes[8..<24])
        default: return nil
        }
    }

    /// "127.0.0.1:53956", "[::1]:53956"
    package var description: String {
        var address = address
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        if address.count == 16, address.starts(with: mapped) { address.removeFirst(12) }
        if address.count == 4 { return address.map(String.init).joined(separator: ".") + ":\(port)" }
        let groups = stride(from: 0, to: address.count - 1, by: 2).map { UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]) }
        return "[\(PeerAddress.shortened(groups))]:\(port)"
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
