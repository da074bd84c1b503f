import Foundation
import Testing

extension ProgramTests {
    @Suite("highwater --plain", .enabled(if: Program.exists)) struct PlainRuns {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        /// What no reader of the screen can follow: movements of the cursor, colours, lines written over.
        private func isPlain(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" } }

        @Test("tells the run in sentences on standard output, and the summary after it")
        func run() throws {
            let result = try Program.run("dashboard", "--plain-every", "1s", "-c", "2", "-q", "200", "-d", "3s")
            #expect(result.code == 0 && isPlain(result.output) && isPlain(result.errors), "\(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.contains("The number of failed requests is 0.") && lines.contains { $0.hasPrefix("The request rate is ") })
            #expect(lines.contains { $0.hasPrefix("Event at ") } && lines.contains { $0.hasPrefix("rate ") })
        }

        @Test("leaves standard output to a recording that goes there")
        func recording() throws {
            let result = try Program.run("serve", "--plain-every", "1s", "--listen", "0", "-d", "2500ms", "-o", "-")
            #expect(result.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{") }, "\(result.output)")
            #expect(result.errors.contains("\nAfter "), "\(result.errors)")
        }

        @Test("tells all figures when Enter is pressed, and draws nothing", .enabled(if: TmuxScreen.path != nil))
        func enter() throws {
            let screen = try TmuxScreen(["--plain-every", "1h", "-c", "2", "-q", "200"])
            try screen.wait(for: "Event at")
            try screen.press("Enter")
            try screen.wait(for: "The number of open connections is 2.", "The request rate is")
            #expect(!screen.text.contains("╭"))
            try screen.signal(SIGINT)
            _ = try screen.end()
            #expect(screen.isGivenBack)
        }

        @Test("tells a recording without a terminal, to its end")
        func replay() throws {
            let file = try folder.record()
            let result = try Program.run("replay", file, "--plain", "--speed", "100")
            #expect(result.code == 0 && isPlain(result.output), "\(result.errors)")
            #expect(result.output.contains("The number of failed requests is 0.") && result.output.hasSuffix("The recording ends.\n"), "\(result.output)")
        }
    }
}
