import Foundation
import Measurements
import Recording
import SampleSupport
import Testing

@Suite("The page on the recording format")
struct RecordingPageTests {
    private let page: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        page = try String(contentsOf: root.appending(path: "Sources/highwater/Manual.docc/recording-format.md"), encoding: .utf8)
    }

    /// The lines that a writer makes of a run.
    private func lines() throws -> [JSON] {
        let path = NSTemporaryDirectory() + "highwater-page-\(UUID().uuidString).ndjson"
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(RecordingHeader(
                toolVersion: "1", hostName: "box", system: "Linux", cpuCount: 2, commandLine: [], startedUnixSeconds: 1, plan: .null))
            try writer.write(distinctSample(isWatched: true))
            try writer.write(Event(timeNanoseconds: 1, level: .info, source: "load", text: "text", violation: violation))
            try writer.write(summary: .object([]))
        }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
    }

    @Test("has the version that is written")
    func version() {
        #expect(page.hasPrefix("# The recording format, version \(RecordingHeader.currentVersion)\n"))
    }

    @Test("lists every type of line and every member of header, event and histogram")
    func members() throws {
        for line in try lines() {
            let type = try #require(line["type"]?.string)
            #expect(page.contains("| `\(type)` |"), "\(type)")
            guard type == "header" || type == "event", case .object(let members) = line else { continue }
            for member in members {
                #expect(page.contains("`\(member.name)`"), "\(type).\(member.name)")
                guard case .object(let inner) = member.value else { continue }
                for name in inner.map(\.name) { #expect(page.contains("`\(name)`"), "\(type).\(member.name).\(name)") }
            }
        }
    }

    @Test("lists what a histogram and a sample have")
    func sample() throws {
        let sample = try #require(try lines().first { $0["type"]?.string == "sample" })
        guard case .object(let parts) = sample, case .object(let members)? = sample[path: "client.service_time"] else {
            Issue.record("no sample")
            return
        }
        for name in parts.map(\.name) + members.map(\.name) { #expect(page.contains("`\(name)`"), "\(name)") }
        let firsts = Set(Metric.all.compactMap { $0.name.split(separator: ".").first.map(String.init) })
        #expect(firsts == Set(parts.map(\.name)).subtracting(["type"]))
        #expect(page.contains("up to \(Sample.recordedConnectionLimit) connections"))
        #expect(page.contains("up to \(Sample.recordedPendingWriteLimit) writes"))
    }
}
