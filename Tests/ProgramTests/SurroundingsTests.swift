import Foundation
import Glibc
import Testing

extension ProgramTests {
    @Suite("What a shell hands over")
    struct SurroundingsTests {
        /// The program under a shell that does something first: closes a stream, ignores a signal.
        private func program(_ prelude: String, _ arguments: String...) throws -> ChildProcess {
            try ChildProcess("/bin/sh", ["-c", "\(prelude)\nexec \"$0\" \"$@\"", Program.path] + arguments)
        }

        @Test("closed streams are no one's: the run goes to its end", arguments: ["exec <&- 2>&-", "exec <&-", "exec 2>&-"])
        func closedInput(prelude: String) throws {
            let result = try program(prelude, "record", "-n", "50", "-c", "2").end(withinSeconds: 20)
            #expect(result.code == 0 && result.output.contains("all 50 requests succeeded"), "\(result)")
        }

        @Test("a summary that has no place to go is an error", arguments: ["exec <&- >&-", "exec >&- 2>&-", "exec >&-"])
        func closedOutput(prelude: String) throws {
            let result = try program(prelude, "record", "-n", "50", "-c", "2").end(withinSeconds: 20)
            #expect(result.code == 1, "\(result)")
            #expect(prelude.contains("2>") || result.errors.contains("cannot write the summary"), "\(result.errors)")
        }

        @Test("signals that were ignored when it began stay ignored", arguments: [("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT)])
        func ignored(name: String, number: Int32) throws {
            let child = try program("trap '' \(name)", "record", "-d", "1500ms", "--interval", "100ms", "-q", "100", "-c", "2")
            #expect(child.wait(seconds: 10) { child.errors.contains("req/s") ? true : nil } == true)
            child.signal(number)
            let result = child.end(withinSeconds: 20)
            #expect(result.code == 0 && result.output.contains(/each,\s+1\.5\ds/), "\(result)")
        }

        @Test("lines of progress have the same two times, for few answers and for many", arguments: ["20", "4000"])
        func times(rate: String) throws {
            let result = try Program.run("record", "-d", "600ms", "--interval", "200ms", "-q", rate, "-c", "2")
            let lines = result.errors.split(separator: "\n").filter { $0.contains("req/s") }
            #expect(lines.count >= 2 && lines.allSatisfy { $0.contains(/req\/s  p90 +[^ ]+  max +[^ ]+  \d+ conn/) }, "\(result.errors)")
        }

        @Test("^C ends it while a name is being resolved", .enabled(if: Tool.cc.exists))
        func resolving() throws {
            let directory = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let library = directory.appending(path: "slow_resolver.so").path
            let build = try Tool.cc.run(
                "-O2", "-shared", "-fPIC", "-o", library, Program.root.appending(path: "Tests/Fixtures/slow_resolver.c").path)
            #expect(build.code == 0, "\(build.errors)")
            let child = try ChildProcess(
                Program.path, ["load", "http://server.example/", "-n", "1"], environment: ["LD_PRELOAD": library])
            #expect(child.wait(seconds: 10) { child.errors.contains("asked") ? true : nil } == true)
            child.signal(SIGINT)
            let result = child.end(withinSeconds: 5)
            #expect(result.code == 128 + SIGINT && !result.isOverdue, "\(result)")
        }

        @Test("in the background of a shell it leaves the terminal's line alone")
        func background() throws {
            // A job of an interactive shell has a process group of its own, which is not the terminal's.
            let terminal = try TerminalProcess(
                ["record", "-d", "1s", "--interval", "100ms", "-q", "100", "-c", "2"],
                through: ["/bin/bash", "-c", "set -m\n\"$0\" \"$@\" &\nwait $!; echo the end"])
            #expect(terminal.wait(for: "the end", seconds: 20))
            let text = String(decoding: terminal.output, as: UTF8.self)
            #expect(text.contains("0 failed") && !text.contains("\u{1b}[K") && !text.contains("req/s  p99"), "\(text)")
        }
    }
}
