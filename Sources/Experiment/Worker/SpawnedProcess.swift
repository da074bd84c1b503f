internal import CProcess
internal import Files
internal import Glibc

/// A child process with pipes on its three standard streams. Nothing else of ours is open in it
/// once it has closed the descriptors that are not close-on-exec; it belongs to a process group of its own, so that
/// keys of the terminal do not reach it.
///
/// Owns the pid until the child has been waited for, and the descriptors.
struct SpawnedProcess: ~Copyable {
    let pid: pid_t
    /// Its standard input. Writing does not wait.
    let input: Int32
    /// The reading end of its standard error. Reading does not wait.
    let errors: Int32
    private(set) var status: Int32?

    /// How it ended, as wait(2) has it.
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// POSIX_SPAWN_SETPGROUP, SETSIGDEF and SETSIGMASK; Glibc's module has not all of them.
    private static let flags: Int16 = 0x02 | 0x04 | 0x08

    /// - Parameter output: is given the end of the pipe that its standard output is, and owns it.
    init(_ path: String, _ arguments: [String], output: (Int32) -> Void) throws(ExperimentError) {
        let toChild = try SpawnedProcess.pipe(), fromChild = try SpawnedProcess.pipe(), errorPipe = try SpawnedProcess.pipe()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (end, standard) in [(toChild.read, STDIN_FILENO), (fromChild.write, STDOUT_FILENO), (errorPipe.write, STDERR_FILENO)] {
            unsafe posix_spawn_file_actions_adddup2(&actions, end, standard)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, SpawnedProcess.flags)

        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for unsafe word in unsafe words { unsafe free(word) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, path, &actions, &attributes, &words, environ)
        for end in [toChild.read, fromChild.write, errorPipe.write] { close(end) }
        guard code == 0 else {
            for end in [toChild.write, fromChild.read, errorPipe.read] { close(end) }
            throw ExperimentError("cannot start a worker process: \(SystemError(number: code))")
        }
        self.pid = pid
        input = toChild.write
        errors = errorPipe.read
        for end in [input, errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        output(fromChild.read)
    }

    deinit {
        close(input)
        close(errors)
        guard status == nil else { return }
        // Without us it has no one to give it orders.
        _ = Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
    }

    func kill() { if status == nil { _ = Glibc.kill(pid, SIGKILL) } }

    /// Waits for the end, which has begun: its pipes are closed. A process that closed them and
    /// stays is killed.
    mutating func wait() -> End {
        var waited = 0
        while status == nil {
            var raw: Int32 = 0
            let result = unsafe waitpid(pid, &raw, WNOHANG)
            if result == pid { status = raw }
            if result < 0 && errno != EINTR { status = 0 }
            guard status == nil else { break }
            waited += 1
            if waited == SpawnedProcess.patienceMilliseconds { kill() }
            usleep(1_000)
        }
        let raw = status ?? 0
        return raw & 0x7F == 0 ? .exited(raw >> 8 & 0xFF) : .signalled(raw & 0x7F)
    }

    /// A core file that is being written keeps the process, but closes its pipes after that.
    private static let patienceMilliseconds = 1_000

    private static func pipe() throws(ExperimentError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        let code = unsafe hw_pipe(&ends)
        guard code == 0 else { throw ExperimentError("pipe: \(SystemError(number: code))") }
        return (ends[0], ends[1])
    }
}
