/// Bytes as letters, four for three (RFC 4648, 4): what OSC 52 wants.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
            for letter in 0..<4 {
                text.append(letter <= part.count ? letters[Int(word >> UInt32(18 - 6 * letter) & 63)] : UInt8(ascii: "="))
            }
        }
        return text
    }
}
