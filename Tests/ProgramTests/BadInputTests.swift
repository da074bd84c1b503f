import Foundation
import Testing

extension ProgramTests {
    @Suite("What makes no sense", .enabled(if: Program.exists)) struct BadInputTests {
        @Test(
            "is said in words, with exit code 2, before anything runs",
            arguments: [
                (["--frobnicate"], "frobnicate"),
                (["record", "--conections", "5"], "connections"),
                (["record", "-c", "0"], "0"),
                (["record", "-c", "5x"], "5x"),
                (["record", "-m", "-1"], "-1"),
                (["record", "-n", "0"], "0"),
                (["record", "-d", "5x"], "5x"),
                (["record", "-q", "nan"], "nan"),
                (["serve", "--listen", "127.0.0.1:99999"], "99999"),
                (["serve", "--listen", "nonsense:x"], "nonsense"),
                (["serve", "--loops", "0"], "0"),
                (["record", "--write-policy", "borrow"], "lease, copy, reset-early"),
                (["load", "ftp://127.0.0.1/"], "ftp"),
                (["load"], "there is no target"),
                (["nonsense"], "nonsense"),
            ])
        func usage(arguments: [String], fact: String) throws {
            let result = try ChildProcess(Program.path, arguments).end(withinSeconds: 10)
            #expect(!result.isOverdue)
            #expect(result.code == 2, "\(result)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(fact), "\(result.errors)")
        }

        @Test("is said with the flag, the value, and what would be right", arguments: [
            (["-q", "5x"], "--rate: \"5x\" is not a number; write 500, 20k or 1.5M"),
            (["--connections=64001"], "--connections: \"64001\" is too large; write 1 to 64k"),
            (["--retry-budget", "1001%"], "--retry-budget: \"1001%\" is too large; write 0% to 1000%"),
            (["--cache-scope", "lop"], "--cache-scope: \"lop\" is not one of client, shared, off, loop, unguarded; did you mean loop?"),
            (["--phase", "1s"], "--phase: \"1s\" is not a phase; write 30s:500, 10s:500..20k, climb=1m:1k..5k,steps=5, 10s:closed or 5s:pause"),
            (["--data-file", "/nonexistent"], "--data-file: /nonexistent: No such file or directory"),
            (["--h1", "--h2"], "--h1, --h2 and --h2c exclude each other"), (["--cert", "a.pem"], "--cert and --key go together"),
            (["--half-close", "--tls"], "--half-close is not available with TLS, which has close_notify"),
        ])
        func words(arguments: [String], words: String) throws {
            let result = try ChildProcess(Program.path, ["record"] + arguments).end(withinSeconds: 10)
            #expect(result.code == 2 && result.errors.split(separator: "\n").first == "Error: \(words)", "\(result.errors)")
        }

        @Test("an option that the command does not have is named before anything else, with the nearest one", arguments: [
            ("load http://127.0.0.1:1/ --duraton 5s", "--duraton", "--duration"), ("load --duraton 5s nonsense:", "--duraton", "--duration"),
            ("record --conections x -c 0", "--conections", "--connections"), ("serve --lops=2 extra", "--lops", "--loops"),
            ("--themee dark", "--themee", "--theme"), ("run quick --strct", "--strct", "--strict"), ("watch --lisen 80", "--lisen", "--listen"),
            ("compare a --markdwn", "--markdwn", "--markdown"), ("export a --histogrm x", "--histogrm", "--histogram"),
            ("report --titel x", "--titel", "--title"), ("merge --folow", "--folow", "--follow"), ("replay --spead 2", "--spead", "--speed"),
            ("jobs --machins", "--machins", ""), ("metrics --jsn", "--jsn", ""),
        ])
        func unknownOption(line: String, option: String, nearest: String) throws {
            let result = try ChildProcess(Program.path, line.split(separator: " ").map(String.init)).end(withinSeconds: 10)
            let first = result.errors.split(separator: "\n").first.map(String.init) ?? ""
            #expect(result.code == 2 && first.hasPrefix("Error: Unknown option '\(option)'"), "\(result.errors)")
            if !nearest.isEmpty { #expect(first.hasSuffix("Did you mean '\(nearest)'?"), "\(first)") }
            #expect(result.errors.contains("  See 'highwater "), "\(result.errors)")
        }

        @Test("a value that begins with a dash is no option", arguments: [
            ("load nonsense: --header --x", "\"--x\" has no colon"), ("record -m -1", "-1"), ("watch --lisn", "--lisn"), ("watch -- ./server --lisn", "./server"),
        ])
        func dashes(line: String, fact: String) throws {
            let result = try ChildProcess(Program.path, line.split(separator: " ").map(String.init)).end(withinSeconds: 10)
            #expect(result.code != 0 && result.errors.contains(fact), "\(result.errors)")
            if fact != "--lisn" { #expect(!result.errors.contains("Unknown option"), "\(result.errors)") }
        }

        @Test("a port in use is named, with exit code 1, whatever it is for and however many loops share it", arguments: [
            "--listen 127.0.0.1:PORT", "--listen 127.0.0.1:PORT --loops 2", "--listen 127.0.0.1:0 --tls-listen 127.0.0.1:PORT --loops 2",
            "--listen 127.0.0.1:0 --metrics 127.0.0.1:PORT",
        ])
        func portInUse(arguments: String) throws {
            for loops in ["1", "2"] {
                let server = try RunningServer("--loops", loops, "--tls", "--tls-listen", "127.0.0.1:0")
                for port in [server.port, try #require(server.securePort)] {
                    let words = arguments.replacing("PORT", with: "\(port)").split(separator: " ").map(String.init)
                    let result = try ChildProcess(Program.path, ["serve"] + words).end(withinSeconds: 10)
                    #expect(result.code == 1, "\(result)")
                    #expect(result.errors.contains("\(port)"))
                    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
                }
                _ = try server.stop()
            }
        }

        @Test("a recording that cannot be written is named, with exit code 1", arguments: ["/nonexistent/run.ndjson", "/", "/dev/full"])
        func unwritable(path: String) throws {
            let result = try Program.run("record", "-n", "100", "-o", path, within: 20)
            #expect(result.code == 1, "\(result)")
            #expect(result.errors.contains(path), "\(result.errors)")
        }

        @Test("what cannot be printed is no success", arguments: [
            "run quick --check", "run quick --dry-run", "scenarios", "metrics", "themes", "man", "--help", "--version",
        ])
        func fullOutput(arguments: String) throws {
            let result = try ChildProcess("/bin/sh", ["-c", "exec \"$0\" \(arguments) > /dev/full", Program.path]).end(withinSeconds: 20)
            #expect(result.code == 1, "\(result)")
        }

        @Test("a scenario is not recorded over itself")
        func scenarioAsRecording() throws {
            let folder = try ScratchFolder()
            let text = "version: 1\nphases: [{ duration: 1s, load: closed }]\n"
            try text.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("s.yaml"), "-o", folder("s.yaml"))
            #expect(result.code == 2 && result.errors.contains("that is the scenario itself"), "\(result)")
            #expect(try String(contentsOfFile: folder("s.yaml"), encoding: .utf8) == text)
        }

        @Test("a server that is not there is named, with exit code 1")
        func nobodyThere() throws {
            let server = try RunningServer()
            let url = server.url("/")
            _ = try server.stop()
            let result = try Program.run("load", url, "-n", "10", within: 20)
            #expect(result.code == 1, "\(result)")
            #expect(result.errors.contains("\(server.port)"), "\(result.errors)")
        }
    }
}
