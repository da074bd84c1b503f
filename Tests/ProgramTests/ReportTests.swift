import Foundation
import Testing

extension ProgramTests {
    @Suite("highwater report", .enabled(if: Program.exists)) struct Reports {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        @Test("writes one page beside the recording, to a file, or to standard output")
        func places() throws {
            let recording = try folder.record()
            #expect(try Program.run("report", recording).code == 0)
            #expect(folder.names == ["run.html", "run.ndjson"])
            let printed = try Program.run("report", recording, "-o", "-")
            #expect(printed.code == 0 && printed.errors.isEmpty, "\(printed.errors)")
            #expect(try String(contentsOfFile: folder("run.html"), encoding: .utf8) == printed.output)
            let broken = try Program.run("report", folder("none"))
            #expect(broken.code == 1 && broken.errors.contains("No such file"))
            #expect(folder.names == ["run.html", "run.ndjson"])
        }

        /// What the browser made of a page: its document after loading, and its console.
        private func open(_ page: String, _ options: String...) throws -> (document: String, console: [String]) {
            let result = try ChildProcess(
                try #require(RecordingTools.chromium),
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder("profile"))", "--enable-logging=stderr",
                    "--virtual-time-budget=2000", "--dump-dom",
                ] + options + ["file://\(page)"]
            ).end(withinSeconds: 60)
            #expect(result.code == 0 && !result.isOverdue, "\(result.errors)")
            return (result.output, result.errors.split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") })
        }

        @Test("opens in a browser without a word on its console, and wants nothing from the network", .enabled(if: RecordingTools.chromium != nil))
        func browser() throws {
            let recording = try folder.record()
            #expect(try Program.run("report", recording).code == 0)
            // The page's own policy would report on the console whatever it kept from loading.
            let (document, console) = try open(folder("run.html"))
            #expect(console.isEmpty, "\(console)")
            #expect(document.contains("Throughput") && document.contains("</figure>"))
            #expect(!document.contains("<script") && !document.contains(" src=") && !document.contains("<link"))
        }

        @Test("shows a hostile recording as words", .enabled(if: RecordingTools.chromium != nil))
        func hostile() throws {
            let evil = #"</title></style><script>document.title='owned'</script><img src=x onerror=alert(1)>"#
            let lines = try String(contentsOfFile: try folder.record(), encoding: .utf8).split(separator: "\n").map(String.init)
            let header = lines[0].replacing("\"command\":[", with: "\"command\":[\"\(evil)\",")
            let event = "{\"type\":\"event\",\"time\":0.1,\"level\":\"error\",\"source\":\"x\",\"text\":\"\(evil)\"}"
            try ([header, event] + lines[1...]).joined(separator: "\n").appending("\n")
                .write(toFile: folder("evil"), atomically: false, encoding: .utf8)
            #expect(try Program.run("report", folder("evil"), "--title", evil).code == 0)
            let (document, console) = try open(folder("evil.html"))
            #expect(console.isEmpty, "\(console)")
            #expect(!document.contains("<script") && !document.contains("<img") && !document.contains("<title>owned"))
            #expect(document.contains("&lt;script&gt;document.title"))
        }
    }
}
