import Foundation
import Measurements
import Recording
import SampleSupport
import Testing

@Suite("A recording")
struct RecordingTests {
    private let header = RecordingHeader(
        toolVersion: "1.2.3", hostName: "box", system: "Linux 6.1", cpuCount: 2, commandLine: ["highwater", "record", "-H", "a: \"b\""],
        startedUnixSeconds: 1_700_000_000.125, plan: .object([.init("connections", .number(100))]))

    private func path(_ name: String = #function) -> String {
        NSTemporaryDirectory() + "highwater-recording-\(name.prefix { $0 != "(" })-\(getpid()).ndjson"
    }

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("gives back what was written")
    func roundTrip() throws {
        let path = path()
        defer { unlink(path) }
        let sample = fullSample(isWatched: true)
        let event = Event(timeNanoseconds: 1_500_000_000, level: .warning, source: "client", text: "line\nbreak \u{1b}[2J", violation: violation)
        let summary = JSON.object([.init("client", .object([.init("service_time", .object([.init("count", .number(20_000))]))]))])
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(header)
            try writer.write(sample)
            try writer.write(event)
            try writer.write(summary: summary)
        }
        let text = try contents(path)
        #expect(text.split(separator: "\n").count == 4)
        #expect(!text.contains("\u{1b}"))

        var reader = try RecordingReader(path: path)
        #expect(reader.header.commandLine == header.commandLine)
        #expect(reader.header.startedUnixSeconds == header.startedUnixSeconds)
        #expect(reader.header.plan == header.plan)
        guard case .sample(let copy)? = try reader.next() else { throw Failure.otherLine }
        for metric in Metric.all {
            switch (metric.read(sample), metric.read(copy)) {
            case (.number(let left)?, .number(let right)?): #expect(left == right, "\(metric.name)")
            case (.histogram(let left)?, .histogram(let right)?): #expect(left.count == right.count, "\(metric.name)")
            default: Issue.record("\(metric.name) is missing")
            }
        }
        #expect(copy.server?.inspection == sample.server?.inspection)
        #expect(copy.server?.pendingWrites == sample.server?.pendingWrites)
        #expect(copy.server?.connections.map(\.id) == [2, 1])
        #expect(copy.server?.connections.last == sample.server?.connections.first)
        guard case .event(let sameEvent)? = try reader.next() else { throw Failure.otherLine }
        #expect(sameEvent == event)
        guard case .summary(let json)? = try reader.next() else { throw Failure.otherLine }
        #expect(json[path: "client.service_time.count"]?.number == 20_000)
        let end = try reader.next()
        #expect(end == nil && !reader.isCutOff)
    }

    @Test("without a server has none when it is read")
    func absentParts() throws {
        let path = path()
        defer { unlink(path) }
        var writer = try RecordingWriter(path: path)
        try writer.write(header)
        try writer.write(Sample(timeNanoseconds: 1, intervalNanoseconds: 1, server: nil, client: ClientSample(), process: ProcessSample()))
        var reader = try RecordingReader(path: path)
        guard case .sample(let copy)? = try reader.next() else { throw Failure.otherLine }
        #expect(copy.server == nil)
        #expect(copy.client != nil)
    }

    @Test("keeps only the fullest connections")
    func connectionRows() throws {
        let path = path()
        defer { unlink(path) }
        var sample = distinctSample()
        sample.server?.connections = (1...100).map { connection(id: $0, pendingBytes: Int($0 * 37 % 101)) }
        var writer = try RecordingWriter(path: path)
        try writer.write(header)
        try writer.write(sample)
        var reader = try RecordingReader(path: path)
        guard case .sample(let copy)? = try reader.next() else { throw Failure.otherLine }
        #expect(copy.server?.connections.map(\.pendingBytes) == (85...100).reversed())
    }

    @Test("keeps the clients' connections where there are none of the server, those in trouble first, and without arenas")
    func clientRows() throws {
        let path = path()
        defer { unlink(path) }
        var sample = distinctSample()
        sample.server = nil
        sample.client?.connections = (1...40 as ClosedRange<UInt64>).map { id in
            var row = connection(id: id, pendingBytes: 0)
            row.oldestRequestNanoseconds = id * 1_000_000
            return row
        }
        var writer = try RecordingWriter(path: path)
        try writer.write(header)
        try writer.write(sample)
        var reader = try RecordingReader(path: path)
        guard case .sample(let copy)? = try reader.next() else { throw Failure.otherLine }
        #expect(copy.client?.connections.map(\.oldestRequestNanoseconds) == (25...40 as ClosedRange<UInt64>).reversed().map { $0 * 1_000_000 })
        #expect(copy.client?.connections.first?.arenaUsedBytes == 0 && copy.client?.connections.first?.sentBytes == 6)
    }

    @Test("that ends within a line gives all lines before, and says so")
    func cutOff() throws {
        let path = path()
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(header)
            try writer.write(distinctSample())
            try writer.write(distinctSample())
        }
        try write(String(try contents(path).dropLast(10)), to: path)
        var reader = try RecordingReader(path: path)
        let first = try reader.next()
        #expect(first != nil)
        let second = try reader.next()
        #expect(second == nil && reader.isCutOff)
    }

    @Test("keeps lines that are damaged where they stand, for whoever shows a recording line by line")
    func damagedLines() throws {
        let path = path()
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(header)
            try writer.write(distinctSample())
        }
        let whole = try contents(path)
        try write(whole + "rubbish\n{\"type\":\"sample\"}\n{\"type\":\"later\"}\n{\"type\":\"event\",\"ti", to: path)
        var reader = try RecordingReader(path: path)
        var lines: [RecordingLine] = []
        while let line = try reader.nextLine() { lines.append(line) }
        if let cutOff = reader.cutOffLine { lines.append(cutOff) }
        #expect(lines.map(\.number) == [2, 3, 4, 5, 6])
        let time = distinctSample().timeNanoseconds
        #expect(lines.map(\.timeNanoseconds) == [time, time, time, 0, time])
        #expect(lines.map(\.error?.cause) == [nil, .notJSON, .missing("time"), nil, .cutOff])
        for line in lines {
            if let error = line.error { #expect(throws: error) { try line.parsed() } } else { _ = try line.parsed() }
        }
        try write(whole, to: path)
        var intact = try RecordingReader(path: path)
        while try intact.nextLine() != nil {}
        #expect(intact.cutOffLine == nil)
    }

    @Test("with a bad line names the line")
    func badLine() throws {
        let path = path()
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(header)
        }
        let good = try contents(path)
        for (line, cause) in [
            ("nonsense", RecordingError.Cause.notJSON), ("{}", .missing("type")), (#"{"type":"sample"}"#, .missing("time")),
            (#"{"type":"sample","time":1,"interval":1,"client":{"requests":{"done":"many"}}}"#, .missing("client.requests.done")),
            (#"{"type":"sample","time":1,"interval":1,"client":{"service_time":{"hdr":"AAAA"}}}"#, .histogram("client.service_time", .notCompressedV2)),
        ] {
            try write(good + #"{"type":"new"}"# + "\n" + line + "\n", to: path)
            var reader = try RecordingReader(path: path)
            guard case .other("new")? = try reader.next() else { throw Failure.otherLine }
            do throws(RecordingError) {
                _ = try reader.next()
                Issue.record("\(line) was read")
            } catch {
                #expect(error == RecordingError(path: path, line: 3, cause: cause))
            }
        }
    }

    @Test("with numbers that fit nothing does not trap")
    func absurdNumbers() throws {
        let path = path()
        defer { unlink(path) }
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(header)
        }
        let good = try contents(path)
        try write(good + #"{"type":"sample","time":1e300,"interval":-1,"client":{"requests":{"done":1e99,"in_flight":-5.5}}}"# + "\n", to: path)
        var reader = try RecordingReader(path: path)
        guard case .sample(let sample)? = try reader.next() else { throw Failure.otherLine }
        #expect(sample.client?.requests.done == .max)
        #expect(sample.client?.requests.inFlight == 0)
    }

    @Test("of a newer version, of another kind, or of nothing is refused by name")
    func otherFiles() throws {
        let path = path()
        defer { unlink(path) }
        for (text, line, cause) in [
            ("", nil, RecordingError.Cause.empty), ("half a line", 1, .noHeader), ("# a script\n", 1, .notJSON),
            (#"{"type":"sample"}"# + "\n", 1, .noHeader), (#"{"type":"header","version":2}"# + "\n", 1, .futureVersion(2)),
        ] as [(String, Int?, RecordingError.Cause)] {
            try write(text, to: path)
            do throws(RecordingError) {
                _ = try RecordingReader(path: path)
                Issue.record("\(text) was read")
            } catch {
                #expect(error == RecordingError(path: path, line: line, cause: cause))
            }
        }
    }

    @Test("cannot be written where nothing can")
    func unwritable() {
        for path in ["/nowhere/run.ndjson", "/tmp"] {
            do throws(RecordingError) {
                _ = try RecordingWriter(path: path)
                Issue.record("\(path) was opened")
            } catch {
                #expect(error.description.contains("cannot write"))
            }
        }
    }

    @Test("on a full disk fails with the system's reason, once and for all")
    func fullDisk() throws {
        var writer = try RecordingWriter(path: "/dev/full")
        do throws(RecordingError) {
            try writer.write(header)
            Issue.record("/dev/full took a line")
        } catch {
            #expect(error.cause == .system("cannot write", ENOSPC))
        }
        do throws(RecordingError) {
            try writer.write(distinctSample())
            Issue.record("it went on")
        } catch {
            #expect(error.cause == .failedBefore)
        }
    }

    /// In a process of its own, since the limit on the size of files holds for a whole process.
    @Test("that a line no longer fits keeps whole lines only")
    func limitedFile() async {
        await #expect(processExitsWith: .success) {
            let path = NSTemporaryDirectory() + "highwater-recording-limited-\(getpid()).ndjson"
            defer { unlink(path) }
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 20_000, rlim_max: 20_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var writer = try RecordingWriter(path: path)
            try writer.write(RecordingHeader(
                toolVersion: "", hostName: "", system: "", cpuCount: 1, commandLine: [], startedUnixSeconds: 0, plan: .null))
            var written = 0
            do throws(RecordingError) {
                while true {
                    try writer.write(distinctSample())
                    written += 1
                }
            } catch {
                #expect(error.cause == .system("cannot write", EFBIG))
            }
            var reader = try RecordingReader(path: path)
            var read = 0
            while try reader.next() != nil { read += 1 }
            #expect(read == written && read > 0 && !reader.isCutOff)
        }
    }

    @Test("that was opened and never begun leaves no file, and harms none that was there")
    func neverBegun() throws {
        let path = path()
        defer { unlink(path) }
        do { _ = try RecordingWriter(path: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
        try write("precious\n", to: path)
        do { _ = try RecordingWriter(path: path) }
        #expect(try contents(path) == "precious\n")
    }

    private enum Failure: Error { case otherLine }
}
