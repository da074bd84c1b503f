/// One line of a recording that nobody has looked into yet.
///
/// A histogram in memory has a quarter of a megabyte, its line a few hundred bytes: whoever
/// moves about in a recording keeps lines, and parses those that are shown.
package struct RecordingLine: Sendable {
    /// Counted from 1.
    package let number: Int
    /// When the sample was taken or the event happened; 0 for a line that does not say.
    package let timeNanoseconds: UInt64
    /// Found without parsing the line: what a screen may jump to.
    package let isEvent: Bool

    private let path: String
    private let bytes: [UInt8]

    init(path: String, number: Int, bytes: [UInt8]) {
        self.path = path
        self.number = number
        self.bytes = bytes
        let head = String(decoding: bytes.prefix(RecordingLine.headByteCount), as: UTF8.self)
        isEvent = head.hasPrefix("{\"type\":\"event\"")
        timeNanoseconds = RecordingLine.time(in: head) ?? RecordingLine.time(parsing: bytes)
    }

    /// Our writer puts type and time first; they fit in here.
    private static let headByteCount = 64

    /// What the line holds. Errors: those of `RecordingReader.next`.
    package func parsed() throws(RecordingError) -> RecordingReader.Line {
        do throws(RecordingError.Cause) { return try RecordingReader.Line(bytes) } catch {
            throw RecordingError(path: path, line: number, cause: error)
        }
    }

    private static func time(in head: String) -> UInt64? {
        guard let start = head.firstRange(of: "\"time\":") else { return nil }
        let rest = head[start.upperBound...]
        // Without what ends the number there may be more of it.
        guard let end = rest.firstIndex(where: { $0 == "," || $0 == "}" }) else { return nil }
        return Double(rest[..<end]).map(Metric.nanoseconds)
    }

    private static func time(parsing bytes: [UInt8]) -> UInt64 {
        (try? JSON(parsing: bytes))?["time"]?.number.map(Metric.nanoseconds) ?? 0
    }
}
