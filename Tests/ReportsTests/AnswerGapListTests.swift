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
        #expect(text.contains("gaps no answer came for 300ms while 20 requests were in flight, from 3.00s of the run on"), "\(text)")
    }


    @Test("say when they began, and how often where they recur")
    func period() {
        let text = text([(3.35, 0.25), (6.46, 0.26), (9.55, 0.25), (12.65, 0.252)])
        #expect(
            text.contains(
                "gaps no answer came for 250ms to 260ms, 4 times, though requests were in flight: at 3.10s, 6.20s, 9.30s, 12.4s of the run, about every 3.10s"),
            "\(text)")
    }

    private func period(startsAt starts: [Double]) -> Double? {
        var summary = Summary(.init(address: "", load: .init(connections: 20, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for start in starts {
            summary.add(Event(
                timeNanoseconds: UInt64((start + 0.2) * 1e9), level: .warning, source: "client", text: "",
                answerGap: AnswerGap(durationNanoseconds: 200_000_000, requestCount: 1)))
        }
        return summary.derived("client.gaps.period")
    }

    /// Gaps of loops that notice each of them, by when they began and what all loops had answered by then.
    private func rhythm(_ gaps: [(start: Double, answered: UInt64)], loops: UInt64 = 1) -> String {
        var summary = Summary(.init(address: "", load: .init(connections: 20, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for gap in gaps {
            for loop in 0..<loops {
                let answered = gap.answered / loops + (loop == 0 ? gap.answered % loops : 0)
                summary.add(Event(
                    timeNanoseconds: UInt64((gap.start + 0.2) * 1e9), level: .warning, source: "client", text: "",
                    answerGap: AnswerGap(durationNanoseconds: 200_000_000, requestCount: 1, answeredCount: answered)))
            }
        }
        let text = summary.text.replacing(/\s+/, with: " ")
        return text.firstMatch(of: /of the run(.*?) (?:measurement|more|as a gate|recording)/).map { String($0.1) } ?? text
    }

    @Test("recur by time or by requests, and where the rate was the same all the time, by either", arguments: [1, 2])
    func byRequests(loops: UInt64) {
        #expect(
            rhythm([(3, 1_499), (6, 2_999), (9, 4_498), (12, 5_999)], loops: loops)
                == ", about every 3.00s, or every 1500 requests: another rate tells which")
        #expect(rhythm([(3, 1_499), (4, 2_999), (9, 4_498), (11, 5_999)], loops: loops) == ", about every 1500 requests")
        #expect(rhythm([(3, 100), (6, 2_999), (9, 4_498), (12, 4_600)], loops: loops) == ", about every 3.00s")
        #expect(rhythm([(3, 100), (4, 2_999), (9, 4_498), (17, 4_600)], loops: loops) == "")
        #expect(rhythm([(3, 10), (6, 12), (9, 14), (12, 16)], loops: loops) == ", about every 3.00s", "a drowned server of two kinds of request")
        // A recording of an older version.
        #expect(rhythm([(3, 0), (6, 0), (9, 0)], loops: loops) == ", about every 3.00s")
    }

    @Test("have a period though one does not belong there, first, last or in between")
    func oneMore() throws {
        let regular = Array(stride(from: 1.0, to: 30, by: 3))
        for other in [0.2, 8.5, 29.9] {
            #expect(try abs(#require(period(startsAt: (regular + [other]).sorted())) - 3) < 0.001, "\(other)")
        }
        #expect(period(startsAt: (regular + [2, 8.5, 12, 14.7, 23]).sorted()) == nil, "a third does not fit")
    }

    @Test("have a period though some of them are missing, or come a little late")
    func missing() throws {
        #expect(try abs(#require(period(startsAt: [1, 4, 7, 13, 16])) - 3) < 0.001, "one is missing")
        #expect(try abs(#require(period(startsAt: [1, 4.05, 7, 16.1, 19, 22.05])) - 3) < 0.05, "two are")
        #expect(try abs(#require(period(startsAt: [1, 4, 7])) - 3) < 0.001)
    }

    @Test("have none where only multiples fit, since any times would", arguments: [
        [1.0, 4, 10, 16], [1, 2, 4], [1, 1.5, 4, 9, 9.5], [1, 4, 7, 22], [1, 4, 7, 11.5], [1, 4],
    ])
    func noPeriod(starts: [Double]) { #expect(period(startsAt: starts) == nil) }

    /// Two phases of two samples each after a warm-up of one; in each of the first four samples a gap ends, of 100, 200, 300
    /// and 400 ms.
    private func phases(eventsFirst: Bool) -> Summary {
        var summary = Summary(.init(address: "", load: .init(connections: 20, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        for (index, phase) in ["warm", "a", "a", "b", "b"].enumerated() {
            var sample = Sample(
                timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: ClientSample(),
                process: ProcessSample())
            (sample.phase, sample.isWarmup) = (phase, phase == "warm")
            sample.client?.requests.gaps.count = UInt64(min(index + 1, 4))
            sample.client?.requests.gaps.longestNanoseconds = index < 4 ? UInt64(index + 1) * 100_000_000 : 0
            let event = Event(
                timeNanoseconds: sample.timeNanoseconds - 500_000_000, level: .warning, source: "client", text: "",
                answerGap: AnswerGap(durationNanoseconds: UInt64(index + 1) * 100_000_000, requestCount: 1))
            if eventsFirst, index < 4 { summary.add(event) }
            summary.add(sample)
            if !eventsFirst, index < 4 { summary.add(event) }
        }
        return summary
    }

    @Test("are figures of the run and of each phase, for conditions", arguments: [false, true])
    func figures(eventsFirst: Bool) throws {
        let run = phases(eventsFirst: eventsFirst)
        func value(_ figure: String) throws -> Double? { try Threshold(parsing: "\(figure) >= 0").judge(run).value.number }
        #expect(try value("client.gaps.count") == 3 && value("client.gaps.longest") == 0.4 && value("client.gaps.period") == 0.9)
        #expect(try value("a: client.gaps.count") == 2 && value("a: client.gaps.longest") == 0.3 && value("a: client.gaps.period") == nil)
        #expect(try value("b: client.gaps.count") == 1 && value("b: client.gaps.longest") == 0.4)
        #expect(try !Threshold(failingOn: "b: client.gaps.longest > 350ms").judge(run).hasPassed)
        #expect(try Threshold(failingOn: "a: client.gaps.longest > 350ms").judge(run).hasPassed)
        #expect(run.json[path: "client.gaps.count"]?.number == 3 && run.json[path: "client.gaps.longest"]?.number == 0.4)
    }

    @Test("count beyond those that events tell of")
    func many() {
        var summary = Summary(.init(address: "", load: .init(connections: 20, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        var sample = Sample(
            timeNanoseconds: 900_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: ClientSample(), process: ProcessSample())
        sample.client?.requests.gaps.count = 300
        sample.client?.requests.gaps.longestNanoseconds = 700_000_000
        summary.add(sample)
        #expect(summary.text.replacing(/\s+/, with: " ").contains("gaps no answer came for 100ms to 700ms, 300 times, though requests were in flight"), "\(summary.text)")
        summary.add(Event(
            timeNanoseconds: 3_200_000_000, level: .warning, source: "client", text: "", answerGap: AnswerGap(durationNanoseconds: 200_000_000, requestCount: 1)))
        #expect(summary.text.replacing(/\s+/, with: " ").contains("300 times, though requests were in flight: at 3.00s of the run and 299 times more"), "\(summary.text)")
    }

    @Test("name no period where the times between them differ, or where there are only two")
    func irregular() {
        #expect(!text([(1.2, 0.2), (2.2, 0.2), (9.2, 0.2)]).contains("about every"))
        #expect(!text([(1.2, 0.2), (4.2, 0.2)]).contains("about every"))
    }

    @Test("are one where several loops noticed the same, with the requests of all")
    func loops() {
        let text = text([(3.25, 0.25), (3.26, 0.2), (3.24, 0.22)])
        #expect(text.contains("gaps no answer came for 260ms while 60 requests were in flight, from 3.00s of the run on"), "\(text)")
    }

    @Test("are no part of a summary without any")
    func none() {
        #expect(!text([]).contains("no answer came"))
    }
}
