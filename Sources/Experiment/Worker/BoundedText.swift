internal import Glibc

/// The end of a process's output: a process that writes without end fills no memory.
struct BoundedText {
    private var bytes: [UInt8] = []

    /// A report of a fault has about 6 KiB; the rest is room for the lines before it.
    private static let byteLimit = 64 * 1024
    /// Last words of a process that are told, lines.
    private static let lineLimit = 8

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The last lines that are not of a report of a fault: "Fatal error: ...".
    var ownLines: [Substring] {
        let said = text.firstRange(of: "\nhighwater: fault ").map { text[..<$0.lowerBound] } ?? text[...]
        return said.split(separator: "\n").suffix(BoundedText.lineLimit)
    }

    /// Reads all that is there, without waiting.
    ///
    /// - Returns: false when the other end has been closed.
    @discardableResult
    mutating func read(from descriptor: Int32) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return count != 0 }
            bytes += chunk[..<count]
            if bytes.count > BoundedText.byteLimit { bytes.removeFirst(bytes.count - BoundedText.byteLimit) }
        }
    }
}
