import Foundation
import Glibc
import TestSupport

/// The program on a pseudo terminal that we hold the other end of: for what tmux is too slow or too kind for.
final class TerminalProcess {
    let pid: pid_t
    private var leader: Int32
    private var status: Int32?
    private(set) var output: [UInt8] = []

    /// - Parameters:
    ///   - through: a program, with its arguments, that runs this one.
    ///   - folder: where it works; nil for here.
    init(
        _ arguments: [String] = [], width: Int = 160, height: Int = 48, environment: [String: String] = [:],
        through: [String] = [], folder: String? = nil
    ) throws {
        leader = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        // grantpt and unlockpt are not imported; these are what they do on Linux.
        var unlocked: Int32 = 0, number: Int32 = 0
        guard leader >= 0, ioctl(leader, 0x4004_5431, &unlocked) == 0, ioctl(leader, 0x8004_5430, &number) == 0 else {
            throw SystemError(call: "/dev/ptmx", number: errno)
        }
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(leader, UInt(TIOCSWINSZ), &size)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a new session opens is its own.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/pts/\(number)", O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A worker thread of Swift's has signals blocked, and a child would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // A shell's job in the background has these ignored, and a child would inherit that too.
        var asked = sigset_t()
        sigemptyset(&asked)
        for number in [SIGINT, SIGQUIT, SIGHUP] { sigaddset(&asked, number) }
        posix_spawnattr_setsigdefault(&attributes, &asked)
        // POSIX_SPAWN_SETSID is not imported.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | 0x80)

        // The shell goes there and becomes the program.
        let shell = through + (folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? [])
        let words = (shell + [Program.path] + arguments).map { strdup($0) } + [nil]
        let variables = ProcessInfo.processInfo.environment
            .merging(["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]) { $1 }.merging(environment) { $1 }
            .map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, shell.first ?? Program.path, &actions, &attributes, words, variables)
        guard error == 0 else { throw SystemError(call: "posix_spawn", number: error) }
        self.pid = pid
    }

    deinit {
        if end(seconds: 0) == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        if leader >= 0 { close(leader) }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(leader, bytes, bytes.count)
    }

    /// Reads what the program writes until it has written these words; false when the time is over first.
    func wait(for words: String, seconds: Double = 10) -> Bool {
        let words = Array(words.utf8)
        // What was looked at already is not looked at again.
        var start = 0
        func isThere() -> Bool {
            defer { start = max(start, output.count - words.count + 1) }
            return output[start...].firstRange(of: words) != nil
        }
        let deadline = monotonicSeconds() + seconds
        while !isThere() {
            let left = deadline - monotonicSeconds()
            var wait = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&wait, 1, Int32(left * 1_000) + 1) > 0, readMore() else { return false }
        }
        return true
    }

    /// Takes what the program has written meanwhile. - Returns: false when there was nothing.
    @discardableResult
    func readMore() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var isSome = false
        while leader >= 0, case let count = read(leader, &bytes, bytes.count), count > 0 {
            output += bytes.prefix(count)
            isSome = true
        }
        return isSome
    }

    /// Takes the terminal away, as a lost connection does.
    func hangUp() {
        close(leader)
        leader = -1
    }

    /// Waits for the end: the exit code, or 128 + n after signal n; nil when the time is over first.
    func end(seconds: Double) -> Int32? {
        if status == nil {
            _ = holds(within: seconds) {
                // A full terminal would keep it from ending.
                readMore()
                var raw: Int32 = 0
                guard waitpid(pid, &raw, WNOHANG) == pid else { return false }
                status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
                return true
            }
        }
        // What it wrote last is still in the terminal.
        if status != nil { readMore() }
        return status
    }
}
