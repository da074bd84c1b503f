internal import Glibc
internal import Measurements

/// Splits a file or a pipe at its newlines, 64 KiB at a time. Owns the descriptor.
package struct LineReader: ~Copyable {
    package let descriptor: Int32
    /// Whether reading waits for a pipe that has nothing now.
    package var waits = true
    /// The last read found the end.
    package private(set) var hasEnded = false
    /// Read and not yet returned. At the end of the file: a line without its end.
    package private(set) var rest: [UInt8] = []
    /// Bytes of `rest` known to hold no newline.
    private var searched = 0

    init(path: String) throws(RecordingError.Cause) {
        // A copy of standard input: its owner closes what it opened, not that.
        descriptor = unsafe path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot read", errno) }
    }

    /// Takes a descriptor over.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

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
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest += chunk[..<count]
                hasEnded = count == 0
                return count > 0
            }
            guard errno == EINTR else { throw .system("cannot read", errno) }
        }
    }
}
