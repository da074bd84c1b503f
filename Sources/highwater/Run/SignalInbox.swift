internal import Files
internal import Glibc
internal import Synchronization
internal import Terminal

/// The signals that concern a run, as something to poll.
///
/// The handler only writes the signal's number into a pipe, which the main thread reads. A second signal that asks for
/// the end ends the process at once, in the middle of anything; only the terminal is given back. What the parent process
/// has told us to ignore, as nohup does, stays ignored. There is one inbox at a time: signals belong to the process.
final class SignalInbox {
    /// Becomes readable with a signal.
    let descriptor: Int32
    private let writingEnd: Int32

    /// The signals that ask for the end.
    static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// - Parameter others: further signals to deliver here; a second of these ends nothing.
    init(others: [Int32] = []) throws(RunError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw RunError("pipe: \(SystemError.last)") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        writingEnd = ends[1]
        pipeDescriptor.store(ends[1], ordering: .relaxed)

        // A peer or a pipe that has gone, and a file that may not grow, are errors of write, not deaths.
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGXFSZ, SIG_IGN)
        SignalInbox.unblock(SignalInbox.endings + others)
        for number in SignalInbox.endings where number == SIGTERM || !SignalInbox.isIgnored(number) {
            SignalInbox.handle(number) { receiveEnding($0) }
        }
        for number in others { SignalInbox.handle(number) { deliver($0) } }
    }

    deinit {
        pipeDescriptor.store(-1, ordering: .relaxed)
        close(descriptor)
        close(writingEnd)
    }

    /// The oldest signal that came; nil when there is none.
    func next() -> Int32? {
        var number: UInt8 = 0
        return unsafe read(descriptor, &number, 1) == 1 ? Int32(number) : nil
    }

    /// Does something that may block, such as asking for a name: the first signal that asks for the end ends the
    /// process meanwhile, since there is nothing yet to end in order.
    static func endingAtOnce<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        endingCount.add(1, ordering: .relaxed)
        defer { endingCount.subtract(1, ordering: .relaxed) }
        return try body()
    }

    /// Does something while a signal has the effect it has in a program that never heard of it.
    static func withDefaultAction(of number: Int32, _ body: () -> Void) {
        var standard = sigaction(), ours = sigaction()
        unsafe sigaction(number, &standard, &ours)
        defer { unsafe sigaction(number, &ours, nil) }
        body()
    }

    /// The parent process may have had them blocked, and a child inherits that.
    private static func unblock(_ numbers: [Int32]) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        // SIG_IGN and SIG_DFL are numbers in the place of a function.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    private static func handle(_ number: Int32, _ handler: @convention(c) (Int32) -> Void) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        unsafe sigaction(number, &action, nil)
    }
}

// A signal handler has no other place to look.
private let pipeDescriptor = Atomic<Int32>(-1)
private let endingCount = Atomic<Int>(0)

private func receiveEnding(_ number: Int32) {
    if endingCount.add(1, ordering: .relaxed).oldValue > 0 {
        Terminal.giveBackFromHandler()
        _exit(128 + number)
    }
    deliver(number)
}

private func deliver(_ number: Int32) {
    var byte = UInt8(truncatingIfNeeded: number)
    let saved = errno
    // A full pipe holds thousands of signals that are still to be read: one more adds nothing.
    _ = unsafe write(pipeDescriptor.load(ordering: .relaxed), &byte, 1)
    errno = saved
}
