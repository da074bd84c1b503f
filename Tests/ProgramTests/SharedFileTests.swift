import Foundation
import TestSupport
import Testing

extension ProgramTests {
    /// Files that two processes write, and files that hold what two runs wrote.
    @Suite("A recording's file", .enabled(if: Program.exists)) struct SharedFiles {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        @Test("is written by one run at a time: the second says so and exits 1, and the first's recording is whole")
        func lock() throws {
            let file = folder("run.ndjson")
            let first = try Program.start("record", "-c", "1", "-d", "60s", "--interval", "100ms", "-o", file)
            #expect(holds { (try? String(contentsOfFile: file, encoding: .utf8))?.contains("\"type\":\"sample\"") == true })
            for command in [["record", "-d", "1s"], ["load", "http://127.0.0.1:1/", "-d", "1s"], ["run", "quick", "--duration", "1s"]] {
                let second = try ChildProcess(Program.path, command + ["-o", file]).end(withinSeconds: 20)
                #expect(second.code == 1, "\(command): \(second.errors)")
                #expect(second.errors.contains("\(file): another run is writing this file; record to another one"), "\(second.errors)")
            }
            let other = try folder.record("other")
            let export = try Program.run("export", other, "--to", "csv", "-o", file)
            #expect(export.code == 1 && export.errors.contains("another process is writing this file"), "\(export.errors)")
            let merge = try Program.run("merge", other, "-o", file)
            #expect(merge.code == 1 && merge.errors.contains("another run is writing this file"), "\(merge.errors)")
            first.signal(SIGINT)
            let end = first.end(withinSeconds: 20)
            #expect(end.code == 130, "\(end.errors)")
            #expect(try Program.run("export", file, "--to", "csv", "-o", folder("csv")).code == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".tmp") }.isEmpty)
        }

        @Test("with two recordings in it is refused by every reader, with the line where the second begins")
        func twoRecordings() throws {
            let one = try String(contentsOfFile: folder.record("one"), encoding: .utf8), both = folder("both")
            try (one + one).write(toFile: both, atomically: true, encoding: .utf8)
            let line = one.split(separator: "\n").count + 1
            let words = "\(both): line \(line): a second recording begins here"
            for command in [["compare", folder("one"), both], ["export", both, "--to", "json"], ["report", both, "-o", "-"]] {
                let result = try ChildProcess(Program.path, command).end(withinSeconds: 20)
                #expect(result.code == 1 && result.errors.contains(words), "\(command): \(result.errors)")
            }
            let merged = try Program.run("merge", both, "-o", folder("merged"), "--strict")
            #expect(merged.code != 0 && (merged.errors + merged.output).contains("a second recording begins here"), "\(merged.errors)\(merged.output)")
        }

        @Test("has the scenario's name, and so have the summary, the page and the suite of JUnit")
        func names() throws {
            let scenario = folder("s.yaml"), file = folder("run.ndjson")
            try """
                version: 1
                name: Checkout, slow
                client: { connections: 2 }
                phases: [{ name: only, duration: 300ms, load: closed }]
                """.write(toFile: scenario, atomically: true, encoding: .utf8)
            let run = try Program.run("run", scenario, "-o", file)
            #expect(run.code == 0 && run.output.split(separator: "\n").contains { $0.hasPrefix("scenario ") && $0.hasSuffix(" Checkout, slow") }, "\(run.output)\(run.errors)")
            #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first?.contains("\"plan\":{\"name\":\"Checkout, slow\"") == true)
            #expect(try Program.run("export", file, "--to", "junit").output.contains("<testsuite name=\"Checkout, slow\""))
            #expect(try Program.run("report", file, "-o", "-").output.contains("scenario Checkout, slow"))
        }

        @Test("and a scenario cannot bring their names to command the terminal")
        func escapes() throws {
            let scenario = folder("s.yaml")
            try """
                version: 1
                name: "a\\e[31mb"
                client: { connections: 2 }
                phases: [{ name: "x\\ny", duration: 300ms, load: closed }]
                """.write(toFile: scenario, atomically: true, encoding: .utf8)
            let result = try Program.run("run", scenario, "--check")
            #expect(result.code == 2 && result.errors.contains("\"a?[31mb\" has control characters or line ends"), "\(result.errors)")
            #expect(result.errors.contains("\"x?y\" has control characters or line ends"), "\(result.errors)")
            // A foreign recording's phase, and the name of a file.
            let file = folder("\u{1B}]0;title\u{7}.ndjson")
            #expect(try Program.run("record", "-c", "2", "--phase", "only=400ms:closed", "--interval", "100ms", "-o", folder("run")).code == 0)
            let text = try String(contentsOfFile: folder("run"), encoding: .utf8)
            try text.replacing("\"phase\":\"only\"", with: "\"phase\":\"o\\u001b[2J\\nFAKE\"").write(toFile: file, atomically: true, encoding: .utf8)
            for command in [["compare", file, file, "--all"], ["compare", file, file, "--markdown"], ["export", file, "--to", "nothing"], ["merge", file]] {
                let result = try ChildProcess(Program.path, command).end(withinSeconds: 20)
                #expect(!(result.output + result.errors).contains { $0 == "\u{1B}" || $0 == "\u{7}" }, "\(command)")
                #expect(!(result.output + result.errors).split(separator: "\n").contains { $0.hasPrefix("FAKE") }, "\(command)")
            }
        }
    }
}
