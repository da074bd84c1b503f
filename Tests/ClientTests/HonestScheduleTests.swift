import Client
import Loop
import Measurements
import Server
import TestSupport
import Testing

@Suite("Requests of an open load that are never sent", .waiting)
struct DroppedRequestTests {
    @Test("have waited until the end: all that were due are in the response times, and were sent as late")
    func dropped() throws {
        // It answers nothing, so that the one stream is never free.
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while try peer.nextRequest() != nil {}
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http2
        configuration.connections = 1
        configuration.streams = 1
        let run = try LoadRun(configuration, rate: 200, seconds: 0.5, drainSeconds: 0.1)
        let requests = run.total.requests
        #expect(requests.started == 1 && requests.scheduled >= 99)
        #expect(run.total.responseTime.count == requests.scheduled)
        #expect(run.total.scheduleDelay.count == requests.scheduled)
        #expect(run.total.serviceTime.count == 1)
        // The second was due at 5 ms, and waited to the end.
        let waited = try #require(run.total.scheduleDelay.highestRecordedNanoseconds)
        #expect(waited >= 450_000_000, "\(waited)")
        #expect(requests.done == 1 && requests.failed == 1, "they have not ended")
    }
}

@Suite("The schedule of an open load", .measuring)
struct MeasuredScheduleTests {
    /// Without optimisation, and under a sanitizer, the clients and not their schedule are the limit.
    #if DEBUG
    static let rates = [1_000.0, 4_000]
    #else
    static let rates = [1_000.0, 10_000, 50_000]
    #endif

    @Test("fires what it was asked for, to a thousandth, by the test's own clock", arguments: rates)
    func firedCount(rate: Double) throws {
        let server = try ServerThread()
        var marks: [(seconds: Double, fired: UInt64)] = []
        func mark(_ generator: LoadGenerator) {
            // A reading begins with a look at the clock, and what is due by then goes out before it.
            let seconds = Double(EventLoop.monotonicNanoseconds()) / 1e9
            marks.append((seconds, generator.sample().requests.started))
        }
        let run = try LoadRun(
            server.configuration {
                $0.connections = 20
                $0.streams = 100
            }, rate: rate, seconds: 1.6, steps: [(0.2, mark), (1.5, mark)])
        let served = server.stop()
        try #require(marks.count == 2)
        let asked = rate * (marks[1].seconds - marks[0].seconds)
        let fired = Double(marks[1].fired - marks[0].fired)
        // And one, since requests are whole.
        #expect(abs(fired - asked) <= asked / 1_000 + 1, "\(fired) of \(asked)")
        #expect(run.total.requests.scheduled == run.total.requests.started)
        #expect(served?.requests.completed == run.total.requests.done)
    }

    @Test("is kept to a fraction of a millisecond, and the answers with it")
    func punctuality() throws {
        let server = try ServerThread()
        // Requests are due at odd parts of a millisecond: a clock of milliseconds would be late by half of one.
        let run = try LoadRun(server.configuration { $0.connections = 4 }, rate: 700, seconds: 1.2)
        _ = server.stop()
        expectSums(run)
        #expect(run.total.scheduleDelay.count > 700)
        // The best quarter: on a busy machine the clients' thread itself may wait for a core.
        let delay = try #require(run.total.scheduleDelay.valuesAtPercentiles([25])[0])
        #expect(delay < 200_000, "\(delay) ns")
    }
}
