import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("The dashboard", .enabled(if: Program.exists && TmuxScreen.path != nil)) struct DashboardProgramTests {
        /// Requests a second as the header of the throughput panel has them; nil before the first sample.
        private func rate(_ text: String) -> Double? {
            text.firstMatch(of: /([0-9][0-9 ]*(?:\.\d+)?[kM]?) req\/s/).flatMap { match in
                let word = match.1.replacing(" ", with: "")
                let scale = word.hasSuffix("k") ? 1e3 : word.hasSuffix("M") ? 1e6 : 1
                return Double(word.trimmingCharacters(in: .letters)).map { $0 * scale }
            }
        }

        private func running(_ arguments: String..., width: Int = 160, height: Int = 48) throws -> TmuxScreen {
            let screen = try TmuxScreen(arguments, width: width, height: height)
            _ = try screen.wait { text in rate(text).map { $0 > 100 } == true ? true : nil }
            return screen
        }

        @Test("shows the four panels at work, and q gives the terminal back and prints the summary")
        func panels() throws {
            let screen = try running()
            try screen.wait(for: "connections", "pending writes", "arena", "cache", "● RUN", "load open 2000/s", "32 × 8 streams")
            _ = try screen.wait { text in rate(text).map { (1_600...2_400).contains($0) } == true ? true : nil }
            _ = try screen.wait { text in text.contains(/99\.\d%|100%/) ? true : nil }
            #expect(screen.isAlternate)
            try screen.press("q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
            #expect(screen.text.contains("requests"), "\(screen.text)")
        }

        @Test("+ raises an open load within a second, - lowers it, 0 stops it and starts it again", .measuring)
        func openLoad() throws {
            let screen = try running("-q", "1k")
            for (key, load, range) in [("+", "open 1500/s", 1_350.0...1_700), ("-", "open 1000/s", 850...1_150), ("-", "open 700/s", 550...800)] {
                try screen.press(key)
                try screen.wait(for: load, seconds: 1)
                _ = try screen.wait(seconds: 1.6) { text in rate(text).map(range.contains) == true ? true : nil }
            }
            try screen.press("0")
            try screen.wait(for: "load off", seconds: 1)
            _ = try screen.wait(seconds: 2) { text in rate(text).map { $0 < 1 } == true ? true : nil }
            try screen.press("0")
            try screen.wait(for: "open 700/s", seconds: 1)
            _ = try screen.wait(seconds: 2) { text in rate(text).map { (550...800).contains($0) } == true ? true : nil }
            try screen.press("q")
            #expect(try screen.end() == 0)
        }

        @Test("+ adds connections to a closed load")
        func closedLoad() throws {
            let screen = try running("--closed", "-c", "2", "-m", "1", "--path", "/delay/0.01")
            try screen.wait(for: "load closed", "2 × 1 streams")
            let before = try screen.wait { rate($0) }
            try screen.press("+", "+")
            try screen.wait(for: "5 × 1 streams", seconds: 1)
            _ = try screen.wait(seconds: 2) { text in rate(text).map { $0 > before * 1.5 } == true ? true : nil }
            try screen.press("q")
            #expect(try screen.end() == 0)
        }

        @Test("D brings a slow reader, whose bytes wait and whose coming is an event")
        func slowReader() throws {
            let screen = try running("-q", "500", "-c", "2", "--path", "/health")
            #expect(screen.text.contains("Σ 2 open"), "\(screen.text)")
            try screen.press("D")
            try screen.wait(for: "a slow reader, for 10 s", "Σ 3 open", seconds: 3)
            // Its row is the first: it has the most bytes pending, and waits.
            _ = try screen.wait(seconds: 3) { text in text.contains(/\s(?:W|waiting) +(?:h1|h2)? *\d+ .*\d\dK/) ? true : nil }
            try screen.press("q")
            #expect(try screen.end(seconds: 5) == 0)
        }

        @Test("survives a storm of sizes, down to 40x10 and below, and comes back whole")
        func sizes() throws {
            let screen = try running()
            for step in 0..<30 { try screen.resize(160 - step * 5, 48 - step) }
            for (width, height) in [(40, 10), (10, 3), (1, 1), (200, 60), (40, 10)] { try screen.resize(width, height) }
            _ = try screen.wait { text in text.split(separator: "\n").contains { $0.contains("req") || $0.contains("/s") } ? true : nil }
            #expect(screen.text.split(separator: "\n").allSatisfy { $0.count <= 40 })
            try screen.resize(160, 48)
            try screen.wait(for: "connections", "pending writes", "arena", "cache")
            try screen.press("q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
        }

        @Test("a signal ends it with the summary, its exit code, and the terminal given back", arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
        func signals(signal: Int32) throws {
            let screen = try running()
            try screen.signal(signal)
            #expect(try screen.end() == Int(128 + signal))
            #expect(screen.isGivenBack)
            #expect(screen.text.contains("requests"), "\(screen.text)")
        }

        @Test("a second signal while it drains ends it at once, with the terminal given back")
        func secondSignal() throws {
            let screen = try TmuxScreen(["--path", "/delay/10", "-q", "10"])
            try screen.wait(for: "● RUN")
            // The drain has something to wait for.
            _ = try screen.wait { text in text.contains(/in flight\s+[1-9]/) ? true : nil }
            try screen.signal(SIGTERM)
            try screen.wait(for: "DRAIN")
            try screen.signal(SIGTERM)
            #expect(try screen.end(seconds: 2) == 143)
            #expect(screen.isGivenBack)
        }

        @Test("a fault gives the terminal back too")
        func fault() throws {
            let screen = try running()
            try screen.signal(SIGSEGV)
            #expect(try screen.end() == Int(128 + SIGSEGV))
            #expect(screen.isGivenBack)
        }

        @Test("^Z stops it as any other job, with the terminal given back, and fg brings it back", arguments: [true, false])
        func stopped(byKey: Bool) throws {
            let screen = try TmuxScreen(script: "set -m; \"$@\"; printf '\\n[stopped]\\n'; read line; fg")
            _ = try screen.wait { text in rate(text).map { $0 > 100 } == true ? true : nil }
            if byKey { try screen.press("C-z") } else { try screen.signal(SIGTSTP) }
            try screen.wait(for: "[stopped]")
            #expect(!screen.isAlternate)
            try screen.resize(100, 30)
            try screen.press("Enter")
            // What was due meanwhile was not piled up: the rate is the one that was asked for.
            _ = try screen.wait { text in text.contains("● RUN") && rate(text).map { (1_600...2_400).contains($0) } == true ? true : nil }
            #expect(screen.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
            #expect(screen.isAlternate)
            try screen.press("q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
        }

        @Test("space holds the display, ? explains, Q leaves the last screen")
        func keys() throws {
            let screen = try running()
            try screen.press("Space")
            try screen.wait(for: "PAUSED")
            try screen.press("Space")
            try screen.wait(for: "● RUN")
            try screen.press("?")
            try screen.wait(for: "esc back")
            try screen.press("Escape")
            // Q right behind ESC would be Alt and Q.
            _ = try screen.wait { text in text.contains("esc back") ? nil : true }
            try screen.press("Q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
        }

        @Test("our server without a client says so, and a client alone shows the server from outside")
        func halves() throws {
            let server = try TmuxScreen(["serve", "--live", "--listen", "127.0.0.1:0"])
            try server.wait(for: "● RUN", "no clients in this run")
            let port = try server.wait { text in text.firstMatch(of: /127\.0\.0\.1:(\d+)/).map { String($0.1) } }
            let client = try TmuxScreen(["load", "http://127.0.0.1:\(port)/bytes/100", "--live", "-c", "4", "-q", "300"])
            try client.wait(for: "● RUN", "memory", "in the kernel", "4 open", "1 process")
            _ = try client.wait { text in rate(text).map { (200...400).contains($0) } == true ? true : nil }
            _ = try server.wait { text in rate(text).map { (200...400).contains($0) } == true ? true : nil }
            try client.press("q")
            #expect(try client.end() == 0)
            try server.press("q")
            #expect(try server.end() == 0)
        }

        @Test("where it cannot be drawn it says so and touches nothing", arguments: ["TERM=dumb", "TERM="])
        func cannotDraw(term: String) throws {
            let screen = try TmuxScreen(environment: [term])
            #expect(try screen.end() == 1)
            #expect(screen.isGivenBack)
            #expect(screen.text.contains("TERM") && screen.text.contains("highwater record"))
        }

        @Test("a port in use is named, and the terminal never changes hands")
        func portInUse() throws {
            let server = try RunningServer()
            let screen = try TmuxScreen(["--listen", "127.0.0.1:\(server.port)"])
            #expect(try screen.end() == 1)
            #expect(screen.isGivenBack)
            #expect(screen.text.contains("\(server.port)"))
            _ = try server.stop()
        }

        @Test("the recording holds what was shown")
        func recording() throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let screen = try running("-o", path)
            try screen.press("+")
            try screen.wait(for: "open 3000/s")
            try screen.press("q")
            #expect(try screen.end() == 0)
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines.first?.contains("header") == true && lines.last?.contains("summary") == true)
            #expect(lines.contains { $0.contains("rate 3000/s") })
        }
    }

    @Suite("The dashboard's terminal", .enabled(if: Program.exists)) struct DashboardTerminalTests {
        @Test("a terminal that goes away ends it promptly")
        func hangUp() throws {
            let process = try TerminalProcess()
            #expect(process.wait(for: "RUN"))
            process.hangUp()
            #expect(process.end(seconds: 3) == 129)
        }

        @Test("a second q does not wait for the drain")
        func secondQuit() throws {
            let folder = try ScratchFolder()
            let process = try TerminalProcess(["--path", "/delay/10", "-q", "100", "--interval", "50ms", "-o", folder("run.ndjson")])
            #expect(process.wait(for: "RUN"))
            // The drain has something to wait for.
            let isWaiting = holds {
                let text = (try? String(contentsOfFile: folder("run.ndjson"), encoding: .utf8)) ?? ""
                return text.contains(/"in_flight":[1-9]/)
            }
            #expect(isWaiting)
            process.type("q")
            #expect(process.wait(for: "DRAIN"))
            process.type("q")
            #expect(process.end(seconds: 2) == 130)
        }

        @Test("not a terminal: plain lines, said so, until a signal")
        func plainLines() throws {
            let process = try Program.start("--interval", "100ms")
            _ = process.wait(seconds: 10) { process.errors.contains("req/s") ? true : nil }
            process.signal(SIGINT)
            let result = process.end(withinSeconds: 10)
            #expect(result.code == 130)
            #expect(result.errors.contains("not a terminal") && !result.errors.contains("\u{1B}"))
            #expect(result.output.contains("requests") && !result.output.contains("\u{1B}"))
        }
    }
}

extension MeasuredProgramTests {
    @Suite("The dashboard's first frame", .enabled(if: Program.exists)) struct FirstFrameTests {
        @Test("the first frame is there at once")
        func firstFrame() throws {
            let times = try (0..<5).map { _ in
                let clock = ContinuousClock()
                let start = clock.now
                let process = try TerminalProcess()
                #expect(process.wait(for: "connections"))
                let time = clock.now - start
                process.type("q")
                #expect(process.end(seconds: 10) == 0)
                return time
            }
            let best = try #require(times.min())
            print("first frame after", times.map { "\($0)" }.joined(separator: ", "))
            // 100 ms in release on a quiet machine; the debug build has a slower start, and tests have neighbours.
            #expect(best < .milliseconds(400))
        }
    }
}
