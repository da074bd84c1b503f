import Foundation
import Testing

extension ProgramTests {
    @Suite("highwater export", .enabled(if: Program.exists)) struct Exports {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        @Test("writes a file whole, and the same to standard output", arguments: ["csv", "json", "hlog", "hgrm", "openmetrics", "junit"])
        func forms(format: String) throws {
            let recording = try folder.record()
            let printed = try Program.run("export", recording, "--to", format)
            #expect(printed.code == 0, "\(printed.errors)")
            #expect(!printed.output.isEmpty)
            let written = try Program.run("export", recording, "--to", format, "-o", folder("out"))
            #expect(written.code == 0 && written.output.isEmpty)
            #expect(try String(contentsOfFile: folder("out"), encoding: .utf8) == printed.output)
            #expect(folder.names == ["out", "run.ndjson"])
        }

        @Test("leaves what was there when the recording is broken", arguments: ["csv", "json", "openmetrics"])
        func broken(format: String) throws {
            let recording = try folder.record()
            let text = try String(contentsOfFile: recording, encoding: .utf8)
            let lines = text.split(separator: "\n").map(String.init)
            try (lines[0] + "\n" + lines[1] + "\nnot json\n").write(toFile: folder("bad"), atomically: false, encoding: .utf8)
            try "before".write(toFile: folder("out"), atomically: false, encoding: .utf8)
            let result = try Program.run("export", folder("bad"), "--to", format, "-o", folder("out"))
            #expect(result.code == 1)
            #expect(result.errors.contains("bad: line 3: this is not JSON"))
            #expect(try String(contentsOfFile: folder("out"), encoding: .utf8) == "before")
            #expect(folder.names == ["bad", "out", "run.ndjson"])
        }

        @Test("and report do not write over the recording that they read, whatever it is called")
        func overItself() throws {
            let recording = try folder.record()
            let text = try String(contentsOfFile: recording, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: recording)
            try FileManager.default.linkItem(atPath: recording, toPath: folder("twin"))
            for place in [recording, folder("link"), folder("twin")] {
                for command in [["export", recording, "--to", "csv"], ["report", recording]] {
                    let result = try ChildProcess(Program.path, command + ["-o", place]).end(withinSeconds: 20)
                    #expect(result.code == 1 && result.errors.contains("would overwrite the recording"), "\(command): \(result)")
                }
            }
            let appended = try ChildProcess("/bin/sh", ["-c", "exec \"$0\" export \"$1\" --to csv >> \"$1\"", Program.path, recording])
                .end(withinSeconds: 20)
            #expect(appended.code == 1, "\(appended)")
            #expect(try String(contentsOfFile: recording, encoding: .utf8) == text)
            #expect(folder.names == ["link", "run.ndjson", "twin"])
        }

        @Test("says what is wrong with a file that is no recording", arguments: [
            ("", "the file is empty"), ("{}\n", "line 1: a recording begins with a line of type header"),
            ("{\"type\":\"header\",\"version\":99,\"command\":[]}\n", "line 1: format version 99 is newer"),
            ("\u{0}\u{1}\n", "line 1: this is not JSON"),
        ])
        func noRecording(text: String, words: String) throws {
            try text.write(toFile: folder("x"), atomically: false, encoding: .utf8)
            let result = try Program.run("export", folder("x"), "--to", "csv", "-o", folder("out"))
            #expect(result.code == 1)
            #expect(result.errors.contains(words), "\(result.errors)")
            #expect(folder.names == ["x"])
        }

        @Test("refuses a folder, a file that is not there, and a line without end")
        func otherFiles() throws {
            #expect(try Program.run("export", folder.path, "--to", "csv").errors.contains("Is a directory"))
            #expect(try Program.run("export", folder("none"), "--to", "csv").errors.contains("No such file"))
            let endless = try Program.run("export", "/dev/zero", "--to", "csv")
            #expect(endless.code == 1 && endless.errors.contains("line 1: longer than"), "\(endless.errors)")
        }

        @Test("gives what a killed run left, and says that the end is cut off")
        func cutOff() throws {
            let recording = try folder.record()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: recording))
            try bytes.dropLast(20).write(to: URL(fileURLWithPath: folder("cut")))
            let result = try Program.run("export", folder("cut"), "--to", "json")
            #expect(result.code == 0)
            #expect(result.errors.contains("cut off"))
            #expect(result.output.hasSuffix("\"summary\":null}\n"))
        }

        @Test("says that a full disk is full, exit 1", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
        func fullDisk() throws {
            let result = try Program.run("export", try folder.record(), "--to", "csv", "-o", "/dev/full")
            #expect(result.code == 1)
            #expect(result.errors.contains("/dev/full: cannot write: No space left"), "\(result.errors)")
        }

        @Test("answers a form or a histogram that there is not with those that there are, exit 2")
        func usage() throws {
            let form = try Program.run("export", "x", "--to", "xml")
            #expect(form.code == 2 && form.errors.contains("openmetrics"))
            let histogram = try Program.run("export", "x", "--to", "hgrm", "--histogram", "client.requests.done")
            #expect(histogram.code == 2 && histogram.errors.contains("client.response_time"))
        }

        @Test("to OpenMetrics is taken in by promtool", .enabled(if: RecordingTools.promtool != nil))
        func prometheus() throws {
            let recording = try folder.record()
            #expect(try Program.run("export", recording, "--to", "openmetrics", "-o", folder("om")).code == 0)
            let result = try ChildProcess(
                try #require(RecordingTools.promtool),
                ["tsdb", "create-blocks-from", "openmetrics", folder("om"), folder("tsdb")]
            ).end(withinSeconds: 60)
            #expect(result.code == 0, "\(result.output)\(result.errors)")
        }

        @Test("to JUnit, and a comparison as JUnit, are XML that Python parses", .enabled(if: RecordingTools.plainPython != nil))
        func junit() throws {
            let recording = try folder.record()
            #expect(try Program.run("export", recording, "--to", "junit", "-o", folder("run.xml")).code == 0)
            let compared = try Program.run(
                "compare", recording, recording, "--junit", "--fail-on", "client.requests.rate > 0", "--fail-on", "client.requests.rate < -5%")
            #expect(compared.code == 99)
            try compared.output.write(toFile: folder("compare.xml"), atomically: false, encoding: .utf8)
            let script = """
                import sys, xml.etree.ElementTree as tree
                for path in sys.argv[1:]:
                    root = tree.parse(path).getroot()
                    suite = root.find("testsuite")
                    cases = suite.findall("testcase")
                    failed = [case for case in cases if case.find("failure") is not None]
                    assert root.tag == "testsuites" and len(cases) == int(suite.get("tests")) == (3 if path.endswith("run.xml") else 2), path
                    assert len(failed) == int(suite.get("failures")), path
                    assert all(case.get("name") and case.get("classname") for case in cases)
                    print(len(failed))
                """
            let result = try ChildProcess(try #require(RecordingTools.plainPython), ["-c", script, folder("run.xml"), folder("compare.xml")])
                .end(withinSeconds: 20)
            #expect(result.code == 0 && result.output.hasSuffix("1\n"), "\(result.output)\(result.errors)")
        }

        @Test("is not needed by jq, which reads the lines themselves", .enabled(if: RecordingTools.jq != nil))
        func lines() throws {
            let recording = try folder.record()
            let filter = """
                [.[] | select(.type == "sample")] as $s | (.[-1]) as $sum
                | .[0].type == "header" and .[0].version == 1 and $sum.type == "summary"
                and ($s | length) > 3 and ($s[-1].client.requests.done == $sum.client.requests.done)
                and ([$s[].client.service_time.count] | add) == $sum.client.service_time.count
                """
            let result = try ChildProcess(try #require(RecordingTools.jq), ["-s", "-e", filter, recording]).end(withinSeconds: 20)
            #expect(result.code == 0, "\(result.output)\(result.errors)")
        }

        /// Decodes each line itself and reads the log with the package's reader: both ways must agree
        /// with our percentiles.
        private static let percentiles = """
            import json, math, sys
            from hdrh.histogram import HdrHistogram
            from hdrh.log import HistogramLogReader
            total = HdrHistogram(1, 600_000_000_000, 3)
            for line in open(sys.argv[1]):
                line = json.loads(line)
                if line["type"] == "sample":
                    total.add(HdrHistogram.decode(line["client"]["service_time"]["hdr"]))
                if line["type"] == "summary":
                    ours = line["client"]["service_time"]
            assert ours["count"] == total.get_total_count() > 0
            for name in ("p50", "p90", "p95", "p99", "p99_9", "p99_99"):
                if ours[name] is not None:
                    # The value of the same rank: we round a rank up, as HdrHistogram's C and Java do; this port to the nearest.
                    rank = math.ceil(float(name[1:].replace("_", ".")) / 100 * ours["count"])
                    theirs = total.get_value_at_percentile((rank - 0.4) * 100 / ours["count"])
                    assert abs(theirs - ours[name] * 1e9) < 1, (name, theirs, ours[name])
            log = HdrHistogram(1, 600_000_000_000, 3)
            reader = HistogramLogReader(sys.argv[2], log)
            count = 0
            for line in open(sys.argv[2]):
                count += line.startswith("Tag=client.service_time,")
            while (interval := reader.get_next_interval_histogram(0, 1e9)) is not None:
                if interval.get_tag() == "client.service_time":
                    log.add(interval)
                    count -= 1
            assert count == 0, count
            assert log.get_total_count() == ours["count"]
            spectrum = [row.split() for row in open(sys.argv[3]) if row.strip() and row[0] == " "][1:]
            assert int(spectrum[-1][2]) == ours["count"]
            for row in spectrum:
                theirs = total.get_value_at_percentile((int(row[2]) - 0.4) * 100 / ours["count"]) / 1e6
                assert abs(theirs - float(row[0])) <= theirs / 500 + 0.001, (row, theirs)
            print("same", ours["count"])
            """

        @Test("and the recording itself have the percentiles that Python's hdrhistogram finds", .enabled(if: RecordingTools.python != nil))
        func python() throws {
            let recording = try folder.record()
            #expect(try Program.run("export", recording, "--to", "hlog", "-o", folder("hlog")).code == 0)
            #expect(
                try Program.run("export", recording, "--to", "hgrm", "--histogram", "client.service_time", "-o", folder("hgrm")).code == 0)
            let result = try ChildProcess(
                try #require(RecordingTools.python), ["-c", Exports.percentiles, recording, folder("hlog"), folder("hgrm")]
            ).end(withinSeconds: 60)
            #expect(result.code == 0 && result.output.hasPrefix("same "), "\(result.output)\(result.errors)")
        }
    }
}
