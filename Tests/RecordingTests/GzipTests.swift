import Foundation
import Measurements
import Recording
import SampleSupport
import Testing
import TestSupport

@Suite("A recording in gzip")
struct GzipTests {
    private let path = NSTemporaryDirectory() + "highwater-gzip-\(UUID().uuidString).ndjson.gz"
    private let header = RecordingHeader(
        toolVersion: "1", hostName: "h", system: "s", cpuCount: 1, commandLine: [], startedUnixSeconds: 1, plan: .null)

    private func write(_ samples: Int) throws {
        var writer = try RecordingWriter(path: path)
        try writer.write(header)
        for _ in 0..<samples { try writer.write(distinctSample()) }
    }

    private func count(_ path: String) throws -> Int {
        var reader = try RecordingReader(path: path)
        var count = 0
        while case .sample? = try reader.next() { count += 1 }
        return count
    }

    @Test("is what gzip reads, and comes back whole")
    func roundTrip() throws {
        defer { unlink(path) }
        try write(20)
        #expect(try count(path) == 20)
        let plain = String(path.dropLast(3)), words = path + ".words"
        defer { for path in [plain, words] { unlink(path) } }
        let gzip = try SpawnedProgram("/bin/gzip", ["-dk", path], output: words)
        #expect(gzip.finish(withinSeconds: 60) == 0)
        #expect(try count(plain) == 20)
        let sizes = try [path, plain].map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
        #expect(sizes[0] * 2 < sizes[1], "\(sizes)")
    }

    @Test("has all whole lines wherever it was cut off, and never traps on damage")
    func damage() throws {
        defer { unlink(path) }
        try write(3)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.dropLast(12).write(to: URL(fileURLWithPath: path))
        #expect(try count(path) == 3)
        try (whole + whole).write(to: URL(fileURLWithPath: path))
        #expect(throws: RecordingError.self, "a file holds one recording, of gzip too") { try count(path) }
        for index in stride(from: 2, to: whole.count, by: 97) {
            var damaged = whole
            damaged[index] ^= 0x55
            try damaged.write(to: URL(fileURLWithPath: path))
            _ = try? count(path)
        }
    }
}
