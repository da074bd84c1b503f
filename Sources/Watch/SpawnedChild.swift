internal import CProcess
internal import Files
internal import Glibc

/// A child process in a process group of its own, so that keys of the terminal do not reach it.
/// Whoever makes it waits for it; one that is forgotten is killed.
final class SpawnedChild {
    let pid: pid_t
    private var end: WatchedEnd?

    /// POSIX_SPAWN_SETPGROUP, SETSIGDEF and SETSIGMASK; Glibc's module has not all of them.
    private static let flags: Int16 = 0x02 | 0x04 | 0x08

    /// - Parameters:
    ///   - environment: "NAME=value"
    ///   - output: its standard output, and its standard error too where `errors` is nil; nil: nowhere.
    init(_ path: String, _ arguments: [String], environment: [String], output: Int32?, errors: Int32? = nil) throws(WatchError) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (descriptor, standard) in [(output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
            if let descriptor {
                unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
            } else {
                unsafe posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_WRONLY, 0)
            }
        }
        // Whatever else is open here is no business of the child's.
        unsafe hw_close_in_child(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, SpawnedChild.flags)
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var names = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { for unsafe word in unsafe words + names { unsafe free(word) } }
        var child: pid_t = 0
        let code = unsafe posix_spawn(&child, path, &actions, &attributes, &words, &names)
        guard code == 0 else { throw WatchError("\(path) cannot be started: \(SystemError(number: code))") }
        pid = child
    }

    deinit {
        guard end == nil else { return }
        kill(pid, SIGKILL)
        _ = wait()
    }

    /// What this process was started with.
    static var ownEnvironment: [String] {
        var words: [String] = []
        var index = 0
        while let word = unsafe environ[index] {
            unsafe words.append(String(cString: word))
            index += 1
        }
        return words
    }

    /// How it ended; nil: it runs.
    func poll() -> WatchedEnd? {
        if end == nil { reap(WNOHANG) }
        return end
    }

    /// Waits for its end.
    func wait() -> WatchedEnd {
        while end == nil { reap(0) }
        return end ?? .exited(0)
    }

    private func reap(_ options: Int32) {
        var status: Int32 = 0
        let result = unsafe waitpid(pid, &status, options)
        if result == pid { end = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .crashed(signal: status & 0x7F) }
        // Reaped by a stranger: there is nothing to be learnt.
        if result < 0 && errno != EINTR { end = .exited(0) }
    }

    func send(_ signal: Int32) { if end == nil { kill(pid, signal) } }
}
