internal import Files
internal import Glibc

/// Splits a file or a pipe at its newlines. Owns the descriptor.
package struct LineReader: ~Copyable {
    private let file: InputFile
    /// Whether reading waits for a pipe that has nothing now.
    package var waits = true
    /// The last read found the end.
    package private(set) var hasEnded = false
    /// Read and not yet returned. At the end of the file: a line without its end.
    package private(set) var rest: [UInt8] = []
    /// Bytes of `rest` known to hold no newline.
    private var searched = 0

    /// - Parameter path: `-`: standard input.
    init(path: String) throws(RecordingError.Cause) {
        do throws(SystemError) { file = try InputFile(path: path) } catch { throw .system("cannot read", error.number) }
    }

    /// Takes a descriptor over.
    package init(descriptor: Int32) { file = InputFile(taking: descriptor) }

    package var descriptor: Int32 { file.descriptor }

    /// The input is a pipe: a reader can wait for it, and it ends.
    var isPipe: Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// The next whole line without its newline; nil when there is no more.
    package mutating func next() throws(RecordingError.Cause) -> [UInt8]? {
        while true {
            if let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(rest[..<end])
                rest.removeFirst(end + 1)
                searched = 0
                return line
            }
            searched = rest.count
            guard searched <= RecordingReader.lineByteLimit else { throw .lineTooLong(RecordingReader.lineByteLimit) }
            guard try readMore() else { return nil }
        }
    }

    /// false at the end of the file.
    private mutating func readMore() throws(RecordingError.Cause) -> Bool {
        if !waits {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&polled, 1, 0) > 0 else { return false }
        }
        do throws(SystemError) { hasEnded = try !file.read(into: &rest) } catch { throw .system("cannot read", error.number) }
        return !hasEnded
    }
}
