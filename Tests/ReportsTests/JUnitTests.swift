import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("JUnit's XML")
struct JUnitTests {
    private let header = RecordingHeader(
        toolVersion: "1", hostName: "box", system: "Linux", cpuCount: 2, commandLine: ["highwater", "<&\u{FFFF}>"],
        startedUnixSeconds: 1_700_000_000, plan: .null)

    private func export(_ summary: JSON?) -> String {
        var exporter = ExportFormat.junit.makeExporter(histogram: "client.service_time")
        var text = exporter.begin(header) + exporter.add(distinctSample())
        if let summary { text += exporter.add(summary: summary) }
        #expect(throws: Never.self) { try exporter.end { text += $0 } }
        return text
    }

    private func threshold(_ check: String, passed: Bool, _ value: JSON, unit: String = "s") -> JSON {
        .object([
            .init("phase", .string("steady")), .init("check", .string(check)), .init("passed", .bool(passed)), .init("value", value),
            .init("unit", .string(unit)), .init("reason", .string("nothing was measured")),
        ])
    }

    @Test("has a case for the result, one for the measurement and one for each threshold, with what it was instead")
    func cases() {
        let text = export(.object([
            .init("thresholds", .array([
                threshold("response_time.p99 < 25ms", passed: false, .number(0.0312)), threshold("a > 0", passed: true, .number(1)),
                threshold("b > 0", passed: false, .null),
            ])),
            .init("measurement", .object([.init("valid", .bool(false)), .init("reasons", .array([.string("late"), .string("busy")]))])),
        ]))
        #expect(text.contains("tests=\"6\" failures=\"4\" errors=\"0\" time=\"1000.000\""))
        #expect(text.contains("classname=\"highwater.steady\" name=\"response_time.p99 &lt; 25ms\" time=\"1000.000\">\n  <failure"))
        #expect(text.contains("message=\"response_time.p99 &lt; 25ms: 31.2ms\""))
        #expect(text.contains("name=\"a &gt; 0\" time=\"1000.000\"/>"))
        #expect(text.contains("b &gt; 0: nothing was measured"))
        #expect(text.contains("name=\"the measurement is valid\"") && text.contains("message=\"late; busy\""))
        #expect(text.contains("name=\"the result is ok\"") && text.contains("message=\"2 of 3 thresholds missed: "))
        #expect(!text.unicodeScalars.contains("\u{FFFF}"))
    }

    @Test("has a case that failed for each kind of finding, and one that passed where there was none")
    func findings() {
        func export(_ found: [BrokenWrite]) -> String {
            var exporter = ExportFormat.junit.makeExporter(histogram: "client.service_time")
            var text = exporter.begin(header) + exporter.add(watchedSample())
            for finding in found {
                text += exporter.add(Event(timeNanoseconds: 1, level: .error, source: "finding", text: finding.sentence, brokenWrite: finding))
            }
            text += exporter.add(summary: .object([]))
            #expect(throws: Never.self) { try exporter.end { text += $0 } }
            return text
        }
        let text = export([brokenWrite, brokenWrite])
        #expect(text.contains("tests=\"2\" failures=\"1\"") && text.contains("name=\"request changed under a pending write\""))
        #expect(text.contains("respond server.c:306 (server)"), "\(text)")
        #expect(export([]).contains("name=\"no write was broken\" time=\"1000.000\"/>"))
    }

    @Test("of a run that was killed has an error, not a pass")
    func killed() {
        let text = export(nil)
        #expect(text.contains("tests=\"1\" failures=\"0\" errors=\"1\"") && text.contains("<error type=\"unknown\" message=\"the recording has no summary"))
    }
}
