import Client
import Foundation
import Measurements
import TestSupport
import Testing

@Suite("Gaps in the answers")
struct AnswerGapTests {
    private static let millisecond: UInt64 = 1_000_000

    @Test("a time without answers is a gap when it is long, and much longer than usual")
    func gaps() {
        var gaps = AnswerGaps()
        var now = 5 * AnswerGapTests.millisecond
        gaps.waitDidBegin(atNanoseconds: now)
        for _ in 0..<1_000 {
            now += AnswerGapTests.millisecond
            #expect(gaps.answerDidCome(atNanoseconds: now) == nil)
        }
        now += 99 * AnswerGapTests.millisecond
        #expect(gaps.answerDidCome(atNanoseconds: now) == nil, "shorter than the least")
        now += 250 * AnswerGapTests.millisecond
        #expect(gaps.answerDidCome(atNanoseconds: now) == .init(nanoseconds: 250 * AnswerGapTests.millisecond, endNanoseconds: now))
        // The body comes before the end of the answer, and within the answer there is a gap too.
        let end = now + 300 * AnswerGapTests.millisecond
        gaps.bytesDidCome(atNanoseconds: end)
        #expect(gaps.answerDidCome(atNanoseconds: end + 5) == .init(nanoseconds: 300 * AnswerGapTests.millisecond, endNanoseconds: end))
        #expect(gaps.answerDidCome(atNanoseconds: end + 10) == nil)
    }

    @Test("a server whose answers usually take so long has no gaps")
    func slowServer() {
        var gaps = AnswerGaps()
        var now: UInt64 = 0
        gaps.waitDidBegin(atNanoseconds: now)
        for _ in 0..<100 {
            now += 300 * AnswerGapTests.millisecond
            #expect(gaps.answerDidCome(atNanoseconds: now) == nil)
        }
    }

    @Test("nothing is a gap while no request is in flight, or while a long answer comes")
    func idle() {
        var gaps = AnswerGaps()
        var now: UInt64 = 0
        for _ in 0..<100 {
            gaps.waitDidBegin(atNanoseconds: now)
            now += AnswerGapTests.millisecond
            #expect(gaps.answerDidCome(atNanoseconds: now) == nil)
            now += 900 * AnswerGapTests.millisecond
        }
        gaps.waitDidBegin(atNanoseconds: now)
        for _ in 0..<40 {
            now += 50 * AnswerGapTests.millisecond
            gaps.bytesDidCome(atNanoseconds: now)
        }
        #expect(gaps.answerDidCome(atNanoseconds: now + 1) == nil)
    }
}

@Suite("What the clients tell of a server that stands still", .waiting)
struct StandingServerTests {
    /// A peer over HTTP/2 that answers those requests of a connection, by their numbers from 1 on, for which `isAnswered` returns
    /// true, once it returns.
    private func listener(answering isAnswered: @escaping @Sendable (_ number: Int) -> Bool) throws -> RawListener {
        try RawListener { peer, _ in
            try peer.greet()
            var number = 0
            while let stream = try peer.nextRequest() {
                number += 1
                if isAnswered(number) { try peer.answer(stream) }
            }
        }
    }

    /// The same; it answers each request, and stands still for 0.3 s before some.
    private func listener(standingStillBefore isLate: @escaping @Sendable (_ number: Int) -> Bool) throws -> RawListener {
        try listener(answering: { number in
            if isLate(number) { Thread.sleep(forTimeInterval: 0.3) }
            return true
        })
    }

    @Test("is an event with the time without an answer, and how many requests were in flight")
    func event() throws {
        // A client's loop that comes late itself tells of no gap: on a busy machine some of them are missing.
        for attempt in 1...5 {
            let peer = try listener(standingStillBefore: { $0 % 20 == 0 })
            defer { peer.stop() }
            var configuration = ClientConfiguration(port: peer.port)
            configuration.httpVersion = .http2
            configuration.requests = 100
            let run = try LoadRun(configuration)
            expectSums(run, requests: 100)
            guard let event = run.events.first(where: { $0.answerGap != nil }), let gap = event.answerGap else {
                #expect(attempt < 5, "five times, each with five gaps")
                continue
            }
            #expect(gap.durationNanoseconds >= 290_000_000 && gap.requestCount == 1 && gap.answeredCount % 20 == 19, "\(gap)")
            #expect(event.level == .warning && event.text == gap.sentence && event.text.hasSuffix("while 1 request was in flight"), "\(event.text)")
            return
        }
    }

    @Test("has a gap to the end of the run where it has ceased to answer; one that never answered has none", arguments: [40, 0])
    func ceased(answers: Int) throws {
        let peer = try listener(answering: { $0 <= answers })
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http2
        configuration.connections = 1
        configuration.streams = 4
        let run = try LoadRun(configuration, seconds: 0.5, drainSeconds: 0.5)
        expectSums(run)
        #expect(run.total.errors.aborted == 4)
        #expect(run.total.requests.gaps.count == (answers > 0 ? 1 : 0), "\(run.total.requests.gaps)")
        #expect(answers == 0 || run.total.requests.gaps.longestNanoseconds > 600_000_000, "\(run.total.requests.gaps)")
    }

    @Test("counts the requests that were due while all connections waited for answers")
    func delayed() throws {
        let peer = try listener(standingStillBefore: { $0 == 1 })
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http2
        configuration.connections = 1
        configuration.streams = 1
        let run = try LoadRun(configuration, rate: 100, seconds: 0.6)
        // 30 of them are due in that time; the first of all is sent at once.
        #expect(run.total.requests.delayed >= 25 && run.total.requests.delayed < run.total.requests.started, "\(run.total.requests)")
    }
}
