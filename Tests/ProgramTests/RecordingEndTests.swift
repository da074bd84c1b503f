import Foundation
import Testing

extension ProgramTests {
    @Suite("A recording that ends badly", .enabled(if: Program.exists)) struct RecordingEndTests {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        private func lines(_ path: String) throws -> [String] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        }

        /// The values of a metric in the samples of a recording, read by the program itself.
        private func exported(_ path: String, _ column: String) throws -> [Double] {
            let result = try Program.run("export", path, "--to", "csv")
            #expect(result.code == 0, "\(result.errors)")
            let rows = result.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            let index = try #require(rows.first?.firstIndex { $0 == column })
            return rows.dropFirst().compactMap { Double($0[index]) }
        }

        @Test("by kill -9 in the middle has every interval but perhaps the last")
        func killed() throws {
            let path = folder("run")
            let process = try Program.start("record", "-c", "4", "-m", "4", "-d", "60s", "--interval", "50ms", "-o", path)
            func sampleCount() -> Int { ((try? lines(path)) ?? []).filter { $0.hasPrefix("{\"type\":\"sample\"") }.count }
            let hasBegun = process.wait(seconds: 20) { sampleCount() >= 10 ? true : nil } != nil
            try #require(hasBegun, "\(process.errors)")
            process.signal(SIGKILL)
            let before = sampleCount()
            #expect(process.end(withinSeconds: 5).code == 137)
            let times = try exported(path, "time")
            #expect(times.count >= before && times == times.sorted())
            // None is missing in between.
            for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier < 2) }
            // All that reads recordings reads this one.
            #expect(try Program.run("report", path, "-o", folder("page")).code == 0)
            #expect(try String(contentsOfFile: folder("page"), encoding: .utf8).contains("no summary: the run was killed"))
            #expect(try Program.run("compare", path, path).code == 3, "a recording that is cut off passes no build")
            let cases = try Program.run("export", path, "--to", "junit")
            #expect(cases.output.contains("errors=\"1\""))
        }

        @Test("because the disk is full keeps whole lines, the run goes on to its summary, and exit 1 says why")
        func fullDisk() throws {
            let path = folder("run")
            // A file that may not grow is what a full disk is to a writer. In blocks of 512 bytes, or 1024.
            let result = try ChildProcess("/bin/sh", [
                "-c", "ulimit -f 64; exec \"$@\"", "sh", Program.path, "record", "-c", "4", "-m", "4", "-d", "2s", "--interval", "20ms", "-o", path,
            ]).end(withinSeconds: 30)
            #expect(result.code == 1, "\(result)")
            #expect(result.output.contains("FAILED         the recording ends early"), "the summary: \(result.output)")
            #expect(result.errors.contains("the recording ends early: \(path): cannot write: File too large"), "\(result.errors)")
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.hasSuffix("}\n") && text.utf8.count > 20_000)
            #expect(try exported(path, "time").count >= 3)
        }

        @Test("on a disk that is really full says so too", .enabled(if: geteuid() == 0))
        func fullFileSystem() throws {
            // A file system of its own, gone with its shell; where that is not allowed nothing is tested.
            let result = try ChildProcess("/usr/bin/unshare", [
                "-m", "/bin/sh", "-c",
                "mount -t tmpfs -o size=64k none \"$1\" || exit 77; shift; \"$@\"; code=$?; tail -c 2 \"$HW_FILE\" | head -c 1; exit $code",
                "sh", folder.path, Program.path, "record", "-c", "4", "-m", "4", "-d", "2s", "--interval", "20ms", "-o", folder("run"),
            ], environment: ["HW_FILE": folder("run")]).end(withinSeconds: 30)
            guard result.code != 77 else { return }
            #expect(result.code == 1, "\(result)")
            #expect(result.errors.contains("cannot write: No space left on device"), "\(result.errors)")
            #expect(result.output.hasSuffix("}"), "ends with a whole line")
        }

        @Test("is told apart by every command that reads it", arguments: ["export", "report", "compare"])
        func broken(command: String) throws {
            let good = try lines(try folder.record())
            let cases: [(String, [String], String)] = [
                ("future", [good[0].replacing("\"version\":1,", with: "\"version\":2,")] + good[1...], "line 1: format version 2 is newer"),
                ("corrupt", [good[0], good[1].replacing("HISTFAAA", with: "HISTFAAB")] + good[2...], "line 2: "),
                ("noheader", Array(good[1...]), "line 1: a recording begins with a line of type header"),
            ]
            for (name, text, words) in cases {
                try (text.joined(separator: "\n") + "\n").write(toFile: folder(name), atomically: false, encoding: .utf8)
                let before = try Data(contentsOf: URL(fileURLWithPath: folder(name)))
                let result = switch command {
                case "export": try Program.run("export", folder(name), "--to", "json", "-o", folder("out"))
                case "report": try Program.run("report", folder(name), "-o", folder("out"))
                default: try Program.run("compare", folder("run.ndjson"), folder(name))
                }
                #expect(result.code == 1 && result.errors.contains("\(folder(name)): \(words)"), "\(name): \(result.errors)")
                #expect(!folder.names.contains("out"), "half a file is no file")
                #expect(try Data(contentsOf: URL(fileURLWithPath: folder(name))) == before)
            }
        }

        @Test("cannot replace an older one before it has begun")
        func older() throws {
            let path = try folder.record()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let server = try RunningServer()
            // The port is taken: nothing runs, nothing is lost.
            #expect(try Program.run("record", "-n", "10", "--listen", "127.0.0.1:\(server.port)", "-o", path).code == 1)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            _ = try server.stop()
        }

        @Test("has the address that was really listened on in its header")
        func address() throws {
            let header = try lines(try folder.record())[0]
            let listen = try #require(header.firstMatch(of: /"listen":"127\.0\.0\.1:(\d+)"/)), target = try #require(header.firstMatch(of: /"target":"127\.0\.0\.1:(\d+)"/))
            #expect(listen.1 == target.1 && listen.1 != "0" && listen.1 != "80")
        }
    }
}

extension MeasuredProgramTests {
    @Suite("A recording of an hour", .enabled(if: Program.exists)) struct LongRecordingTests {
        @Test("opens in replay in under a second, and is read to its end")
        func hour() throws {
            let folder = try ScratchFolder()
            let lines = try String(contentsOfFile: try folder.record("run", "-d", "1s"), encoding: .utf8).split(separator: "\n").map(String.init)
            let samples = lines.filter { $0.hasPrefix("{\"type\":\"sample\"") }.map { line in
                line.replacing(/"interval":[0-9.]+/, with: "\"interval\":1", maxReplacements: 1)
                    .split(separator: /"time":[0-9.]+/, maxSplits: 1)
            }
            var text = lines[0] + "\n"
            for second in 1...3_600 { text += samples[second % samples.count].joined(separator: "\"time\":\(second)") + "\n" }
            try text.write(toFile: folder("hour"), atomically: false, encoding: .utf8)
            let clock = ContinuousClock()
            let times = try (0..<2).map { _ in
                let start = clock.now
                let process = try TerminalProcess(["replay", folder("hour"), "--speed", "1024"])
                #expect(process.wait(for: "REPLAY"))
                let time = clock.now - start
                process.type("q")
                #expect(process.end(seconds: 20) == 0)
                return time
            }
            print("an hour of \(text.utf8.count / 1_000_000) MB opened after", times.map { "\($0)" }.joined(separator: ", "))
            // What a debug build does unoptimised takes it several times as long.
            #if DEBUG
                #expect(try #require(times.min()) < .seconds(5))
            #else
                #expect(try #require(times.min()) < .seconds(1))
            #endif
        }
    }
}
