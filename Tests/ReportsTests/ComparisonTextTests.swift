import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("What a comparison says first")
struct ComparisonTextTests {
    @Test("says in its first line which run is slower, by how much, and what failed")
    func headline() throws {
        let slower = Comparison(comparedRun("a"), comparedRun("b", latency: 6.3e6, failed: 18))
        #expect(slower.headline.hasPrefix("B is slower: service p50 1.00ms -> 6.3"), "\(slower.headline)")
        #expect(slower.headline.hasSuffix("; 1.8% of B's requests failed"), "\(slower.headline)")
        #expect(Comparison(comparedRun("a", latency: 2e6), comparedRun("b")).headline.hasPrefix("B is faster: service p50 2.0"))
        #expect(Comparison(comparedRun("a"), comparedRun("b", rate: 500)).headline == "B is slower: successful requests 1000/s -> 500/s, -50.0%")
        // It refuses, and fast.
        let refusing = Comparison(comparedRun("a"), comparedRun("b", rate: 2_000, failed: 1_500)).headline
        #expect(refusing.hasPrefix("B is slower: successful requests 1000/s -> 500/s"), "\(refusing)")
        #expect(Comparison(comparedRun("a"), comparedRun("b", failed: 1)).headline == "B fails more: 0.1% of B's requests failed")
        #expect(Comparison(comparedRun("a"), comparedRun("b")).headline.hasPrefix("B is as fast as A"))
        #expect(Comparison(comparedRun("a", intervals: 4), comparedRun("b", latency: 9e6)).headline.hasPrefix("too short to tell"))
        #expect(Comparison(phasedRun("a"), phasedRun("b", second: 1.5e6)).headline.contains("slower"))
    }

    @Test("has the same headline first in a table, in Markdown and in JSON, and the warnings too")
    func formats() throws {
        var cut = comparedRun("b", latency: 2e6)
        cut.end = .cutOff
        let comparison = Comparison(comparedRun("a"), cut)
        #expect(comparison.text(all: false).hasPrefix(comparison.headline.prefix(70)))
        #expect(comparison.markdown.hasPrefix("**B is slower"))
        #expect(comparison.json["headline"] == .string(comparison.headline))
        let warning = "B: it is cut off within a line: the run was killed, or is not over"
        #expect(comparison.warnings == [warning])
        #expect(comparison.text(all: false).contains("warning: " + warning) && comparison.markdown.contains("warning: " + warning))
        #expect(comparison.json["warnings"] == .array([.string(warning)]))
    }

    @Test("names what the two runs were asked for, where that differs")
    func plans() throws {
        func header(_ path: String, _ policy: String, _ port: Int, host: String = "one") -> RecordingHeader {
            RecordingHeader(
                toolVersion: "1", hostName: host, system: "Linux", cpuCount: 2, commandLine: [], startedUnixSeconds: 0,
                plan: .object([
                    .init("server", .object([.init("listen", .string("127.0.0.1:\(port)")), .init("write_policy", .string(policy))])),
                    .init("client", .object([
                        .init("path", .array([.string(path)])), .init("target", .string("127.0.0.1:\(port)")),
                        .init("request_kinds", .array([.object([.init("path", .string(path))])])),
                    ])), .init("thresholds", .array([.string(path)])),
                ]))
        }
        func differences(_ a: RecordingHeader, _ b: RecordingHeader) -> [PlanDifference] {
            Comparison(
                ComparedRun(name: "a", header: a, request: summaryRequest), ComparedRun(name: "b", header: b, request: summaryRequest)
            ).planDifferences
        }
        #expect(differences(header("/a", "lease", 1), header("/a", "lease", 2)).isEmpty)
        let found = differences(header("/bytes/1KiB", "lease", 1), header("/bytes/64KiB", "copy", 2, host: "two"))
        #expect(found.map(\.name) == ["server.write_policy", "client.path", "host.name"])
        #expect(found.map(\.isLoad) == [false, true, false])
        #expect(found[1].base == "[\"/bytes/1KiB\"]" && found[1].other == "[\"/bytes/64KiB\"]")
        let comparison = Comparison(
            ComparedRun(name: "a", header: header("/bytes/1KiB", "lease", 1), request: summaryRequest),
            ComparedRun(name: "b", header: header("/bytes/64KiB", "lease", 1), request: summaryRequest))
        #expect(comparison.text(all: false).contains("""
            warning: the runs were asked for different things:
              client.path  ["/bytes/1KiB"] -> ["/bytes/64KiB"]
            """))
        #expect(comparison.markdown.contains("- warning: asked for different things: client.path: "))
    }

    @Test("sets columns apart, however large a figure is")
    func wideFigures() {
        let comparison = Comparison(comparedRun("a", rate: 1), comparedRun("b", rate: 2_002_370))
        let line = comparison.text(all: true).split(separator: "\n").first { $0.hasPrefix("  done.rate") }
        #expect(line?.split(separator: " ").count == 6, "\(line ?? "")")
        #expect(line?.contains(" x20") == true, "\(line ?? "")")
    }
}
