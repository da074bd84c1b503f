import Foundation
import Testing

extension ProgramTests {
    /// The shells themselves are asked: each reads the script, gets a line that is not finished, and completes it.
    @Suite("A shell completes", .enabled(if: Program.exists)) struct Completions {
        /// A line, and the one word that its last word can become.
        private static let questions: [(line: String, word: String)] = [
            ("highwater ru", "run"),
            ("highwater help compa", "compare"),
            ("highwater run qui", "quick"),
            ("highwater run mine", "mine.yaml"),
            ("highwater replay ru", "run.ndjson"),
            ("highwater report other.ndjson -o ru", "run.ndjson"),
            ("highwater --glyp", "--glyphs"),
            ("highwater -c 4 --theme emb", "ember"),
            ("highwater -c 4 --color au", "auto"),
            ("highwater serve --write-policy co", "copy"),
            ("highwater load --cache-scope=sh", "--cache-scope=shared"),
            ("highwater compare a b --fail-on client.response_time.p5", "client.response_time.p50"),
            ("highwater run x.yaml --set client.streams", "client.streams="),
            ("highwater export run.ndjson --to op", "openmetrics"),
            ("highwater export run.ndjson --to hgrm --histogram client.ser", "client.service_time"),
            ("highwater manual watch-y", "watch-your-server"),
            ("highwater scenarios show ov", "over-the-limit"),
            ("highwater themes sh", "show"),
            ("highwater jobs slurm -n 2 -- load --body", "--body-check"),
            ("highwater watch -- ru", "run.ndjson"),
        ]

        /// A folder with a scenario and a recording, and the program in a folder of its own.
        private static func scratch() throws -> ScratchFolder {
            let folder = try ScratchFolder()
            try FileManager.default.createDirectory(atPath: folder("bin"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: folder("bin/highwater"), withDestinationPath: Program.path)
            for name in ["mine.yaml", "run.ndjson"] { try Data().write(to: URL(fileURLWithPath: folder(name))) }
            return folder
        }

        /// Types each line and the tab key, and has the shell print the words that the line then has.
        ///
        /// - Parameter closingQuote: what the shell leaves to us.
        private func ask(_ shell: String, _ start: String, _ setup: String, closingQuote: String) throws {
            let folder = try Self.scratch()
            let terminal = try TerminalProcess(
                environment: ["HOME": folder("."), "PATH": folder("bin") + ":/usr/bin:/bin", "HISTFILE": "/dev/null"],
                through: ["/usr/bin/env", shell, "-c", "cd \(folder(".")) && exec \(start)"])
            terminal.type("\(setup); PS1='REA''DY> '\n")
            #expect(terminal.wait(for: "READY> ", seconds: 20), "\(String(decoding: terminal.output, as: UTF8.self))")
            for (line, word) in Self.questions {
                // To the line's begin, and back to its end.
                terminal.type("\(line)\t\u{1}printf '[%s]' \u{5}\n")
                let words = line.split(separator: " ").dropLast().map { "[\($0)]" }.joined() + "[\(word)]"
                #expect(terminal.wait(for: words, seconds: 20), "\(line): \(String(decoding: terminal.output.suffix(400), as: UTF8.self))")
            }
            // Within quotes, behind the name of a phase.
            terminal.type("highwater compare a b --fail-on 'steady: client.response_time.p5\t\(closingQuote)\u{1}printf '[%s]' \u{5}\n")
            #expect(terminal.wait(for: "[--fail-on][steady: client.response_time.p50", seconds: 20), "\(String(decoding: terminal.output.suffix(400), as: UTF8.self))")
            terminal.type("exit\n")
            #expect(terminal.end(seconds: 20) == 0)
        }

        private static func has(_ shell: String) -> Bool {
            ["/bin/\(shell)", "/usr/bin/\(shell)"].contains { FileManager.default.isExecutableFile(atPath: $0) }
        }

        @Test("in bash", .enabled(if: has("bash"), "bash is not on this machine"))
        func bash() throws {
            try ask("bash", "bash --norc --noprofile -i", "source <(highwater completions bash)", closingQuote: "")
        }

        @Test("in zsh", .enabled(if: has("zsh"), "zsh is not on this machine"))
        func zsh() throws {
            try ask("zsh", "zsh -f -i", "autoload -U compinit; compinit -u -D; source <(highwater completions zsh)", closingQuote: "'")
        }

        @Test("in fish", .enabled(if: has("fish"), "fish is not on this machine"))
        func fish() throws {
            let folder = try Self.scratch()
            let lines = Self.questions.map(\.line) + ["highwater compare a b --fail-on 'steady: client.response_time.p5"]
            let words = Self.questions.map(\.word) + ["steady: client.response_time.p50"]
            let asked = lines.map { "echo '?'; complete -C\"\($0)\"" }.joined(separator: "\n")
            let script = "source (highwater completions fish | psub)\n\(asked)\n"
            try script.write(toFile: folder("ask.fish"), atomically: false, encoding: .utf8)
            let result = try ChildProcess(
                "/usr/bin/env", ["HOME=\(folder("."))", "PATH=\(folder("bin")):/usr/bin:/bin", "/bin/sh", "-c", "cd \"$0\" && exec fish ask.fish", folder(".")]
            ).end(withinSeconds: 60)
            #expect(result.code == 0, "\(result.errors)")
            let answers = result.output.split(separator: "?\n", omittingEmptySubsequences: false).dropFirst()
            #expect(answers.count == words.count)
            for ((answer, line), word) in zip(zip(answers, lines), words) {
                let candidates = answer.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false)[0] }
                #expect(candidates == [Substring(word)], "\(line)")
            }
        }

        @Test("only if the program knows the shell: exit 2")
        func usage() throws {
            let result = try Program.run("completions", "tcsh")
            #expect(result.code == 2 && result.errors.contains("bash"))
        }
    }
}
