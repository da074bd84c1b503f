import Foundation
import Testing

extension ProgramTests {
    @Suite("highwater replay", .enabled(if: Program.exists)) struct Replays {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        @Test("without a terminal says so, and exits 2")
        func noTerminal() throws {
            let result = try Program.run("replay", try folder.record())
            #expect(result.code == 2 && result.errors.contains("replay needs a terminal"), "\(result.errors)")
        }

        @Test("draws the recording to its end, goes back, and gives the terminal back", .enabled(if: TmuxScreen.path != nil))
        func drawing() throws {
            // Slow enough that a look falls within it.
            let screen = try TmuxScreen(["replay", try folder.record(), "--speed", "0.5"])
            try screen.wait(for: "END", "replay 0.500x")
            try screen.press("(")
            try screen.wait(for: "REPLAY")
            try screen.press("<")
            try screen.wait(for: "replay 0.250x")
            try screen.press(")")
            try screen.wait(for: "END")
            try screen.press("q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
        }

        @Test("takes a recording from a pipe and its keys from the terminal", .enabled(if: TmuxScreen.path != nil))
        func pipe() throws {
            let screen = try TmuxScreen(["replay", "-"], script: "(cat '\(try folder.record())'; sleep 1) | \"$@\"")
            try screen.wait(for: "REPLAY", "replay 1.00x")
            try screen.wait(for: "END")
            try screen.press("q")
            #expect(try screen.end() == 0)
        }

        @Test("plays what is whole of a broken recording, and names the line then and after the end", .enabled(if: TmuxScreen.path != nil))
        func broken() throws {
            let lines = try String(contentsOfFile: try folder.record(), encoding: .utf8).split(separator: "\n").map(String.init)
            try (lines[0] + "\n" + lines[1] + "\n{\"type\":\"sample\",\"time\":0.2,no\n")
                .write(toFile: folder("bad"), atomically: false, encoding: .utf8)
            let screen = try TmuxScreen(["replay", folder("bad")])
            try screen.wait(for: "line 3: this is not JSON", "END")
            try screen.press("q")
            #expect(try screen.end() == 1)
            #expect(screen.text.contains("bad: line 3: this is not JSON"))
            #expect(screen.isGivenBack)
        }

        @Test("has something to follow: record -o - writes nothing but the recording to standard output")
        func standardOutput() throws {
            let result = try Program.run("record", "-c", "2", "-d", "300ms", "--interval", "100ms", "-o", "-")
            #expect(result.code == 0)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count > 3)
            #expect(lines.allSatisfy { $0.hasPrefix("{\"type\":") && $0.hasSuffix("}") })
            #expect(result.errors.contains("requests succeeded"))
        }
    }
}
