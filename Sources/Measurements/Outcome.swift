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

    /// What such an end of a server says of it, and what to do; nil where its words say enough.
    package var explanation: String? {
        switch self {
        case .killed(signal: "SIGPIPE"), .crashed(signal: "SIGPIPE"):
            "it wrote to a connection that its client had closed; SIGPIPE ends a program that neither ignores nor handles it: "
                + "call signal(SIGPIPE, SIG_IGN) at its start, or send with MSG_NOSIGNAL. The kernel leaves no stack of it: "
                + "'gdb -p PID' stops at the write, after 'continue', and 'backtrace' shows it"
        case .killed(signal: "SIGKILL"):
            "another program killed it, or the kernel did since memory ran out: 'journalctl -k' or 'dmesg' tells"
        case .crashed(signal: "SIGABRT"):
            "it ended itself with abort(): a failed assertion, an exception without a handler, or a heap that malloc found damaged; "
                + "what it wrote last says which"
        case .ended, .crashed, .killed, .exited, .hung: nil
        }
    }

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
