import Measurements
import Reports
import SampleSupport
import Testing

@Suite("Gaps in the answers, in the summary")
struct AnswerGapListTests {
    private func text(_ gaps: [(end: Double, duration: Double)], requests: UInt64 = 20, warmupSeconds: Double? = nil) -> String {
        var summary = Summary(.init(address: "", load: .init(connections: 20, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for gap in gaps {
            summary.add(Event(
                timeNanoseconds: UInt64(gap.end * 1e9), level: .warning, source: "client", text: "",
                answerGap: AnswerGap(durationNanoseconds: UInt64(gap.duration * 1e9), requestCount: requests)))
        }
        if let warmupSeconds {
            var sample = Sample(
                timeNanoseconds: UInt64(warmupSeconds * 1e9), intervalNanoseconds: 1_000_000_000, server: nil, client: ClientSample(),
                process: ProcessSample())
            sample.isWarmup = true
            summary.add(sample)
        }
        return summary.text.replacing(/\s+/, with: " ")
    }

    @Test("leave out those of the warm-up")
    func warmup() {
        let text = text([(1.3, 0.3), (3.3, 0.3)], warmupSeconds: 2)
        #expect(text.contains("gaps no answer came for 300ms while 20 requests were in flight, from 3.00s on"), "\(text)")
    }


    @Test("say when they began, and how often where they recur")
    func period() {
        let text = text([(3.35, 0.25), (6.46, 0.26), (9.55, 0.25), (12.65, 0.252)])
        #expect(
            text.contains(
                "gaps no answer came for 250ms or longer, 4 times, though requests were in flight: at 3.10s, 6.20s, 9.30s, 12.4s, about every 3.10s; 260ms at most"),
            "\(text)")
    }

    @Test("name no period where the times between them differ, or where there are only two")
    func irregular() {
        #expect(!text([(1.2, 0.2), (2.2, 0.2), (9.2, 0.2)]).contains("about every"))
        #expect(!text([(1.2, 0.2), (4.2, 0.2)]).contains("about every"))
    }

    @Test("are one where several loops noticed the same, with the requests of all")
    func loops() {
        let text = text([(3.25, 0.25), (3.26, 0.2), (3.24, 0.22)])
        #expect(text.contains("gaps no answer came for 260ms while 60 requests were in flight, from 3.00s on"), "\(text)")
    }

    @Test("are no part of a summary without any")
    func none() {
        #expect(!text([]).contains("no answer came"))
    }
}
