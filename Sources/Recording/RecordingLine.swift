internal import Measurements

/// One line of a recording, not yet parsed.
///
/// A histogram in memory has a quarter of a megabyte, its line a few hundred bytes: a replay keeps lines,
/// and parses those that it shows.
package struct RecordingLine: Sendable {
    /// Counted from 1.
    package let number: Int
    /// When the sample was taken or the event happened; 0 for a line without a time. A damaged line has the
    /// time of the line before it: it belongs there.
    package let timeNanoseconds: UInt64
    /// Found without parsing the line, for a jump to the next event.
    package let isEvent: Bool
    /// Found without parsing the line.
    package let isSample: Bool
    /// The error that `parsed` will throw, where it is known without parsing; nil: no error is known.
    package var error: RecordingError? { damage.map { RecordingError(path: path, line: number, cause: $0) } }

    private let damage: RecordingError.Cause?
    private let path: String
    private let bytes: [UInt8]

    /// - Parameter previousNanoseconds: the time of the line before.
    init(path: String, number: Int, bytes: [UInt8], after previousNanoseconds: UInt64) {
        self.path = path
        self.number = number
        self.bytes = bytes
        let head = String(decoding: bytes.prefix(RecordingLine.headByteCount), as: UTF8.self)
        isEvent = head.hasPrefix("{\"type\":\"event\"")
        isSample = head.hasPrefix("{\"type\":\"sample\"")
        do throws(RecordingError.Cause) {
            if head.hasPrefix("{\"type\":\"header\"") { throw .secondHeader }
            if let time = RecordingLine.time(in: head) {
                timeNanoseconds = time
            } else {
                timeNanoseconds = try RecordingLine.time(parsing: bytes)
            }
            damage = nil
        } catch {
            timeNanoseconds = previousNanoseconds
            damage = error
        }
    }

    /// A line whose end was never written.
    init(path: String, number: Int, cutOffAfter previousNanoseconds: UInt64) {
        self.path = path
        self.number = number
        bytes = []
        isEvent = false
        isSample = false
        timeNanoseconds = previousNanoseconds
        damage = .cutOff
    }

    /// Our writer puts type and time first; they fit in here.
    private static let headByteCount = 64

    /// The content of the line. Errors: those of `RecordingReader.next`.
    ///
    /// - Parameter withRows: false: samples without rows of connections and writes, for readers that want none.
    package func parsed(withRows: Bool = true) throws(RecordingError) -> RecordingReader.Line {
        do throws(RecordingError.Cause) {
            if let damage { throw damage }
            return try RecordingReader.Line(bytes, withRows: withRows)
        } catch {
            throw RecordingError(path: path, line: number, cause: error)
        }
    }

    private static func time(in head: String) -> UInt64? {
        guard let start = head.firstRange(of: "\"time\":") else { return nil }
        let rest = head[start.upperBound...]
        // A number without a comma or brace behind it may be cut off.
        guard let end = rest.firstIndex(where: { $0 == "," || $0 == "}" }) else { return nil }
        return Double(rest[..<end]).map(Metric.nanoseconds)
    }

    private static func time(parsing bytes: [UInt8]) throws(RecordingError.Cause) -> UInt64 {
        switch try RecordingReader.Line(bytes) {
        case .sample(let sample): sample.timeNanoseconds
        case .event(let event): event.timeNanoseconds
        case .summary, .other: 0
        }
    }
}
