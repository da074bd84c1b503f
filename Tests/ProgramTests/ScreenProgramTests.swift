import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// How the dashboard looks and where it is drawn: themes, settings, colours, glyphs, mouse, exports.
    @Suite("The dashboard's looks", .enabled(if: Program.exists)) struct ScreenProgramTests {
        /// Folders of a user who has none of these files yet.
        private final class Home {
            let path = FileManager.default.temporaryDirectory.appending(path: "highwater-home-\(UUID().uuidString)").path
            init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
            deinit { try? FileManager.default.removeItem(atPath: path) }

            var environment: [String: String] {
                ["HOME": path, "XDG_CONFIG_HOME": path + "/config", "XDG_STATE_HOME": path + "/state", "COLORTERM": "truecolor", "NO_COLOR": ""]
            }

            func write(_ text: String, _ name: String) throws {
                let file = URL(fileURLWithPath: path + "/config/highwater/" + name)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
        }

        private let dark = "48;2;13;17;23", light = "48;2;247;249;251"

        private func text(_ process: TerminalProcess) -> String { String(decoding: process.output, as: UTF8.self) }

        @Test("the themes are within the program, wherever it is moved")
        func themes() throws {
            let home = try Home()
            let moved = home.path + "/moved"
            // By another process: a file that ours writes may be open in a child of another test, and cannot run then.
            #expect(try ChildProcess("/bin/cp", [Program.path, moved]).end(withinSeconds: 10).code == 0)
            let list = try ChildProcess(moved, ["themes"], environment: home.environment).end(withinSeconds: 10)
            let files = try FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: "Themes").path).filter { $0.hasSuffix(".theme") }
            #expect(list.code == 0 && list.output.split(separator: "\n").count == files.count && files.count >= 10)
            for file in files {
                let name = String(file.dropLast(6))
                #expect(list.output.split(separator: "\n").contains { $0.hasPrefix(name + " ") }, "\(name)")
            }
            let shown = try ChildProcess(moved, ["themes", "show", "ember"], environment: home.environment).end(withinSeconds: 10)
            #expect(shown.output == (try String(contentsOf: Program.root.appending(path: "Themes/ember.theme"), encoding: .utf8)))
            let missing = try ChildProcess(moved, ["themes", "show", "nosuch"], environment: home.environment).end(withinSeconds: 10)
            #expect(missing.code == 2 && missing.errors.contains("nosuch") && missing.errors.contains("ember"))
        }

        @Test("a user's own theme is listed, chosen by name or by path, and its mistakes are named with file and line")
        func ownTheme() throws {
            let home = try Home()
            try home.write("# Mine.\ntheme[main_bg]=\"#0A0B0C\"\ntheme[main_fg]=\"nonsense\"\n", "themes/mine.theme")
            let path = home.path + "/config/highwater/themes/mine.theme"
            let list = try ChildProcess(Program.path, ["themes"], environment: home.environment).end(withinSeconds: 10)
            #expect(list.output.contains(path))
            let shown = try ChildProcess(Program.path, ["themes", "show", "mine"], environment: home.environment).end(withinSeconds: 10)
            #expect(shown.output.contains("#0A0B0C") && shown.errors.contains("mine.theme:3: main_fg"))
            for theme in ["mine", path] {
                let process = try TerminalProcess(["--theme", theme], environment: home.environment)
                #expect(process.wait(for: "RUN") && process.wait(for: "mine.theme:3"))
                #expect(text(process).contains("48;2;10;11;12"))
                process.type("q")
                #expect(process.end(seconds: 10) == 0)
            }
            for theme in ["nosuch", home.path + "/none.theme", Program.path] {
                let process = try TerminalProcess(["--theme", theme], environment: home.environment)
                #expect(process.end(seconds: 10) == 2)
                #expect(!text(process).contains("\u{1B}") && text(process).contains("highwater: "))
            }
        }

        @Test("light or dark is what the terminal answers, at once or late, and no answer is dark", arguments: [
            ("ffff/ffff/ffff", false, true), ("ffff/ffff/ffff", true, true), ("1010/1010/1010", false, false), ("", false, false),
        ])
        func automatic(answer: String, isLate: Bool, isLight: Bool) throws {
            let home = try Home()
            let process = try TerminalProcess([], environment: home.environment)
            let reply = answer.isEmpty ? "" : "\u{1B}]11;rgb:\(answer)\u{1B}\\\u{1B}[?62;22c"
            if isLate {
                #expect(process.wait(for: "RUN") && text(process).contains(dark))
            } else {
                #expect(process.wait(for: "\u{1B}]11;?"))
            }
            process.type(reply)
            #expect(process.wait(for: isLight ? light : dark))
            #expect(process.wait(for: "RUN"))
            #expect(isLate || text(process).contains(isLight ? dark : light) == false)
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
        }

        @Test("a theme that is chosen by a key is there the next time; a flag and the settings come before it, and the settings are never written")
        func remembered() throws {
            let home = try Home()
            let first = try TerminalProcess([], environment: home.environment)
            #expect(first.wait(for: "RUN"))
            first.type("T")
            #expect(first.wait(for: "themes"))
            // auto, dark, light, terminal.
            first.type("jj")
            #expect(first.wait(for: light))
            first.type("\r")
            first.type("b")
            #expect(first.wait(for: "block"))
            first.type("q")
            #expect(first.end(seconds: 10) == 0)
            #expect(!FileManager.default.fileExists(atPath: home.path + "/config"))

            func opens(_ arguments: [String], with colour: String) throws {
                let process = try TerminalProcess(arguments, environment: home.environment)
                #expect(process.wait(for: colour) && process.wait(for: "RUN"))
                process.type("tq")
                #expect(process.end(seconds: 10) == 0)
            }
            try opens([], with: "48;2;")
            try opens(["--theme", "light"], with: light)
            let settings = "theme = ember # warm\n"
            try home.write(settings, "config")
            try opens([], with: "48;2;23;18;15")
            #expect(try String(contentsOfFile: home.path + "/config/highwater/config", encoding: .utf8) == settings)
            #expect(try String(contentsOfFile: home.path + "/state/highwater/screen", encoding: .utf8).contains("glyphs = block"))
        }

        @Test("settings bind keys; what is wrong in them is named with file, line and column, before the terminal is touched")
        func settings() throws {
            let home = try Home()
            try home.write("[keys]\nquit = x\nhelp = q\n", "config")
            let process = try TerminalProcess([], environment: home.environment)
            #expect(process.wait(for: "RUN"))
            process.type("q")
            #expect(process.wait(for: "everywhere"))
            process.type("x")
            #expect(process.end(seconds: 10) == 0)

            try home.write("mouse = off\n\n[keys]\nqiut = x\n", "config")
            let wrong = try TerminalProcess([], environment: home.environment)
            #expect(wrong.end(seconds: 10) == 2)
            #expect(text(wrong).contains("/config/highwater/config:4:1: no key does qiut; is it quit?") && !text(wrong).contains("\u{1B}"))
            // Without a screen nobody asks for them.
            let record = try ChildProcess(Program.path, ["record", "-d", "50ms"], environment: home.environment).end(withinSeconds: 20)
            #expect(record.code == 0)
        }

        @Test("the settings that are printed are read back without a word")
        func printed() throws {
            let home = try Home()
            let printed = try ChildProcess(Program.path, ["--print-config"], environment: home.environment).end(withinSeconds: 10)
            #expect(printed.code == 0 && printed.output.contains("zoom") && printed.output.split(separator: "\n").contains { $0.hasPrefix("# ") })
            try home.write(printed.output, "config")
            let process = try TerminalProcess([], environment: home.environment)
            #expect(process.wait(for: "RUN"))
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
        }

        @Test("colours: none where none are wanted, and as many as are asked for", arguments: [
            (["--color", "never"], [:], ""), ([], ["NO_COLOR": "1"], ""), (["--no-color"], [:], ""),
            (["--color", "always"], ["NO_COLOR": "1"], "38;2;"), (["--color", "256"], [:], "38;5;"), (["--color", "16"], [:], "9"),
            (["--color", "true"], ["COLORTERM": ""], "38;2;"), ([], ["COLORTERM": ""], "38;5;"),
        ])
        func colours(arguments: [String], environment: [String: String], sign: String) throws {
            let home = try Home()
            let process = try TerminalProcess(arguments, environment: home.environment.merging(environment) { $1 })
            #expect(process.wait(for: "RUN"))
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
            let parameters = text(process).matches(of: /\u{1B}\[([0-9;]*)m/).map { String($0.1) }
            let kinds = Set(parameters.flatMap { text -> [String] in
                if text.contains("38;2;") || text.contains("48;2;") { return ["38;2;"] }
                if text.contains("38;5;") || text.contains("48;5;") { return ["38;5;"] }
                return text.split(separator: ";").contains { $0.count >= 2 && "349".contains($0.first ?? " ") && $0 != "39" && $0 != "49" } ? ["9"] : []
            })
            // 256 colours write their first sixteen as the sixteen do.
            #expect(kinds.subtracting(sign == "38;5;" ? ["9"] : []) == (sign.isEmpty ? [] : [sign]), "\(kinds)")
        }

        @Test("a locale without UTF-8 gets ASCII, and --glyphs what it says", arguments: [
            (["LC_ALL": "C"], [], true), (["LC_ALL": "", "LANG": "en_GB.ISO-8859-1"], [], true), (["LC_ALL": "C.UTF-8"], ["--glyphs", "ascii"], true),
            (["LC_ALL": "C"], ["--glyphs", "block"], false),
        ])
        func glyphs(environment: [String: String], arguments: [String], isASCII: Bool) throws {
            let home = try Home()
            let process = try TerminalProcess(arguments, environment: home.environment.merging(environment) { $1 })
            #expect(process.wait(for: "RUN") && process.wait(for: "pend"))
            #expect(process.output.allSatisfy { $0 < 0x80 } == isASCII)
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
        }

        @Test("a click on quit quits, M lets go of the mouse, and the end does too")
        func mouse() throws {
            let home = try Home()
            let process = try TerminalProcess([], environment: home.environment)
            #expect(process.wait(for: "\u{1B}[?1006h") && process.wait(for: "RUN"))
            process.type("M")
            #expect(process.wait(for: "\u{1B}[?1006l") && process.wait(for: "selects text"))
            process.type("M")
            #expect(process.wait(for: "the mouse clicks"))
            let frame = text(process)
            #expect(frame.contains("quit"))
            // " ?  help " takes nine columns of the last line.
            process.type("\u{1B}[<0;12;48M\u{1B}[<0;12;48m")
            #expect(process.end(seconds: 10) == 0)
            #expect(text(process).ranges(of: "\u{1B}[?1006l").count == 2)

            try home.write("mouse = off", "config")
            let without = try TerminalProcess([], environment: home.environment)
            #expect(without.wait(for: "RUN"))
            without.type("q")
            #expect(without.end(seconds: 10) == 0 && !text(without).contains("?1006h"))
        }

        @Test("e writes screen and sample under new names each time, and says which")
        func export() throws {
            let home = try Home()
            let process = try TerminalProcess([], environment: home.environment, folder: home.path)
            #expect(process.wait(for: "RUN"))
            func files(_ suffix: String) throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: home.path).filter { $0.hasPrefix("highwater-") && $0.hasSuffix(suffix) }.sorted()
            }
            for count in 1...3 {
                process.type("e")
                let isWritten = try holds {
                    process.readMore()
                    return try files(".ansi").count == count && files(".json").count == count
                }
                #expect(isWritten)
            }
            #expect(process.wait(for: "wrote highwater-"))
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
            for name in try files(".ansi") {
                let screen = try String(contentsOfFile: home.path + "/" + name, encoding: .utf8)
                #expect(screen.contains("connections") && screen.contains("\u{1B}[0") && screen.split(separator: "\n").count == 48)
                let data = try Data(contentsOf: URL(fileURLWithPath: home.path + "/" + name.dropLast(5) + ".json"))
                let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                #expect(json["address"] != nil && json["paused"] as? Bool == false)
            }
        }

        @Test("where files cannot be written, e says so, and the run goes on")
        func noExport() throws {
            let home = try Home()
            let process = try TerminalProcess([], environment: home.environment, folder: "/proc")
            #expect(process.wait(for: "RUN"))
            process.type("e")
            #expect(process.wait(for: "cannot write"))
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
        }

        @Test("[ and ] change how often one samples, and the recording says so")
        func interval() throws {
            let home = try Home()
            let process = try TerminalProcess(["-q", "50", "-o", home.path + "/run"], environment: home.environment)
            #expect(process.wait(for: "RUN") && process.wait(for: "500ms"))
            process.type("[]]")
            let isSaid = try holds {
                process.readMore()
                return try String(contentsOfFile: home.path + "/run", encoding: .utf8).contains("every 1000 ms")
            }
            #expect(isSaid)
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
            let recording = try String(contentsOfFile: home.path + "/run", encoding: .utf8)
            for milliseconds in [200, 500, 1_000] { #expect(recording.contains("a sample every \(milliseconds) ms")) }
        }

        @Test("a fault of any kind gives the terminal back, and is what the exit says", arguments: [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV])
        func faults(signal: Int32) throws {
            let process = try TerminalProcess([], environment: try Home().environment)
            #expect(process.wait(for: "RUN"))
            kill(process.pid, signal)
            #expect(process.end(seconds: 10) == 128 + signal)
            let end = text(process).suffix(200)
            #expect(end.contains("\u{1B}[?1049l") && end.contains("\u{1B}[?25h") && end.contains("\u{1B}[?1000l"))
        }

        @Test("a terminal that nobody knows is drawn on as an xterm, and that is said")
        func unknownTerminal() throws {
            let process = try TerminalProcess([], environment: try Home().environment.merging(["TERM": "nonesuch-9000"]) { $1 })
            #expect(process.wait(for: "RUN") && process.wait(for: "not in terminfo"))
            process.type("q")
            #expect(process.end(seconds: 10) == 0)
        }

        @Test("standard input from /dev/null, or standard output to a file: plain lines, and no escape in them")
        func elsewhere() throws {
            let home = try Home()
            let process = try ChildProcess("/bin/sh", ["-c", "\"$0\" -q 200 -d 300ms --interval 100ms </dev/null >\(home.path)/out", Program.path], environment: home.environment)
            let result = process.end(withinSeconds: 20)
            let output = try String(contentsOfFile: home.path + "/out", encoding: .utf8)
            #expect(result.code == 0 && result.errors.contains("not a terminal") && output.contains("requests"))
            #expect(!output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
        }
    }
}
