internal import Files
internal import Glibc
package import Measurements

extension RecordingReader {
    /// The summary that a recording ends with, found without reading what is before it: only there a reader learns
    /// which samples are of the drain.
    ///
    /// - Returns: nil for a recording that does not end with one, and for a pipe, which has no end yet.
    package static func summary(atEndOf path: String) -> JSON? {
        guard path != "-", let file = try? InputFile(path: path) else { return nil }
        let size = lseek(file.descriptor, 0, SEEK_END)
        guard size > 0, lseek(file.descriptor, max(0, size - off_t(lineByteLimit)), SEEK_SET) >= 0 else { return nil }
        var bytes: [UInt8] = []
        while (try? file.read(into: &bytes)) == true {}
        guard bytes.popLast() == UInt8(ascii: "\n") else { return nil }
        let start = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard case .summary(let summary)? = try? Line(Array(bytes[start...])) else { return nil }
        return summary
    }
}
