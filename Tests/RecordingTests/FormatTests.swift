import Foundation
import Measurements
import Recording
import SampleSupport
import Testing

/// Recordings that version 0.1.0 of the program wrote, and the lines that it writes for values of all kinds. Their bytes are the
/// format: other programs read them, and a later version must read them as this one did.
///
/// Histograms are as they are after they have been read once, at the precision of their buckets.
@Suite("The recording format")
struct FormatTests {
    private static func text(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try String(contentsOf: folder.appending(path: "\(name).jsonl"), encoding: .utf8)
    }

    /// What a writer makes of lines, without their newlines.
    private static func lines(_ write: (inout RecordingWriter) throws -> Void) throws -> [String] {
        let path = NSTemporaryDirectory() + "highwater-format-\(UUID().uuidString).ndjson"
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try write(&writer)
        }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Expects each member of the old line in the new one, in the same order and with the same bytes. Numbers that a
    /// later version counts, and 0.1.0 did not, are 0; its p95 is one more figure of the same histogram.
    private static func expectSame(_ new: String, as old: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let wanted = LineMembers(old), found = LineMembers(new)
        let paths = Set(wanted.members.map(\.path))
        for (found, wanted) in zip(found.members(at: paths), wanted.members) where found != wanted {
            Issue.record("\(found) and not \(wanted)", sourceLocation: sourceLocation)
        }
        #expect(found.members(at: paths).count == wanted.members.count, sourceLocation: sourceLocation)
        #expect(found.members(besides: paths).allSatisfy { $0.text == "0" || $0.path.hasSuffix(".p95") }, sourceLocation: sourceLocation)
        if paths.count == found.members.count { #expect(new == old, sourceLocation: sourceLocation) }
    }

    @Test(
        "gives back every byte of samples and events that were read: phases, an audit's ledger, a crash with its evidence",
        arguments: ["phases", "audit", "early"])
    func rewriting(name: String) throws {
        let path = NSTemporaryDirectory() + "highwater-format-\(name)-\(UUID().uuidString).ndjson"
        defer { unlink(path) }
        let text = try FormatTests.text(name)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        let original = text.split(separator: "\n").map(String.init)

        var read: [String] = []
        var reader = try RecordingReader(path: path)
        while let line = try reader.next() {
            switch line {
            case .sample(let sample): read += try FormatTests.lines { try $0.write(sample) }
            case .event(let event): read += try FormatTests.lines { try $0.write(event) }
            // JSON that was read has its members in no order.
            case .summary: read.append(original[reader.lineNumber - 1])
            case .other(let type): Issue.record("a line of type \(type)")
            }
        }
        #expect(read.count == original.count - 1)
        for (new, old) in zip(read, original.dropFirst()) { FormatTests.expectSame(new, as: old) }
        #expect(reader.header.toolVersion == "0.1.0" && reader.header.cpuCount == 2 && reader.header.system.hasPrefix("Linux "))
        #expect(reader.header.commandLine.count > 2 && reader.header.plan[path: "client.connections"]?.number != nil)
    }

    @Test("writes a header, samples and events byte for byte as ever")
    func writing() throws {
        var changed = violation
        changed.kind = .changedBytes
        changed.overwriter = nil
        changed.write.offset = nil
        var unchanged = violation
        unchanged.changeOffset = nil
        var alone = Sample(timeNanoseconds: 1, intervalNanoseconds: 2, server: nil, client: nil, process: ProcessSample())
        alone.phase = "a \"phase\""
        alone.isWarmup = true
        let fixture = try FormatTests.text("written").split(separator: "\n").map(String.init)
        guard case .sample(var full) = try RecordingReader.Line(json: JSON(parsing: Array(fixture[1].utf8))) else {
            Issue.record("the fixture's second line is no sample")
            return
        }
        // A recording has the extremes at the precision of their buckets; the writer had them exactly.
        let exact = fullSample().client
        full.client?.serviceTime = exact?.serviceTime ?? LatencyHistogram()
        full.client?.responseTime = exact?.responseTime ?? LatencyHistogram()
        let written = try FormatTests.lines { writer in
            try writer.write(RecordingHeader(
                toolVersion: "1.2.3", hostName: "box", system: "Linux 6.1", cpuCount: 2,
                commandLine: ["highwater", "record", "-H", "a: \"b\""], startedUnixSeconds: 1_700_000_000.125,
                plan: .object([.init("z", .number(100)), .init("a", .null)])))
            try writer.write(full)
            try writer.write(alone)
            for violation in [violation, changed, unchanged] {
                try writer.write(Event(timeNanoseconds: 1_500_000_000, level: .error, source: "audit", text: "line\nbreak \u{1b}[2J", violation: violation))
            }
            try writer.write(Event(timeNanoseconds: 3, level: .info, source: "load", text: "begins"))
            try writer.write(summary: .object([.init("time", .number(0.5)), .init("a", .array([.bool(true), .null]))]))
        }
        #expect(written.count == fixture.count)
        for (new, old) in zip(written, fixture) { FormatTests.expectSame(new, as: old) }
    }
}
