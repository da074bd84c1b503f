import Foundation
import Testing

extension ProgramTests {
    @Suite("The command line", .enabled(if: Program.exists)) struct CommandLineTests {
        /// All commands, as the program lists them.
        private static let commands: [String] = {
            guard let help = try? Program.run("--help").output else { return [] }
            return help.split(separator: "\n").compactMap { line in
                line.firstMatch(of: /^  ([a-z]+)(?: \(default\))?(?:  |$)/).map { String($0.1) }
            }
        }()

        @Test("explains every command within 80 columns, with examples")
        func help() throws {
            #expect(Self.commands.count >= 11 && Self.commands.contains("dashboard"), "\(Self.commands)")
            for command in Self.commands {
                let result = try Program.run(command, "--help")
                #expect(result.code == 0 && result.output.contains("Examples:\n"), "\(command)")
                for line in result.output.split(separator: "\n") { #expect(line.count <= 80, "\(command): \(line)") }
            }
            for line in try Program.run("--help").output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }

        @Test("has its commands in groups, those for the reader's own server first")
        func groups() throws {
            let help = try Program.run("--help").output
            let titles = help.matches(of: /(?:^|\n)([A-Z ]+):\n/).map { String($0.1) }
            #expect(titles == ["OPTIONS", "YOUR SERVER", "A SERVER OF OUR OWN", "RECORDINGS", "REFERENCE"])
            let group = try #require(help.firstMatch(of: /YOUR SERVER:\n((?:  .*\n)+)/)).1
            for command in ["load", "watch", "run"] { #expect(group.contains("\n  \(command) ") || group.hasPrefix("  \(command) "), "\(command)") }
        }

        @Test("begins each command's help with two examples or more, none of them broken by the screen's width")
        func examples() throws {
            for command in Self.commands {
                let help = try Program.run(command, "--help").output
                let examples = try #require(help.firstMatch(of: /^OVERVIEW: [^\n]+(?:\n[^\n]+)?\n\nExamples:\n((?:  .+\n)+)/), "\(command): \(help.prefix(300))").1
                let lines = examples.split(separator: "\n")
                #expect(lines.count >= 2 || command == "man", "\(command)")
                for line in lines {
                    #expect(line.hasPrefix("  highwater") || line.hasPrefix("    ") || line.hasPrefix("  ssh "), "\(command): \(line)")
                }
            }
        }

        @Test("has the options of every day first, and those of the screen last", arguments: [
            ("load", ["ARGUMENTS", "LOAD", "REQUESTS", "CHECKS", "HTTP AND TLS", "OUTPUT", "SEVERAL MACHINES", "SCREEN, WITH --LIVE", "OPTIONS"]),
            ("run", ["ARGUMENTS", "RUN", "OUTPUT", "SEVERAL MACHINES", "SCREEN, WITH --LIVE", "OPTIONS"]),
            ("record", ["TARGET", "LOAD", "REQUESTS", "CHECKS", "OUTPUT", "SERVER", "SEVERAL MACHINES", "OPTIONS"]),
        ])
        func order(command: String, titles: [String]) throws {
            let help = try Program.run(command, "--help").output
            let all = help.matches(of: /\n([A-Z][A-Z, -]+):\n/).map { String($0.1) }
            #expect(all.filter(titles.contains) == titles, "\(all)")
        }

        @Test("shows commands that are not for people neither in the help nor in the manual")
        func hidden() throws {
            #expect(!Self.commands.contains("worker"))
            #expect(!(try Program.run("man").output.contains("worker")))
            #expect(try Program.run("workr").errors.firstRange(of: "highwater worker") == nil)
        }

        @Test("guesses what a misspelt command was meant to be, exit 2", arguments: [
            ("recrod", "record"), ("serv", "serve"), ("replya", "replay"), ("dashbord", "dashboard"), ("completion", "completions"),
        ])
        func misspelt(word: String, command: String) throws {
            let result = try Program.run(word, "--json")
            #expect(result.code == 2 && result.output.isEmpty)
            #expect(result.errors.contains("there is no command '\(word)'; did you mean 'highwater \(command)'?"), "\(result.errors)")
            #expect(!(try Program.run("zzzzzzzz").errors.contains("did you mean")))
        }

        @Test("shows the usage of the command that a mistake was made with, exit 2", arguments: [
            ["record", "--writ-policy", "lease"], ["run", "zzzzzzzz"], ["replay", "zzzzzzzz"], ["compare", "a"],
            ["record", "--connect-to", "127.0.0.1:1"],
        ])
        func usage(arguments: [String]) throws {
            let result = try ChildProcess(Program.path, arguments).end(withinSeconds: 30)
            #expect(result.code == 2 && result.output.isEmpty)
            #expect(result.errors.contains("Usage: highwater \(arguments[0]) "), "\(result.errors)")
            #expect(result.errors.contains("See 'highwater \(arguments[0]) --help'"), "\(result.errors)")
        }

        @Test("means the same whether or not the argument parser has to read it", arguments: [
            ["-c", "2", "-m", "3", "-n", "12", "-q", "1k", "--timeout", "5s", "--connect-timeout", "1s", "--reconnect", "2 requests", "--window", "64KiB"],
            ["--h1", "-X", "HEAD", "-H", "accept: */*", "-H", "x-a: b=c", "-k", "-n", "3", "--drain", "2s", "--interval", "200ms"],
            ["--h2c", "-z", "100ms", "--retries", "2", "--retry-budget", "10%", "--catch-up", "skip", "--cache-scope", "loop", "--resolve-all"],
        ])
        func spelling(arguments: [String]) throws {
            let server = try RunningServer()
            let folder = try ScratchFolder()
            // Only the argument parser reads what stands behind "=".
            let plans = try [["--threads", "1"], ["--threads=1"]].map { threads in
                let file = folder("\(threads.count).ndjson")
                let result = try ChildProcess(Program.path, ["load", server.url("/health")] + arguments + threads + ["-o", file]).end(withinSeconds: 30)
                #expect(result.code == 0, "\(result.errors)")
                let head = try #require(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first)
                let header = try #require(try JSONSerialization.jsonObject(with: Data(head.utf8)) as? [String: Any])
                return try #require(header["plan"] as? NSDictionary)
            }
            #expect(plans[0] == plans[1])
            _ = try server.stop()
        }

        @Test("tells a mistake in the same words whether or not the argument parser has to read the rest", arguments: [
            ["-n", "0"], ["-n", "1", "-n", "2"], ["--h1", "--h2c"], ["--drain"], ["--nonsense", "1"], ["--json", "--markdown"], ["--linger", "1s"], ["-q", "-5"],
        ])
        func mistakes(arguments: [String]) throws {
            let results = try [["--threads", "1"], ["--threads=1"]].map { threads in
                try ChildProcess(Program.path, ["load", "http://127.0.0.1:1/"] + threads + arguments).end(withinSeconds: 30)
            }
            #expect(results[0].code == results[1].code && results[0].code != 0)
            #expect(results[0].errors == results[1].errors && !results[0].errors.isEmpty)
        }

        @Test("tells its version, and those of the libraries that are linked")
        func version() throws {
            let result = try Program.run("--version")
            #expect(result.code == 0)
            #expect(result.output.wholeMatch(
                of: /highwater \d+\.\d+\.\d+\nwith libuv 1\.[\d.]+, nghttp2 [\d.]+, OpenSSL 3[\d.]+, zlib [\d.]+, ncurses [\d.]+\n/) != nil, "\(result.output)")
        }

        @Test("has the version and the day of the newest entry of Debian's changelog")
        func changelog() throws {
            let file = try String(contentsOf: Program.root.appending(path: "Sources/Packaging/debian/changelog"), encoding: .utf8)
            let head = try #require(file.firstMatch(of: /^highwater \((.+?)\)/)).1
            let foot = try #require(file.firstMatch(of: /\n -- .*  (.+)\n/)).1
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.dateFormat = "EEE, d MMM yyyy HH:mm:ss Z"
            let day = try #require(formatter.date(from: String(foot))).formatted(.iso8601.year().month().day())

            let result = try Program.run("--version", "--json")
            #expect(result.code == 0)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [String: Any])
            #expect(json["version"] as? String == String(head))
            #expect(json["date"] as? String == day)
            let libraries = try #require(json["libraries"] as? [String: String])
            #expect(Set(libraries.keys) == ["libuv", "nghttp2", "OpenSSL", "zlib", "ncurses"] && !libraries.values.contains(""))
            #expect(try Program.run("--version").output.hasPrefix("highwater \(head)\n"))
            #expect(try Program.run("man").output.hasPrefix(".TH HIGHWATER 1 \"\(day)\" \"highwater \(head)\""))
        }

        @Test("has a manual page with every command, which mandoc finds nothing wrong with")
        func manual() throws {
            let page = try Program.run("man")
            #expect(page.code == 0)
            for command in Self.commands { #expect(page.output.contains("\n.SS \(command)\n"), "\(command)") }
            for option in ["\\-\\-connections", "\\-\\-metrics", "\\-\\-fail\\-on", "\\-\\-listen"] { #expect(page.output.contains(option), "\(option)") }
            #expect(!page.output.contains("worker PID") && !page.output.contains("highwater worker"), "the program's own command")
            guard let mandoc = RecordingTools.mandoc else { return }
            let folder = try ScratchFolder()
            try page.output.write(toFile: folder("highwater.1"), atomically: false, encoding: .utf8)
            let check = try ChildProcess(mandoc, ["-Tlint", "-Wwarning", folder("highwater.1")]).end(withinSeconds: 20)
            #expect(check.code == 0 && check.output.isEmpty, "\(check.output)\(check.errors)")
            let shown = try ChildProcess(mandoc, ["-Tascii", folder("highwater.1")]).end(withinSeconds: 20)
            #expect(shown.output.contains("highwater record -c 50 -m 4 -q 20k -d 5s -o run.ndjson"))
        }

        @Test("has a manual within it: a list of the pages, and each as it lies in the catalogue")
        func pages() throws {
            let folder = Program.root.appending(path: "Sources/highwater/Manual.docc")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") && $0 != "highwater.md" }
            let list = try Program.run("manual")
            #expect(list.code == 0 && list.output.split(separator: "\n").count == files.count + 1, "\(list.output)")
            for file in files {
                let name = String(file.dropLast(3))
                #expect(list.output.contains("\n\(name) ") || list.output.hasPrefix("\(name) "), "\(name)")
                let shown = try Program.run("manual", name)
                #expect(try shown.output == String(contentsOf: folder.appending(path: file), encoding: .utf8), "\(name)")
            }
            let unknown = try Program.run("manual", "test-your-servr")
            #expect(unknown.code == 2 && unknown.errors.contains("there is no page 'test-your-servr'; did you mean 'test-your-server'?"), "\(unknown.errors)")
        }

        @Test("shows a page with the reader's pager on a terminal, within its width and without the marks of Markdown", arguments: ["cat", "less", "/nonexistent/pager"])
        func pager(program: String) throws {
            let terminal = try TerminalProcess(["manual", "limits"], width: 90, height: 400, environment: ["PAGER": program, "LESS": "RX"])
            #expect(terminal.wait(for: "ulimit -n"))
            if program == "less" { terminal.type("q") }
            #expect(terminal.end(seconds: 10) == 0)
            let lines = String(decoding: terminal.output, as: UTF8.self).split(separator: "\r\n")
            #expect(lines.contains { $0.contains("\u{1b}[1mLimits\u{1b}") }, "\(lines.prefix(5))")
            for line in lines where program == "cat" { #expect(line.count <= 90 + 8 && !line.hasPrefix("|") && !line.contains("](") , "\(line)") }
        }

        @Test("has a page with every key of a scenario, which is what it prints")
        func reference() throws {
            let page = try String(contentsOf: Program.root.appending(path: "Sources/highwater/Manual.docc/scenario-reference.md"), encoding: .utf8)
            #expect(try Program.run("scenarios", "reference").output == page)
        }
    }
}
