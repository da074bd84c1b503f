import Measurements
import Reports
import Testing

@Suite("A report in sentences")
struct PlainReportTests {
    /// A second of a run: so many requests, one latency, so many pending bytes.
    private func sample(_ second: UInt64, requests: UInt64, milliseconds: UInt64 = 10, pending: Int = 0, failed: UInt64 = 0) -> Sample {
        var client = ClientSample()
        client.requests.succeeded = requests
        client.requests.failed = failed
        client.requests.done = requests + failed
        client.connectionCounts.open = 4
        client.writes.pendingBytes = pending
        client.responseTime.record(nanoseconds: milliseconds * 1_000_000, times: 2_000)
        return Sample(
            timeNanoseconds: second * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client, process: ProcessSample())
    }

    /// Reports on seconds of a run; the rate goes up and down by a hundredth.
    private func reports(
        _ report: inout PlainReport, _ seconds: ClosedRange<UInt64>, requests rate: UInt64 = 1_000, milliseconds: UInt64 = 10, pending: Int = 0, failed: UInt64 = 0
    ) -> [[String]] {
        seconds.compactMap { second in
            let sentences = report.add(sample(
                second, requests: second * rate + second % 2 * (rate / 100), milliseconds: milliseconds, pending: pending, failed: failed))
            return sentences.isEmpty ? nil : sentences
        }
    }

    @Test("tells all figures at first, each in a sentence with its unit, and says when nothing has changed")
    func first() {
        var report = PlainReport(everyNanoseconds: 5_000_000_000)
        #expect(report.all() == ["There is no sample yet."])
        let told = reports(&report, 1...15)
        #expect(told.count == 3)
        #expect(told[0].first == "After 5.0 s.")
        #expect(told[0].contains("The number of failed requests is 0.") && told[0].contains("The median response time is 10.0ms."), "\(told[0])")
        #expect(told[0].contains { $0.hasPrefix("The request rate is ") && $0.hasSuffix(" per second.") })
        #expect(told[0].allSatisfy { $0.hasSuffix(".") })
        for quiet in told[1...] { #expect(quiet.count == 1 && quiet[0].contains(": no change in "), "\(quiet)") }
    }

    @Test("then tells what moved by more than its noise, and nothing else")
    func changes() {
        var report = PlainReport(everyNanoseconds: 5_000_000_000)
        _ = reports(&report, 1...10)
        let slow = reports(&report, 11...15, milliseconds: 50, pending: 2 * 1_048_576)
        #expect(slow.count == 1)
        #expect(slow[0].contains("The amount of pending bytes rose from 0B to 2.00MiB.") && slow[0].contains("The p99 response time rose from 10.0ms to 50.0ms."), "\(slow[0])")
        #expect(!slow[0].contains { $0.contains("request rate") } && slow[0][0].hasPrefix("After 15.0 s: 4 changes, "), "\(slow[0])")
        // What was told is what the next report is held against.
        #expect(reports(&report, 16...20, milliseconds: 50, pending: 2 * 1_048_576).first?.count == 1)
        let calm = reports(&report, 21...25)
        #expect(calm[0].contains("The amount of pending bytes fell from 2.00MiB to 0B."))
    }

    @Test("a single failure is told, however many requests went well")
    func failure() {
        var report = PlainReport(everyNanoseconds: 5_000_000_000)
        _ = reports(&report, 1...5, requests: 100_000)
        let told = reports(&report, 6...10, requests: 100_000, failed: 1)
        #expect(told[0].dropFirst().first == "The number of failed requests rose from 0 to 1.", "\(told)")
    }

    @Test("all figures are there when they are asked for, and the report that is due comes all the same")
    func asked() {
        var report = PlainReport(everyNanoseconds: 5_000_000_000)
        _ = reports(&report, 1...7)
        let all = report.all()
        #expect(all[0] == "After 7.0 s." && all.count > 5)
        #expect(reports(&report, 8...10).count == 1)
    }

    @Test("an event is a sentence on one line, and no terminal obeys it")
    func event() {
        let event = Event(timeNanoseconds: 61_200_000_000, level: .warning, source: "server", text: "a\nb\u{1B}[2J")
        #expect(PlainReport.sentence(event) == "Warning at 1 min 1 s, server: a?b?[2J.")
    }
}
