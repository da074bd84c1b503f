/// How a run came to its end.
package enum Outcome: Sendable, Equatable {
    /// As planned: all requests were done, the time was over, or the user ended it.
    case ended
    /// The worker process died of a fault: "SIGSEGV", "SIGABRT".
    case crashed(signal: String)
    /// The kernel or another process killed the worker process: "SIGKILL".
    case killed(signal: String)
    /// The worker process exited by itself, in the middle of a run.
    case exited(code: Int)
    /// The worker process no longer answered, and was killed.
    case hung

    /// The run lost the process that it ran in.
    package var isDeath: Bool { self != .ended }

    /// "the server was killed by SIGKILL"
    package func sentence(of subject: String) -> String {
        if case .killed = self { "\(subject) was \(text)" } else { "\(subject) \(text)" }
    }

    /// For people, and in a summary.
    package var text: String {
        switch self {
        case .ended: "ended"
        case .crashed(let signal): "crashed by \(signal)"
        case .killed(let signal): "killed by \(signal)"
        case .exited(let code): "exited with code \(code)"
        case .hung: "hung"
        }
    }
}
