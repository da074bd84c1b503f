import Foundation
import Glibc
import TestSupport

/// A process of ours, with its output in files, that does not outlive the test: not its end,
/// and not its death either, since the kernel kills it with the thread that made it.
///
/// `posix_spawn` and files instead of Foundation's `Process` and pipes: nothing to drain, no
/// run loop, and a pid that is ours to end.
final class ChildProcess {
    let pid: pid_t
    private let directory: URL
    private var status: Int32?

    /// What is left when a process has ended.
    struct Result {
        /// The exit code, or 128 + n after signal n, as a shell says it.
        let code: Int32
        let outputBytes: [UInt8]
        let errors: String
        /// It had to be ended because its time was over.
        let isOverdue: Bool

        var output: String { String(decoding: outputBytes, as: UTF8.self) }

        /// Its words on one line, wherever the lines of the output end.
        var flowedOutput: String { output.split { $0.isWhitespace }.joined(separator: " ") }
    }

    /// - Parameter environment: added to our own.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        DescriptorLimit.raise()

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, directory.appending(path: "out").path, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, directory.appending(path: "err").path, flags, 0o600)

        // Nothing else of ours is its business: a lock that it kept would outlive us.
        // (The call for all at once is not in every Glibc module; closing what is not open is no error.)
        for descriptor in 3..<Int32(256) { posix_spawn_file_actions_addclose(&actions, descriptor) }

        // A worker thread of Swift's has signals blocked, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // A shell's job in the background has these ignored, and a child would inherit that too.
        var asked = sigset_t()
        sigemptyset(&asked)
        for number in [SIGINT, SIGQUIT, SIGHUP] { sigaddset(&asked, number) }
        posix_spawnattr_setsigdefault(&attributes, &asked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // No parent-death signal: it comes when the thread that spawned ends, and Swift's worker threads do.
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            .map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, path, &actions, &attributes, words, variables)
        guard error == 0 else { throw SystemError(call: "posix_spawn \(path)", number: error) }
        self.pid = pid
    }

    deinit {
        if !hasEnded {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        try? FileManager.default.removeItem(at: directory)
    }

    var output: String { text("out") }
    var errors: String { text("err") }

    var hasEnded: Bool {
        if status != nil { return true }
        var raw: Int32 = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return false }
        status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
        return true
    }

    func signal(_ number: Int32) {
        if !hasEnded { kill(pid, number) }
    }

    /// Waits until `condition` gives something, the process has ended, or the time is over.
    func wait<Value>(seconds: Double, for condition: () -> Value?) -> Value? {
        var value: Value?
        _ = holds(within: seconds, pauseMilliseconds: 5) {
            let isLast = hasEnded
            value = condition()
            return value != nil || isLast
        }
        return value
    }

    /// Waits for the end, and makes it when it does not come in time.
    func end(withinSeconds seconds: Double) -> Result {
        _ = wait(seconds: seconds) { hasEnded ? true : nil }
        let isOverdue = !hasEnded
        if isOverdue {
            kill(pid, SIGKILL)
            _ = wait(seconds: 10) { hasEnded ? true : nil }
        }
        return Result(code: status ?? -1, outputBytes: bytes("out"), errors: errors, isOverdue: isOverdue)
    }

    private func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

    private func bytes(_ name: String) -> [UInt8] {
        (try? Data(contentsOf: directory.appending(path: name))).map { Array($0) } ?? []
    }
}

/// Thousands of connections need more descriptors than the usual soft limit of 1024.
enum DescriptorLimit {
    static func raise() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Descriptors that a child of ours may open.
    static var now: Int {
        raise()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}
