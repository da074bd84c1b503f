internal import Glibc

/// SIGTTOU, by which the kernel stops a process that changes a terminal of another process group.
///
/// A process that was stopped so does the same call again when it is continued, and is stopped again: SIGTERM would
/// not end it. While the signal is blocked, the call does its work.
enum BackgroundStop {
    /// Does something to the terminal that does not stop this process. For handlers of signals too.
    static func blocked(_ body: () -> Void) {
        var stop = sigset_t(), before = sigset_t()
        unsafe sigemptyset(&stop)
        unsafe sigaddset(&stop, SIGTTOU)
        unsafe pthread_sigmask(SIG_BLOCK, &stop, &before)
        body()
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
