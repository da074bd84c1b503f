import Foundation
import Glibc
import Testing

extension MeasuredProgramTests {
    @Suite("Memory of the steady state", .enabled(if: Tool.cc.exists), .enabled(if: ReleaseBuild.path != nil, "needs a release build that is newer than the sources"))
    struct AllocationTests {
        /// What a run allocates, start and end included. No sample falls within it, so its length does not matter.
        private struct Count {
            var all: Double
            /// Those that OpenSSL made.
            var openSSL: Double
            var ours: Double { all - openSSL }
        }

        private func allocations(requests: Int, library: URL, _ arguments: [String]) throws -> Count {
            let file = library.deletingLastPathComponent().appending(path: "count")
            let child = try ChildProcess(
                try #require(ReleaseBuild.path), ["record", "-n", "\(requests)", "-c", "10", "-m", "10", "--interval", "60s"] + arguments,
                environment: ["LD_PRELOAD": library.path, "MALLOC_COUNTER_FILE": file.path])
            let result = child.end(withinSeconds: 60)
            #expect(result.code == 0, "\(result)")
            let numbers = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            try #require(numbers.count == 2)
            return Count(all: numbers[0], openSSL: numbers[1])
        }

        /// Of a short run and of one three times as long, whose difference is what requests cost.
        private func allocations(requests: Int, _ arguments: [String]) throws -> (short: Count, long: Count) {
            let directory = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let library = directory.appending(path: "malloc_counter.so")
            let source = Program.root.appending(path: "Tests/Fixtures/malloc_counter.c")
            let build = try Tool.cc.run("-O2", "-shared", "-fPIC", "-o", library.path, source.path)
            #expect(build.code == 0, "\(build.errors)")
            return (
                try allocations(requests: requests, library: library, arguments),
                try allocations(requests: 3 * requests, library: library, arguments)
            )
        }

        @Test("no request costs an allocation, in server or client", arguments: [
            [], ["--path", "/bytes/100KiB"], ["--path", "/get?a=b"], ["--path", "/stream-bytes/10000"],
            ["--path", "/post?n={{seq}}", "--data", "{\"id\":{{seq}},\"key\":\"{{random.uuid}}\"}", "-H", "x-id: {{random.hex 16}}"],
            ["--path", "/anything/{{random.int 1 100}}", "--data", "{{random.string 500}}", "--h1"],
        ])
        func perRequest(arguments: [String]) throws {
            let count = 5_000
            let (short, long) = try allocations(requests: count, arguments)
            // Samples allocate a little, but neither run has one before its end.
            #expect((long.all - short.all) / Double(2 * count) < 0.01, "\(short), then \(long)")
        }

        @Test("over TLS no request costs an allocation of ours: those there are OpenSSL makes, for its records", arguments: [
            [], ["--h1"], ["--path", "/bytes/100KiB"],
        ])
        func perRequestOverTLS(arguments: [String]) throws {
            let count = 5_000
            let (short, long) = try allocations(requests: count, ["--tls"] + arguments)
            #expect((long.ours - short.ours) / Double(2 * count) < 0.01, "\(short), then \(long)")
            // Or its hooks counted nothing, and ours would be all there are.
            #expect(long.openSSL - short.openSSL > Double(count) / 10, "\(short), then \(long)")
        }
    }
}

/// The program as it is meant to be measured.
enum ReleaseBuild {
    /// nil: there is none, or it is older than a source file, or it runs under a sanitizer.
    static let path: String? = {
        let path = Program.root.appending(path: ".build/release/highwater").path
        guard dlsym(nil, "__asan_init") == nil, dlsym(nil, "__tsan_init") == nil,
            let built = modified(path)
        else { return nil }
        let sources = FileManager.default.enumerator(atPath: Program.root.appending(path: "Sources").path)
        while let file = sources?.nextObject() as? String {
            guard file.hasSuffix(".swift"), let date = modified(Program.root.path + "/Sources/" + file) else { continue }
            if date > built { return nil }
        }
        return path
    }()

    private static func modified(_ path: String) -> Date? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        return attributes?[.modificationDate] as? Date
    }
}
