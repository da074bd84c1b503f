internal import Files
internal import Glibc
package import Measurements

/// Appends a run to a file: one JSON object a line, one write a line.
///
/// After a crash or `kill -9` at any moment all lines of the file are whole, except perhaps the
/// last. After a full disk it holds whole lines: a line that did not fit is cut off again.
/// One process at a time writes a file: see `FileLock`. Owns the descriptor; the end of the writer closes it.
package struct RecordingWriter: ~Copyable {
    package let path: String
    private let descriptor: Int32
    private let isRegularFile: Bool
    /// The file was created here: it is removed again if nothing is written.
    private let isNew: Bool
    /// Up to the end of the last whole line.
    private var wholeByteCount: Int = 0
    private var hasFailed = false
    /// nil: the lines are written as they are.
    private let gzip: GzipWriter?
    /// Rows of connections in a sample's line.
    package var connectionLimit = Sample.recordedConnectionLimit

    /// Opens the file for writing, so that a path that cannot be written fails before
    /// anything runs. A file that is there keeps its content until the first line.
    ///
    /// - Parameter path: `-`: standard output. A file whose name ends in `.gz` is compressed.
    package init(path: String) throws(RecordingError) {
        gzip = path.hasSuffix(".gz") ? GzipWriter() : nil
        do throws(RecordingError.Cause) {
            let file = try path == "-" ? RecordingWriter.standardOutput() : RecordingWriter.open(path)
            (descriptor, isRegularFile, isNew) = (file.descriptor, file.isRegular, file.isNew)
        } catch {
            throw RecordingError(path: path, cause: error)
        }
        self.path = path
    }

    /// A copy, since the descriptor is closed at the end, and standard output must not be.
    private static func standardOutput() throws(RecordingError.Cause) -> (descriptor: Int32, isRegular: Bool, isNew: Bool) {
        let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { throw .system("cannot write", errno) }
        return (descriptor, isRegular(descriptor), false)
    }

    /// The file, which no other process writes from here on.
    private static func open(_ path: String) throws(RecordingError.Cause) -> (descriptor: Int32, isRegular: Bool, isNew: Bool) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC
        while true {
            var descriptor = unsafe Glibc.open(path, flags | O_EXCL, 0o644)
            let isNew = descriptor >= 0
            if descriptor < 0 && errno == EEXIST { descriptor = unsafe Glibc.open(path, flags, 0o644) }
            guard descriptor >= 0 else { throw .system("cannot write", errno) }
            guard isRegular(descriptor) else { return (descriptor, false, isNew) }
            guard FileLock.take(descriptor) else {
                close(descriptor)
                throw .busy
            }
            // A run that wrote nothing removes its file, perhaps between our two calls.
            if FileLock.isFile(descriptor, at: path) { return (descriptor, true, isNew) }
            close(descriptor)
        }
    }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit {
        if let gzip, wholeByteCount > 0, !hasFailed {
            // Without its end the file still has all lines.
            let end = gzip.finish()
            unsafe _ = end.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        }
        close(descriptor)
        if isNew && wholeByteCount == 0 { unsafe unlink(path) }
    }

    /// The first line. Empties the file before.
    package mutating func write(_ header: RecordingHeader) throws(RecordingError) {
        if isRegularFile, ftruncate(descriptor, 0) != 0 {
            throw RecordingError(path: path, cause: .system("cannot empty the file", errno))
        }
        try writeLine("header", header.json)
    }

    /// One interval: a line of its own, histograms included.
    package mutating func write(_ sample: Sample) throws(RecordingError) {
        try writeLine("sample", sample.json(connectionLimit: connectionLimit))
    }

    /// A mark on the time axis.
    package mutating func write(_ event: Event) throws(RecordingError) {
        try writeLine("event", event.json)
    }

    /// The totals of the run: the last line.
    package mutating func write(summary: JSON) throws(RecordingError) {
        try writeLine("summary", summary)
    }

    /// A line of a type that is not a recording's own: its readers skip it.
    package mutating func write(type: String, _ json: JSON) throws(RecordingError) { try writeLine(type, json) }

    /// Errors: the system's; then the file ends with the last whole line, and nothing more can be written.
    private mutating func writeLine(_ type: String, _ json: JSON) throws(RecordingError) {
        guard !hasFailed else { throw RecordingError(path: path, cause: .failedBefore) }
        var members = [JSON.Member("type", .string(type))]
        if case .object(let own) = json { members += own }
        let text = Array((JSON.object(members).text + "\n").utf8)
        let line = gzip?.compress(text) ?? text

        var written = 0
        while written < line.count {
            let count = unsafe line[written...].withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                let number = errno
                hasFailed = true
                if isRegularFile && written > 0 { _ = ftruncate(descriptor, wholeByteCount) }
                throw RecordingError(path: path, cause: .system("cannot write", number))
            }
        }
        wholeByteCount += line.count
    }
}
