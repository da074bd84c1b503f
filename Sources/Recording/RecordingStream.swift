internal import Measurements

/// One of several recordings that are read by turns, perhaps while they are written: its header comes when it comes.
///
/// Owns the descriptor.
package final class RecordingStream {
    package let path: String
    /// The input is a pipe: a reader can wait for it, and it ends.
    package let isPipe: Bool
    private var lines: LineReader
    private var lineNumber = 0
    private var lastNanoseconds: UInt64 = 0

    /// The next thing that the recording holds.
    package enum Item {
        case header(RecordingHeader)
        case line(RecordingLine)
    }

    /// - Parameters:
    ///   - path: `-`: standard input.
    ///   - waits: `next` waits for a pipe that has nothing now.
    package init(path: String, waits: Bool) throws(RecordingError) {
        self.path = path == "-" ? "standard input" : path
        do throws(RecordingError.Cause) { lines = try LineReader(path: path) } catch { throw RecordingError(path: self.path, cause: error) }
        lines.waits = waits
        isPipe = lines.isPipe
    }

    /// nil: there is nothing now, and at the end never again.
    package func next() throws(RecordingError) -> Item? {
        let number = lineNumber + 1
        do throws(RecordingError.Cause) {
            guard let bytes = try lines.next() else { return nil }
            defer { lineNumber = number }
            if number == 1 { return .header(try RecordingReader.header(bytes)) }
            let line = RecordingLine(path: path, number: number, bytes: bytes, after: lastNanoseconds)
            lastNanoseconds = max(lastNanoseconds, line.timeNanoseconds)
            return .line(line)
        } catch {
            throw RecordingError(path: path, line: error.isAboutFile ? nil : number, cause: error)
        }
    }

    /// The last read found the end: of a pipe for good, of a file until it has grown.
    package var hasEnded: Bool { lines.hasEnded }

    /// To poll for more.
    package var descriptor: Int32 { lines.descriptor }
}
