import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// `timeout` makes a process group of its own, as a shell's `&` does.
    @Suite("A terminal that belongs to another process group", .enabled(if: Program.exists && FileManager.default.isExecutableFile(atPath: "/bin/bash"))) struct BackgroundTerminalTests {
        private static let bash = "/bin/bash"
        private static let words = "the terminal belongs to another process group"
        private static let alternateScreen = "\u{1B}[?1049h"

        private func inBackground(_ arguments: [String]) throws -> (code: Int32?, text: String) {
            let program = try TerminalProcess(arguments, through: [Self.bash, "-c", "timeout 60 \"$0\" \"$@\"; exit $?"])
            return (program.end(seconds: 40), String(decoding: program.output, as: UTF8.self))
        }

        @Test(
            "is not drawn on: a run says why and goes on in plain lines",
            arguments: [["-d", "1s"], ["load", "--live", "http://127.0.0.1:9/", "-n", "1", "--connect-timeout", "100ms"]])
        func plainLines(arguments: [String]) throws {
            let (code, text) = try inBackground(arguments)
            #expect(code == (arguments.count == 2 ? 0 : 1), "\(text)")
            #expect(text.contains(Self.words) && text.contains("timeout --foreground") && !text.contains(Self.alternateScreen), "\(text)")
        }

        @Test("is not drawn on by a replay, which ends with the reason")
        func replay() throws {
            let folder = try ScratchFolder()
            #expect(try Program.run("record", "-d", "300ms", "-o", folder("run.ndjson")).code == 0)
            let (code, text) = try inBackground(["replay", folder("run.ndjson")])
            #expect(code == 1 && text.contains(Self.words) && !text.contains(Self.alternateScreen), "\(text)")
        }

        @Test("has the pages of the manual printed, without a pager")
        func manual() throws {
            let (code, text) = try inBackground(["manual", "watch-your-server"])
            #expect(code == 0 && text.contains("--send-buffer"), "\(text)")
        }

        @Test("is left alone by a dashboard that a shell continues in the background, and SIGTERM ends it")
        func continuedInBackground() throws {
            let script = "set -m; \"$0\" \"$@\"; bg; kill %1; wait %1; exit $?"
            let program = try TerminalProcess(["-d", "60s"], through: [Self.bash, "-c", script])
            #expect(program.wait(for: "throughput", seconds: 30))
            program.type("\u{1A}")
            #expect(program.end(seconds: 30) == 128 + SIGTERM, "\(String(decoding: program.output.suffix(2_000), as: UTF8.self))")
        }
    }
}
