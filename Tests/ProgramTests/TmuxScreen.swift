import Foundation
import TestSupport
import Testing

/// The program in a terminal of tmux, as its user sees it: text on a screen, keys, sizes.
///
/// A shell waits below the program, so that screen and tty can be looked at when it has ended.
final class TmuxScreen {
    private let socket = "highwater-\(UUID().uuidString)"
    private let directory: URL
    private let tmux: String

    static let path = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/bin/tmux"].first { FileManager.default.isExecutableFile(atPath: $0) }

    /// - Parameters:
    ///   - script: what the shell does with the program, which is "$@"; its end is announced after it.
    ///   - environment: NAME=value, for the program.
    init(
        _ arguments: [String] = [], width: Int = 160, height: Int = 48, environment: [String] = [], script: String = "\"$@\""
    ) throws {
        tmux = try #require(TmuxScreen.path)
        directory = FileManager.default.temporaryDirectory.appending(path: socket)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let program = ["env"] + environment + ["sh", "-c", "echo $$ > \(file("pid")); exec \"$@\"", "sh", Program.path] + arguments
        let shell = """
            stty -g > \(file("before")); \(script); status=$?; stty -g > \(file("after")); \
            printf '\\n[ended %s]\\n' $status; exec sleep 600
            """
        try call(["-f", "/dev/null", "new-session", "-d", "-s", "s", "-x", "\(width)", "-y", "\(height)", "sh", "-c", shell, "sh"] + program)
        try call(["set-option", "-g", "status", "off"])
        try resize(width, height)
    }

    deinit {
        _ = try? call(["kill-server"])
        try? FileManager.default.removeItem(at: directory)
    }

    /// The screen, a line a row.
    var text: String { (try? call(["capture-pane", "-p", "-t", "s"])) ?? "" }

    /// tmux's names of keys: "q", "C-c", "Space".
    func press(_ keys: String...) throws { try call(["send-keys", "-t", "s"] + keys) }

    func resize(_ width: Int, _ height: Int) throws {
        try call(["resize-window", "-t", "s", "-x", "\(width)", "-y", "\(height)"])
    }

    /// To the program, not to the shell below.
    func signal(_ number: Int32) throws { kill(try programID(), number) }

    /// The program's, not the shell's below.
    func programID() throws -> pid_t {
        try #require(pid_t(contents("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Looks at the screen until it gives something.
    func wait<Value>(seconds: Double = 10, for condition: (String) -> Value?) throws -> Value {
        var shown = "", value: Value?
        let isThere = holds(within: seconds, pauseMilliseconds: 20) {
            shown = text
            value = condition(shown)
            return value != nil
        }
        guard isThere, let value else { throw Overdue(screen: shown) }
        return value
    }

    func wait(for words: String..., seconds: Double = 10) throws {
        _ = try wait(seconds: seconds) { text in words.allSatisfy { text.contains($0) } ? true : nil }
    }

    /// Waits for the program's end: its exit code.
    func end(seconds: Double = 10) throws -> Int {
        try wait(seconds: seconds) { text in text.firstMatch(of: /\[ended (\d+)\]/).flatMap { Int($0.1) } }
    }

    /// The modes are what they were, the main screen is back, the cursor shows, and nobody listens to the mouse.
    var isGivenBack: Bool {
        let state = try? call(["display-message", "-p", "-t", "s", "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_cursor_flag}"])
        let before = contents("before")
        return state?.hasPrefix("0 1 0 0") == true && !before.isEmpty && before == contents("after")
    }

    var isAlternate: Bool { (try? call(["display-message", "-p", "-t", "s", "#{alternate_on}"]))?.hasPrefix("1") == true }

    struct Overdue: Error, CustomStringConvertible {
        let screen: String
        var description: String { "the time is over, and the screen shows:\n\(screen)" }
    }

    private func file(_ name: String) -> String { directory.appending(path: name).path }

    private func contents(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }

    @discardableResult
    private func call(_ arguments: [String]) throws -> String {
        let result = try ChildProcess(tmux, ["-L", socket] + arguments, environment: ["LC_ALL": "C.UTF-8"]).end(withinSeconds: 10)
        guard result.code == 0 else { throw Overdue(screen: "tmux \(arguments): \(result.errors)") }
        return result.output
    }
}
