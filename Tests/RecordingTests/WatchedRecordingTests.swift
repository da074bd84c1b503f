import Foundation
import Measurements
import Recording
import SampleSupport
import Testing

@Suite("A recording of a server that is watched")
struct WatchedRecordingTests {
    /// Writes lines, and reads them again.
    private func again(_ write: (inout RecordingWriter) throws -> Void) throws -> (text: String, lines: [RecordingReader.Line]) {
        let path = NSTemporaryDirectory() + "highwater-watched-\(UUID().uuidString).ndjson"
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(RecordingHeader(
                toolVersion: "1.2.3", hostName: "box", system: "Linux 6.1", cpuCount: 2, commandLine: ["highwater"], startedUnixSeconds: 1,
                plan: .object([])))
            try write(&writer)
        }
        var reader = try RecordingReader(path: path)
        var lines: [RecordingReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        return (try String(contentsOfFile: path, encoding: .utf8), lines)
    }

    @Test("leaves out what its source could not know, and reads it as unknown, not as 0")
    func unknown() throws {
        let sample = watchedSample()
        let (text, lines) = try again { try $0.write(sample) }
        guard case .sample(let read)? = lines.first else { return #expect(Bool(false), "no sample") }
        #expect(read.unknown == sample.unknown && read.watch?.findings == sample.watch?.findings)
        for metric in Metric.all where metric.kind != .histogram {
            #expect(metric.number(of: read) == metric.number(of: sample), "\(metric.name)")
        }
        #expect(text.contains(#""unknown":["http","failed_handshakes","arenas","heap"]"#))
        #expect(!text.contains(#""arena":"#) && !text.contains(#""arena_"#) && !text.contains("live_bytes") && !text.contains(#""streams""#), "\(text)")
    }

    @Test("has the kernel's view of each connection")
    func kernel() throws {
        let (_, lines) = try again { try $0.write(watchedSample()) }
        guard case .sample(let read)? = lines.first else { return #expect(Bool(false), "no sample") }
        #expect(read.server?.connections.first?.kernel == watchedSample().server?.connections.first?.kernel)
    }

    @Test("has how often each finding was made with each sample, and a reader of before finds none")
    func counts() throws {
        var sample = watchedSample()
        sample.findingCounts = [FindingCount(number: 1, count: 80_212), FindingCount(number: 4, count: 1)]
        let (text, lines) = try again { writer in
            try writer.write(sample)
            try writer.write(watchedSample())
        }
        guard lines.count == 2, case .sample(let read) = lines[0], case .sample(let before) = lines[1] else { return #expect(Bool(false), "no samples") }
        #expect(text.contains(#""findings_by_number":{"1":80212,"4":1}"#), "\(text)")
        #expect(read.findingCounts == sample.findingCounts && before.findingCounts == [])
    }

    @Test("keeps a finding with its event, to the byte")
    func finding() throws {
        var numbered = brokenWrite
        (numbered.number, numbered.count) = (7, 12)
        (numbered.trap, numbered.memory.again) = (.noPage, .init(place: "send server.c:68 (server)", isOnSameConnection: true))
        (numbered.memory.nextWrite, numbered.memory.freedPlaces) = (.inPlace, ["render tiles.c:39 (tiles)"])
        let event = Event(timeNanoseconds: 3, level: .error, source: "finding", text: numbered.sentence, brokenWrite: numbered)
        var bare = BrokenWrite()
        bare.kind = .badPointer
        bare.memory.isNotFreed = true
        let plain = Event(timeNanoseconds: 4, level: .error, source: "finding", text: bare.sentence, brokenWrite: bare)
        let (_, lines) = try again { writer in
            try writer.write(event)
            try writer.write(plain)
        }
        guard lines.count == 2, case .event(let first) = lines[0], case .event(let second) = lines[1] else { return #expect(Bool(false), "no events") }
        #expect(first == event && second == plain)
    }

    @Test("keeps a gap in the answers with its event")
    func answerGap() throws {
        let gap = AnswerGap(durationNanoseconds: 252_000_000, requestCount: 51, answeredCount: 1499)
        let event = Event(timeNanoseconds: 3, level: .warning, source: "client", text: gap.sentence, answerGap: gap)
        let (_, lines) = try again { try $0.write(event) }
        guard lines.count == 1, case .event(let read) = lines[0] else { return #expect(Bool(false), "no event") }
        #expect(read == event)
    }
}
