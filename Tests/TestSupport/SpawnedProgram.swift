import Glibc

/// Another program, with its input ours and its output in a file. Ended with the object.
///
/// `posix_spawn` instead of Foundation's `Process`, which keeps a little memory for good: the leak
/// checker would report it.
package final class SpawnedProgram {
    private let pid: pid_t
    private var input: Int32
    private var status: Int32?

    /// The environment as it is at first. A test that sets a variable moves `environ` while others start programs.
    private nonisolated(unsafe) static let environment: [UnsafeMutablePointer<CChar>?] = {
        var texts: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let text = next.pointee {
            texts.append(strdup(text))
            next += 1
        }
        return texts + [nil]
    }()

    /// - Parameter output: the file for what it says; it must not exist.
    package init(_ path: String, _ arguments: [String], output: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", number: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A worker thread of Swift's has signals blocked, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // Speaking to a program that has left is an error, not the end of the tests.
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, path, &actions, &attributes, words, SpawnedProgram.environment)
        close(ends[0])
        guard error == 0 else {
            close(ends[1])
            throw SystemError(call: "posix_spawn \(path)", number: error)
        }
        self.pid = pid
        input = ends[1]
    }

    deinit { _ = finish(withinSeconds: 0) }

    /// Says something to its input.
    package func say(_ text: String) { _ = write(input, text, text.utf8.count) }

    /// Sends a signal, unless it has been waited for.
    package func signal(_ number: Int32) { if status == nil { kill(pid, number) } }

    /// Ends its input, waits, and ends it when it does not end by itself. - Returns: its exit code, or -1.
    package func finish(withinSeconds seconds: Double) -> Int32 {
        if input >= 0 { close(input) }
        input = -1
        if let status { return status }
        var raw: Int32 = 0
        var result: Int32 = -1
        if holds(within: seconds, { waitpid(pid, &raw, WNOHANG) == pid }) {
            if raw & 0x7F == 0 { result = raw >> 8 & 0xFF }
        } else {
            kill(pid, SIGKILL)
            waitpid(pid, &raw, 0)
        }
        status = result
        return result
    }
}
