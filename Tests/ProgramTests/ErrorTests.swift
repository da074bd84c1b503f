import Foundation
import Testing

extension ProgramTests {
    /// Every kind of mistake, with the words that its user reads: `Tests/Fixtures/errors` is the table, to be read as a whole.
    ///
    /// A row is an exit code and a command line, and below it the first line of what the program says. The files that it names
    /// are those of `files`.
    @Suite("A mistake", .enabled(if: Program.exists)) struct ErrorTests {
        struct Row: CustomTestStringConvertible {
            var code: Int32
            var line: String
            var words: String
            var testDescription: String { line }
        }

        private static let rows: [Row] = {
            let table = (try? String(contentsOf: Program.root.appending(path: "Tests/Fixtures/errors"), encoding: .utf8)) ?? ""
            return table.matches(of: /(?:^|\n)(\d+)  (.*)\n    (.*)/).map { Row(code: Int32($0.1) ?? 0, line: String($0.2), words: String($0.3)) }
        }()

        /// A scenario, one with two mistakes, one that is not YAML, a file that is not a recording, and an empty one.
        private static let files = [
            "ok.yaml": "version: 1\nphases: [{ duration: 1s, rate: 5 }]\n",
            "bad.yaml": "version: 1\nclient: { conections: 4 }\nphases:\n  - { name: a, duration: 5, rate: 1 }\n",
            "broken.yaml": "not: [closed", "not.ndjson": "{\"type\":\"x\"}\n", "empty.ndjson": "",
        ]

        /// One folder for all rows, which only read it.
        private static let folder: Result<ScratchFolder, any Error> = Result {
            let folder = try ScratchFolder()
            for (name, text) in files { try text.write(toFile: folder(name), atomically: false, encoding: .utf8) }
            _ = try folder.record("run.ndjson")
            return folder
        }

        @Test("is told in the words of the table, with its exit code, and with nothing on standard output", arguments: rows)
        func words(row: Row) throws {
            let script = "cd \"$0\" && exec \"$1\" \(row.line)"
            let result = try ChildProcess("/bin/sh", ["-c", script, try Self.folder.get().path, Program.path]).end(withinSeconds: 60)
            // Without a terminal some commands say first that they have plain lines.
            let first = result.errors.split(separator: "\n").first { !$0.contains("is not a terminal: plain lines") }
            #expect(result.code == row.code)
            #expect(first.map(String.init) == row.words)
            #expect(result.output.isEmpty)
        }

        @Test("has a row, for every kind")
        func count() { #expect(Self.rows.count > 100) }

        @Test("says what was wrong and what would be right: no riddle, no shouting, no bare name of a type")
        func style() {
            for row in Self.rows {
                #expect(row.words.firstMatch(of: /!(?![=#])/) == nil, "\(row.words)")
                #expect(row.words.firstMatch(of: /\b(?:nobody|somebody|whoever|anew|none of the)\b/) == nil, "\(row.words)")
                #expect(row.words.firstMatch(of: /\b[a-z]+[A-Z]\w*\(/) == nil, "\(row.words)")
            }
        }
    }
}
