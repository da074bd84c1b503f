import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("The summary of a server that is watched")
struct WatchedSummaryTests {
    private func summary(_ findings: [BrokenWrite] = [], unknown: UnknownFigures = []) -> Summary {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
        var sample = watchedSample()
        sample.client = nil
        sample.watch?.crashes = 0
        sample.unknown.formUnion(unknown)
        summary.add(sample)
        for finding in findings { summary.add(finding) }
        return summary
    }

    @Test("has each bug once, with both places and how often it was found")
    func findings() {
        var other = brokenWrite
        other.foundPlaces = ["elsewhere server.c:9 (server)"]
        let text = summary([brokenWrite, other, brokenWrite]).text
        #expect(text.contains("found 2 times or more, the first time\n  request changed under a pending write"), "\(text)")
        #expect(text.contains("found\n  request changed") && text.contains("    respond server.c:306 (server)") && text.contains("elsewhere server.c:9"))
        let json = summary([brokenWrite, other, brokenWrite]).json
        guard case .array(let list)? = json["findings"] else { return #expect(Bool(false), "no findings") }
        #expect(list.count == 2 && list[0]["count"]?.number == 2 && list[0]["kind"]?.string == brokenWrite.kind.rawValue)
    }

    @Test("says nothing of what the source could not know")
    func unknown() {
        let text = summary().text
        #expect(text.hasPrefix("ok             watched ./server 9000 for"), "\(text)")
        #expect(!text.contains("requests") && !text.contains("arena") && !text.contains("heap") && text.contains("accepted"))
        let outside = summary(unknown: [.acceptances, .loops, .findings, .writeCounts, .traffic, .handshakes]).text
        #expect(!outside.contains("accepted") && !outside.contains("event loops") && !outside.contains("findings") && !outside.contains("received"), "\(outside)")
        #expect(outside.contains("connections at most") && outside.contains("not acknowledged at most"))
    }

    @Test("says how its memory grew from the first sample to the last")
    func growth() {
        var summary = Summary(.init(address: "./server 9000", load: nil, cpuCount: 2))
        for (second, mebibytes) in [54, 70, 64].enumerated() {
            var sample = watchedSample()
            sample.client = nil
            sample.timeNanoseconds = UInt64(second + 1) * 1_000_000_000
            sample.watch?.residentBytes = mebibytes << 20
            summary.add(sample)
        }
        let text = summary.text.split { $0.isWhitespace }.joined(separator: " ")
        #expect(text.contains("memory 54.0MiB at first, 64.0MiB at the end, 70.0MiB at most"), "\(text)")
    }

    @Test("fails a threshold on what was not measured")
    func threshold() throws {
        let threshold = try Threshold(parsing: "server.requests.active.max < 1000000000", phase: nil)
        let result = threshold.judge(summary())
        #expect(!result.hasPassed && result.valueText == "nothing was measured")
        #expect(try Threshold(parsing: "watch.findings < 1000000", phase: nil).judge(summary()).hasPassed)
    }

    @Test("names the server where it died")
    func death() {
        var summary = summary()
        summary.outcome = .crashed(signal: "SIGSEGV")
        #expect(summary.text.hasPrefix("FAILED         the server crashed by SIGSEGV\n"))
    }
}
