import Foundation
import Testing

extension ProgramTests {
    @Suite("The command line", .enabled(if: Program.exists)) struct CommandLineTests {
        /// All commands, as the program lists them.
        private static let commands: [String] = {
            guard let help = try? Program.run("--help").output, let list = help.firstRange(of: "SUBCOMMANDS:\n") else { return [] }
            return help[list.upperBound...].split(separator: "\n").compactMap { line in
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
            guard let mandoc = RecordingTools.mandoc else { return }
            let folder = try ScratchFolder()
            try page.output.write(toFile: folder("highwater.1"), atomically: false, encoding: .utf8)
            let check = try ChildProcess(mandoc, ["-Tlint", "-Wwarning", folder("highwater.1")]).end(withinSeconds: 20)
            #expect(check.code == 0 && check.output.isEmpty, "\(check.output)\(check.errors)")
            let shown = try ChildProcess(mandoc, ["-Tascii", folder("highwater.1")]).end(withinSeconds: 20)
            #expect(shown.output.contains("highwater record -c 50 -m 4 -q 20k -d 5s -o run.ndjson"))
        }
    }
}
