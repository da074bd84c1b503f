internal import Glibc

/// The names of signals that end processes.
package enum SignalName {
    private static let faults: [Int32: String] = [
        SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
        SIGSYS: "SIGSYS",
    ]
    private static let others: [Int32: String] = [
        SIGKILL: "SIGKILL", SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGHUP: "SIGHUP", SIGQUIT: "SIGQUIT", SIGPIPE: "SIGPIPE",
        SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGALRM: "SIGALRM", SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2",
    ]

    /// The process did something that it must not; no other process killed it.
    static func isFault(_ signal: Int32) -> Bool { faults[signal] != nil }

    /// "SIGINT".
    package static func text(_ signal: Int32) -> String { faults[signal] ?? others[signal] ?? "signal \(signal)" }
}
