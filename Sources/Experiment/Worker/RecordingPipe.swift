internal import Measurements
internal import Recording
internal import Synchronization

/// The pipe on which a worker's recording goes out, a line at a time: from the thread that takes
/// orders, and from a server's thread that has found evidence of a fault that may kill it a moment later.
final class RecordingPipe: Sendable {
    private let writer: Mutex<RecordingWriter>

    /// On standard output.
    ///
    /// - Parameter connectionLimit: rows of connections in a sample.
    init(connectionLimit: Int) throws(RecordingError) {
        var writer = try RecordingWriter(path: "-")
        writer.connectionLimit = connectionLimit
        self.writer = Mutex(writer)
    }

    func write(_ header: RecordingHeader) throws(RecordingError) {
        try writer.withLock { (writer) throws(RecordingError) in try writer.write(header) }
    }

    func write(_ sample: Sample) throws(RecordingError) {
        try writer.withLock { (writer) throws(RecordingError) in try writer.write(sample) }
    }

    func write(_ event: Event) throws(RecordingError) {
        try writer.withLock { (writer) throws(RecordingError) in try writer.write(event) }
    }

    func write(_ line: WorkerLine) throws(RecordingError) {
        let json: JSON
        do { json = try JSON(encoding: line) } catch { throw RecordingError(path: "standard output", cause: .notJSON) }
        try writer.withLock { (writer) throws(RecordingError) in
            try writer.write(type: WorkerLine.type, .object([.init(WorkerLine.member, json)]))
        }
    }
}
