internal import Glibc
package import Measurements

/// Reads a recording line by line, as it was written.
///
/// A last line without its end is no error: the run was killed while it wrote. It is
/// left out, and `isCutOff` says so. Owns the descriptor.
package struct RecordingReader: ~Copyable {
    /// The content of one line after the header.
    package enum Line: Sendable {
        case sample(Sample)
        case event(Event)
        case summary(JSON)
        /// Of a type that this version does not know.
        case other(type: String)
    }

    package let path: String
    package private(set) var header: RecordingHeader
    /// The file ended within a line. Known once `next` has returned nil.
    package private(set) var isCutOff = false
    /// Of the line returned last, from 1.
    package private(set) var lineNumber = 1

    /// Of the lines returned so far.
    private var lastNanoseconds: UInt64 = 0
    private var lines: LineReader

    /// A line has about 6 KB, three histograms, and two more for each kind of request, each at most 100 KB in Base64. A
    /// file that is no recording must not fill the memory.
    package static let lineByteLimit = 16 << 20

    /// Opens the file and reads the header.
    ///
    /// - Parameters:
    ///   - path: `-`: standard input.
    ///   - name: as errors call it; nil: the path.
    package init(path: String, name: String? = nil) throws(RecordingError) {
        let name = name ?? path
        self.path = name == "-" ? "standard input" : name
        do throws(RecordingError.Cause) {
            var reader = try LineReader(path: path)
            header = try RecordingReader.readHeader(&reader)
            lines = reader
        } catch {
            throw RecordingError(path: self.path, line: error.isAboutFile ? nil : 1, cause: error)
        }
    }

    /// The next line; nil at the end.
    package mutating func next() throws(RecordingError) -> Line? { try nextLine()?.parsed() }

    /// The next line, not yet parsed; nil at the end. After that, a file that has grown has more.
    package mutating func nextLine() throws(RecordingError) -> RecordingLine? {
        do throws(RecordingError.Cause) {
            guard let line = try lines.next() else {
                isCutOff = !lines.rest.isEmpty
                return nil
            }
            lineNumber += 1
            let next = RecordingLine(path: path, number: lineNumber, bytes: line, after: lastNanoseconds)
            lastNanoseconds = max(lastNanoseconds, next.timeNanoseconds)
            return next
        } catch {
            throw RecordingError(path: path, line: error.isAboutFile ? nil : lineNumber + 1, cause: error)
        }
    }

    /// The line that the file ended within. nil: it ended with a whole one.
    package var cutOffLine: RecordingLine? {
        isCutOff ? RecordingLine(path: path, number: lineNumber + 1, cutOffAfter: lastNanoseconds) : nil
    }

    /// From here on `next` returns nil for a pipe that has nothing now; ask again later.
    package mutating func stopWaiting() { lines.waits = false }

    /// How much of the file has been read, 0 to 1; nil for a pipe.
    package var readShare: Double? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return nil }
        let place = lseek(descriptor, 0, SEEK_CUR)
        return place < 0 ? nil : min(1, Double(place) / Double(status.st_size))
    }

    /// To poll for more.
    package var descriptor: Int32 { lines.descriptor }

    /// The input is a pipe: a reader can wait for it, and it ends.
    package var isPipe: Bool { lines.isPipe }

    /// The pipe has no writer any more, and all is read. A file never ends: it may always grow.
    package var hasEnded: Bool { lines.hasEnded }

    private static func readHeader(_ lines: inout LineReader) throws(RecordingError.Cause) -> RecordingHeader {
        guard let first = try lines.next() else { throw lines.rest.isEmpty ? .empty : .noHeader }
        return try header(first)
    }

    /// The header that a first line is.
    static func header(_ line: [UInt8]) throws(RecordingError.Cause) -> RecordingHeader {
        let json = try parse(line)
        guard json["type"]?.string == "header" else { throw .noHeader }
        return try RecordingHeader(json: json)
    }

    fileprivate static func parse(_ line: [UInt8], skipping skipped: [String] = []) throws(RecordingError.Cause) -> JSON {
        do { return try JSON(parsing: line, skipping: skipped) } catch { throw .notJSON }
    }
}

extension RecordingReader.Line {
    init(_ bytes: [UInt8], withRows: Bool = true) throws(RecordingError.Cause) {
        try self.init(json: RecordingReader.parse(bytes, skipping: withRows ? [] : Sample.rowNames), withRows: withRows)
    }

    /// A line that is parsed already, as from the pipe of a worker process.
    ///
    /// - Parameter withRows: see `RecordingLine.parsed`.
    package init(json: JSON, withRows: Bool = true) throws(RecordingError.Cause) {
        switch json["type"]?.string {
        case "sample": self = .sample(try Sample(json: json, withRows: withRows))
        case "event": self = .event(try Event(json: json))
        case "summary": self = .summary(json)
        case "header": throw .secondHeader
        case let type?: self = .other(type: type)
        case nil: throw .missing("type")
        }
    }
}

extension RecordingError.Cause {
    /// Of the file as a whole, not of one of its lines.
    var isAboutFile: Bool {
        switch self {
        case .system, .empty, .busy, .damagedGzip, .failedBefore: true
        case .notJSON, .noHeader, .missing, .histogram, .futureVersion, .lineTooLong, .cutOff, .secondHeader: false
        }
    }
}
