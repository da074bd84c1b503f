internal import Load

/// A line from a worker process that is neither sample nor event. Its type in the recording is `worker`,
/// which readers of recordings skip.
enum WorkerLine: Codable, Equatable, Sendable {
    /// Everything is bound and resolved.
    case ready(RunAddresses, LoadState)
    /// Time 0 on the monotonic clock, which all processes share.
    case started(nanoseconds: UInt64)
    /// The load from now on, with so many of the parent's changes made or refused.
    case load(LoadState, changeCount: Int)
    /// As `News.loadEnded`.
    case loadEnded
    /// The last line: all threads have been joined.
    case ended(failures: [String], connectFailure: String?)
    /// Why it could not run. The last line, too.
    case failed(reason: String)

    /// Of the lines of a recording.
    static let type = "worker"
    /// The member that has the line.
    static let member = "says"
}
