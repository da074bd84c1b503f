import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A run in a worker process", .enabled(if: Program.exists)) struct WorkerTests {
        /// The child of a process; nil while it has none.
        private func child(of pid: pid_t) -> pid_t? {
            (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8))?
                .split(separator: " ").first.flatMap { pid_t($0) }
        }

        private func lines(_ path: String) throws -> [[String: Any]] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
        }

        private func hasSample(_ file: String) -> Bool {
            (try? lines(file))?.contains { $0["type"] as? String == "sample" } == true
        }

        /// A run that has begun to make samples, and the process that makes them.
        private func running(_ file: String) throws -> (process: ChildProcess, worker: pid_t) {
            let process = try Program.start("record", "--isolate", "-d", "30s", "--interval", "50ms", "-o", file)
            let worker = try #require(process.wait(seconds: 10) { child(of: process.pid) })
            let isRecording: Bool? = process.wait(seconds: 10) { hasSample(file) ? true : nil }
            try #require(isRecording == true)
            return (process, worker)
        }

        @Test("counts, records and sums up as one that is not")
        func same() throws {
            let folder = try ScratchFolder()
            let file = folder("run.ndjson")
            let result = try Program.run("record", "--isolate", "-n", "5001", "-c", "7", "-m", "3", "-t", "2", "--interval", "20ms", "-o", file, "--json")
            #expect(result.code == 0, "\(result.errors)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 5_001 && report["server.requests.completed"] == 5_001)
            #expect(report["client.service_time.count"] == 5_001)
            #expect(report.text("outcome") == "ended")
            let lines = try lines(file)
            #expect(lines.first?["type"] as? String == "header" && lines.last?["type"] as? String == "summary")
            // One header, and none of what the two processes say to each other.
            #expect(Set(lines.dropFirst().compactMap { $0["type"] as? String }).isSubset(of: ["sample", "event", "summary"]))
        }

        @Test("gets values that JSON's numbers do not hold, and shares beyond the whole")
        func exactValues() throws {
            let folder = try ScratchFolder()
            let file = folder("run.ndjson")
            let result = try Program.run(
                "record", "--isolate", "-n", "10", "-c", "1", "--retry-budget", "150%", "--seed", "9007199254740993", "--timeout", "1m0.000000001s", "-o", file)
            #expect(result.code == 0, "\(result.errors)")
            let plan = try #require(lines(file).first?["plan"] as? [String: Any])
            #expect(plan["seed"] as? String == "9007199254740993" && (plan["client"] as? [String: Any])?["retry_budget"] as? Double == 1.5)
        }

        @Test("that cannot run says why, as one that is not")
        func cannot() throws {
            let taken = try RunningServer()
            for arguments in [["record", "--listen", "127.0.0.1:\(taken.port)", "-d", "1s"], ["load", "http://127.0.0.1:1/", "-n", "1"]] {
                let here = try ChildProcess(Program.path, arguments).end(withinSeconds: 30)
                let there = try ChildProcess(Program.path, arguments + ["--isolate"]).end(withinSeconds: 30)
                #expect(here.code == 1 && there.code == 1)
                #expect(here.errors.split(separator: "\n").last == there.errors.split(separator: "\n").last, "\(there.errors)")
            }
        }

        @Test("dies alone: an event with the signal and the place, a whole recording, code 99", arguments: [SIGSEGV, SIGABRT, SIGKILL])
        func death(signal: Int32) throws {
            let folder = try ScratchFolder()
            let file = folder("run.ndjson")
            let (process, worker) = try running(file)
            let clock = ContinuousClock()
            let start = clock.now
            kill(worker, signal)
            let result = process.end(withinSeconds: 10)
            #expect(clock.now - start < .seconds(2))
            #expect(result.code == 99 && !result.isOverdue)
            let words = [SIGSEGV: "crashed by SIGSEGV", SIGABRT: "crashed by SIGABRT", SIGKILL: "killed by SIGKILL"][signal] ?? ""
            let sentence = "the worker process \(signal == SIGKILL ? "was " : "")\(words)"
            #expect(result.output.hasPrefix("FAILED         \(sentence)"), "\(result.output)")
            let lines = try lines(file)
            #expect(lines.last?["type"] as? String == "summary" && lines.last?["outcome"] as? String == words)
            let events = lines.filter { $0["source"] as? String == "worker" && $0["level"] as? String == "error" }.compactMap { $0["text"] as? String }
            #expect(events.first?.hasPrefix(sentence) == true && events.first?.contains("last sample at") == true)
            #if DEBUG
            // Killed, it had no time to say where. In a release build the names are those of what was not inlined.
            // While it waits for its loops the unwinder does not come out of libdispatch.
            let isPlaced = events.contains { $0.contains("highwater.WorkerCommand.run") || $0.contains("DispatchSemaphore.wait") }
            #expect(isPlaced == (signal != SIGKILL), "\(events)")
            #endif
            #expect(kill(worker, 0) != 0)
        }

        @Test("ends with the process that started it, however that ended")
        func orphan() throws {
            let folder = try ScratchFolder()
            let (process, worker) = try running(folder("run.ndjson"))
            process.signal(SIGKILL)
            _ = process.end(withinSeconds: 5)
            #expect(holds(within: 3) { !lives(worker) })
        }

        @Test("ends with its summary on a signal, which is not the worker's to hear")
        func signal() throws {
            let folder = try ScratchFolder()
            let file = folder("run.ndjson")
            let (process, worker) = try running(file)
            func sampleCount() -> Int { ((try? lines(file)) ?? []).count { $0["type"] as? String == "sample" } }
            kill(worker, SIGINT)
            // The second sample from now was asked for after the signal came.
            let before = sampleCount()
            #expect(holds { sampleCount() >= before + 2 }, "\(process.errors)")
            #expect(kill(worker, 0) == 0)
            process.signal(SIGTERM)
            let result = process.end(withinSeconds: 10)
            #expect(result.code == 143)
            #expect(result.output.contains("\nrequests "))
            #expect(kill(worker, 0) != 0)
        }

        @Test("takes orders on its standard input, and is a recording on its standard output")
        func pipe() throws {
            let folder = try ScratchFolder()
            let script = """
                (echo '{"server":{},"client":{"requests":20}}'; echo '{"start":{}}'; \
                until grep -q '"isDone":true' "$1"; do echo '{"sample":{"seen":0}}'; sleep 0.1; done; \
                echo '{"stop":{"withinSeconds":1}}'; until grep -q '"ended"' "$1"; do sleep 0.1; done) | "$0" worker $$ > "$1"
                """
            let result = try ChildProcess("/bin/bash", ["-c", script, Program.path, folder("pipe")]).end(withinSeconds: 10)
            #expect(result.code == 0, "\(result.errors)")
            let lines = try lines(folder("pipe"))
            #expect(lines.first?["type"] as? String == "header")
            let says = lines.filter { $0["type"] as? String == "worker" }.compactMap { ($0["says"] as? [String: Any])?.keys.first }
            #expect(says == ["ready", "started", "load", "loadEnded", "ended"])
            let exported = try Program.run("export", folder("pipe"), "--to", "csv")
            #expect(exported.code == 0 && exported.output.split(separator: "\n").count >= 3, "\(exported.errors)")
        }
    }

    /// The bugs are real, and so are their processes.
    @Suite("A trial", .enabled(if: Program.exists && dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil)) struct TrialProgramTests {
        @Test("slow-reader: reset-early dies, copy and lease are clean, and the evidence is printed")
        func slowReader() throws {
            let folder = try ScratchFolder()
            let result = try Program.run("run", "slow-reader", "-d", "500ms", "--json", "-o", folder("r.ndjson"))
            #expect(result.code == 0, "\(result.output)\(result.errors)")
            #expect(result.errors.contains("(uv_write_t) 0x") && result.errors.contains("// should be"), "\(result.errors)")
            #expect(result.errors.contains("EventLoop.run"), "\(result.errors)")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            let trials = try #require(json["trials"] as? [[String: Any]])
            #expect(trials.compactMap { $0["name"] as? String } == ["reset-early", "copy", "lease"])
            #expect((trials[0]["outcome"] as? String)?.hasPrefix("crashed by SIG") == true)
            for trial in trials.dropFirst() {
                #expect(trial["outcome"] as? String == "ended" && (trial["findings"] as? [String])?.isEmpty == true, "\(trial)")
                #expect((trial["requests"] as? Int ?? 0) > 0)
            }
            // A recording of each, the dead one's whole, and comparable.
            #expect(folder.names == ["r-copy.ndjson", "r-lease.ndjson", "r-reset-early.ndjson"])
            #expect(try String(contentsOfFile: folder("r-reset-early.ndjson"), encoding: .utf8).contains(#""outcome":"crashed by SIG"#))
            let compared = try Program.run("compare", "--all", folder("r-copy.ndjson"), folder("r-lease.ndjson"))
            #expect(compared.code == 0 && compared.output.contains("server.requests"), "\(compared)")
        }

        @Test("of one's own: other values for keys, judged by thresholds and by what is expected of each")
        func own() throws {
            let folder = try ScratchFolder()
            try """
                version: 1
                name: mine
                client: { connections: 2 }
                requests: [{ get: /bytes/1KiB }]
                phases: [{ name: load, duration: 200ms, rate: 200 }]
                thresholds: [client.requests.done > 20]
                trials:
                  - { name: usual }
                  - { name: slow, set: { phases.load.rate: 10 }, expect: fail }
                """.write(toFile: folder("mine.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("mine.yaml"))
            #expect(result.code == 0, "\(result)")
            #expect(result.output.contains(/mine +usual +slow\noutcome +clean +caught\nas expected +yes +yes\n/), "\(result.output)")
            #expect(result.output.contains("\nslow: all: client.requests.done > 20: "), "\(result.output)")
            let wrong = try Program.run("run", folder("mine.yaml"), "--set", "trials.slow.expect=clean", "--json")
            #expect(wrong.code == 99 && wrong.output.contains("\"as_expected\": false"), "\(wrong)")
            for flags in [["--strict"], ["-o", "-"], ["--metrics", "0"]] {
                #expect(try ChildProcess(Program.path, ["run", folder("mine.yaml")] + flags).end(withinSeconds: 10).code == 2, "\(flags)")
            }
        }

        @Test("arena-race: 2000 connections take reset-early down within seconds", .enabled(if: DescriptorLimit.now > 4_200))
        func arenaRace() throws {
            let result = try Program.run(
                "record", "--write-policy", "reset-early", "-c", "2000", "--path", "/bytes/64", "-d", "15s", "--interval", "100ms", within: 40)
            #expect(result.code == 99, "\(result.output)\(result.errors)")
            #expect(result.output.hasPrefix("FAILED         the worker process crashed by SIG"), "\(result.output)")
        }

        @Test("cache-race: caches without a lock do not live long under several threads")
        func cacheRace() throws {
            var found = false, last: ChildProcess.Result?
            // A race may be lost for a while, but not for ten seconds.
            for _ in 0..<5 where !found {
                let result = try Program.run(
                    "record", "--cache-scope", "unguarded", "-c", "64", "-m", "4", "-t", "4", "--path", "/bytes/64", "-d", "2s", "--drain", "1s", within: 60)
                found = result.code == 99 || result.errors.contains("faults in caches")
                last = result
            }
            #expect(found, "\(String(describing: last))")
        }

        @Test("that does not exist is named, with those that do")
        func unknown() throws {
            let result = try Program.run("run", "area-race")
            #expect(result.code == 2)
            #expect(result.errors.contains("did you mean arena-race?"), "\(result.errors)")
            #expect(try Program.run("run", "no-such-thing").errors.contains("arena-race, slow-reader, cache-race"))
        }
    }

    @Suite("A worker process under the dashboard", .enabled(if: Program.exists && TmuxScreen.path != nil)) struct WorkerDashboardTests {
        private func worker(of screen: TmuxScreen) throws -> pid_t {
            let pid = try screen.programID()
            return try screen.wait { _ in
                (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8))?
                    .split(separator: " ").first.flatMap { pid_t($0) }
            }
        }

        @Test("may be killed: the screen stays, r runs it again, and q gives the terminal back")
        func killed() throws {
            let folder = try ScratchFolder()
            let screen = try TmuxScreen(["--isolate", "-o", folder("run.ndjson")])
            try screen.wait(for: "● RUN", "load open 2000/s")
            let first = try worker(of: screen)
            kill(first, SIGKILL)
            try screen.wait(for: "DEAD", "killed by SIGKILL", "run again", seconds: 2)
            #expect(screen.isAlternate)
            // Before q is pressed.
            let last = try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8).split(separator: "\n").last ?? ""
            #expect(last.contains(#""type":"summary""#) && last.contains(#""outcome":"killed by SIGKILL""#))
            try screen.press("r")
            try screen.wait(for: "● RUN")
            #expect(try worker(of: screen) != first)
            // Until it has done something: before that, q ends with an error that nothing was measured.
            try screen.wait(for: "Σ 32 open")
            try screen.press("q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
            #expect(folder.names == ["run-2.ndjson", "run.ndjson"])
        }

        @Test("hears of load changes, of pause, and of quit")
        func load() throws {
            let screen = try TmuxScreen(["--isolate", "-q", "1k"])
            try screen.wait(for: "● RUN")
            func rate(_ text: String) -> Double? {
                text.firstMatch(of: /([0-9][0-9 ]*) req\/s/).flatMap { Double($0.1.replacing(" ", with: "")) }
            }
            _ = try screen.wait { text in rate(text).map { (850...1_150).contains($0) } == true ? true : nil }
            try screen.press("+")
            try screen.wait(for: "open 1500/s", seconds: 2)
            _ = try screen.wait(seconds: 3) { text in rate(text).map { (1_350...1_700).contains($0) } == true ? true : nil }
            try screen.press("0")
            try screen.wait(for: "load off", seconds: 2)
            _ = try screen.wait(seconds: 3) { text in rate(text).map { $0 < 1 } == true ? true : nil }
            try screen.press("q")
            #expect(try screen.end() == 0)
            #expect(screen.isGivenBack)
        }
    }
}
