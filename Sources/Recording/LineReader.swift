internal import Files
internal import Glibc

/// Splits a file or a pipe at its newlines, also of gzip. Owns the descriptor.
package struct LineReader: ~Copyable {
    private let file: InputFile
    /// Whether reading waits for a pipe that has nothing now.
    package var waits = true
    /// The last read found the end.
    package private(set) var hasEnded = false
    /// Read and not yet returned. At the end of the file: a line without its end.
    package var rest: ArraySlice<UInt8> { bytes[start...] }

    /// What was read last. Lines that were returned are dropped when more is read, and not one by one: each time all
    /// that follows would move.
    private var bytes: [UInt8] = []
    /// Of what was not yet returned.
    private var start = 0
    /// From the start up to here there is no newline.
    private var searched = 0
    /// nil: the bytes are as they are, or nothing was read yet.
    private var gzip: GzipReader?
    private var hasBegun = false

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
            if let end = newline {
                defer {
                    start = end + 1
                    searched = start
                }
                return Array(bytes[start..<end])
            }
            searched = bytes.count
            guard searched - start <= RecordingReader.lineByteLimit else { throw .lineTooLong(RecordingReader.lineByteLimit) }
            guard try readMore() else { return nil }
        }
    }

    /// The place of the next one.
    private var newline: Int? {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = unsafe memchr(base + searched, 10, bytes.count - searched) else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// false at the end of the file.
    private mutating func readMore() throws(RecordingError.Cause) -> Bool {
        if !waits {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&polled, 1, 0) > 0 else { return false }
        }
        bytes.removeFirst(start)
        searched -= start
        start = 0
        if !hasBegun || gzip != nil {
            var read: [UInt8] = []
            do throws(SystemError) { hasEnded = try !file.read(into: &read) } catch { throw .system("cannot read", error.number) }
            if !hasBegun, GzipReader.isGzip(read[...]) { gzip = GzipReader() }
            hasBegun = true
            if let gzip {
                guard gzip.expand(read, into: &bytes) else { throw .damagedGzip }
            } else {
                bytes += read
            }
        } else {
            do throws(SystemError) { hasEnded = try !file.read(into: &bytes) } catch { throw .system("cannot read", error.number) }
        }
        return !hasEnded
    }
}
