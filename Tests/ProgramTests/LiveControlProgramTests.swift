import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("Live load control", .enabled(if: Program.exists)) struct LiveControlProgramTests {
        private func lines(_ path: String) throws -> [[String: Any]] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
        }

        /// A figure of a sample: "server.connections.open".
        private func number(_ sample: [String: Any], _ path: String) -> Double {
            var value: Any = sample
            for name in path.split(separator: ".") { value = (value as? [String: Any])?[String(name)] ?? 0 }
            return value as? Double ?? -1
        }

        /// Presses keys one after the other, each once the words that the one before brings are on the screen.
        private func press(_ keys: [(key: String, words: String)], _ process: TerminalProcess) {
            for (key, words) in keys {
                process.type(key)
                #expect(process.wait(for: words), "after \(key): \(words)")
            }
        }

        /// Waits until the last sample of a recording has this number. One that is read within a line says nothing yet.
        private func becomes(_ value: Double, _ name: String, in file: String) -> Bool {
            holds { number((try? lines(file))?.last { $0["type"] as? String == "sample" } ?? [:], name) == value }
        }

        @Test("m chooses, + changes, W and C switch, R reconnects: in the server's counts and as events", arguments: [false, true])
        func everything(isIsolated: Bool) throws {
            let folder = try ScratchFolder()
            let file = folder("run.ndjson")
            // Words of the footer and the header come whole: nothing of them was on the screen before.
            let process = try TerminalProcess(
                ["--closed", "-c", "3", "-m", "2", "--path", "/bytes/1KiB", "--interval", "100ms", "-o", file] + (isIsolated ? ["--isolate"] : []))
            #expect(process.wait(for: "RUN"))
            press([
                ("+", "5 connections"), ("m", "streams per connection"), ("+", "3 streams per connection"),
                ("m", "a closed load has no rate"), ("+", "a closed load has no rate"),
                ("m", "bodies of answers"), ("+", "bodies: /bytes/2KiB"), ("m", "load: connections"),
                ("W", "write policy copy for new connections"), ("C", "cache scope shared for new connections"),
            ], process)
            // Keys are faster than connections: those that are still to be made are not made again.
            #expect(becomes(5, "client.connections.open", in: file))
            press([("R", "all clients reconnect")], process)
            if isIsolated {
                press([("W", "reset-early for new connections"), ("W", "lease for new connections")], process)
            } else {
                press([("W", "reset-early may end the process: --isolate")], process)
            }
            #expect(becomes(5, "client.connections.renewed", in: file))
            process.type("q")
            #expect(process.end(seconds: 20) == 0)
            let lines = try lines(file)
            let texts = lines.filter { $0["type"] as? String == "event" }.compactMap { $0["text"] as? String }
            for text in ["5 connections", "3 streams per connection", "bodies: /bytes/2KiB", "write policy copy for new connections",
                "cache scope shared for new connections", "all clients reconnect", "write policy lease for new connections"] {
                #expect(texts.contains(text), "\(text) in \(texts)")
            }
            #expect(texts.contains("write policy reset-early for new connections") == isIsolated)
            // The server's own word: five were open at once, and as many again after R.
            let samples = lines.filter { $0["type"] as? String == "sample" }
            #expect(samples.contains { number($0, "server.connections.open") == 5 })
            let last = try #require(samples.last)
            #expect(number(last, "server.connections.accepted") == 10)
            #expect(number(last, "client.connections.renewed") == 5)
            #expect(number(last, "client.requests.failed") == 0)
            // The summary alone says that its figures are of several loads.
            let measurement = try #require(lines.last?["measurement"] as? [String: Any])
            let reasons = measurement["reasons"] as? [String] ?? []
            #expect(reasons.contains("the load was changed by hand \(isIsolated ? 8 : 7) times: the results mix several loads"), "\(reasons)")
        }

        @Test("X closes a connection, y copies a row, w keeps the panels, ^R reads the settings again")
        func theRest() throws {
            let folder = try ScratchFolder()
            let file = folder("run.ndjson")
            try FileManager.default.createDirectory(atPath: folder("config/highwater"), withIntermediateDirectories: true)
            try "panels = load\n".write(toFile: folder("config/highwater/config"), atomically: true, encoding: .utf8)
            let process = try TerminalProcess(
                ["-q", "200", "-c", "3", "--path", "/health", "--interval", "100ms", "-o", file],
                environment: ["XDG_CONFIG_HOME": folder("config"), "XDG_STATE_HOME": folder("state")])
            #expect(process.wait(for: "RUN"))
            press([("p", "panels: memory"), ("w", "panels memory, 1s a column; next time the configuration file comes first")], process)
            #expect(process.wait(for: "3 open"))
            press([("y", "\u{1B}]52;c;Y29ubmVjdGlvbi"), ("X", "under its requests?"), ("y", "is closed")], process)
            try "panels = lists\n[keys]\nquit = f99 Z\n".write(toFile: folder("config/highwater/config"), atomically: true, encoding: .utf8)
            press([("\u{12}", "f99 is no key"), ("c", "on this screen only?"), ("n", "left as it is")], process)
            try "panels = lists\n[keys]\nquit = f9 Z\n".write(toFile: folder("config/highwater/config"), atomically: true, encoding: .utf8)
            press([("\u{12}", "the settings were read again")], process)
            #expect(becomes(1, "client.connections.reconnects", in: file))
            process.type("Z")
            #expect(process.end(seconds: 20) == 0)
            let state = try String(contentsOfFile: folder("state/highwater/screen"), encoding: .utf8)
            #expect(state.contains("panels = memory\n") && state.contains("column = 1s\n"))
            let lines = try lines(file)
            #expect(lines.contains { ($0["text"] as? String)?.hasSuffix("closed by hand") == true })
            let last = try #require(lines.last { $0["type"] as? String == "sample" })
            #expect(number(last, "server.connections.accepted") == 4)
            #expect(number(last, "client.connections.reconnects") == 1)
        }
    }
}
