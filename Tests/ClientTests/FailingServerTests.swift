import Client
import Load
import Loop
import Measurements
import Synchronization
import TestSupport
import Testing

/// A peer that fails as often as its script says, under a client with policies.
@Suite("Retries and the circuit breaker against a server that fails", .waiting)
struct FailingServerTests {
    /// A head with this status and nothing else, of the static table (RFC 7541, A).
    private static func send(_ status: Int, to stream: UInt32, on peer: RawSocket) throws {
        let head: [UInt8] = status == 200 ? [0x88] : [0x08, 3] + Array(String(status).utf8)
        try peer.answer(stream, head: head)
    }

    private func configuration(_ peer: RawListener, _ change: (inout ClientConfiguration) -> Void) throws -> ClientConfiguration {
        var configuration = ClientConfiguration(port: peer.port)
        configuration.options.requestTimeout = .seconds(5)
        change(&configuration)
        return configuration
    }

    @Test("requests that fail now and then are sent again, and all are answered in the end")
    func retries() throws {
        let asked = Atomic(0)
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                let number = asked.add(1, ordering: .relaxed).newValue
                switch number % 10 {
                case 3: try peer.send(.reset(stream, 2))
                case 7: try FailingServerTests.send(503, to: stream, on: peer)
                default: try FailingServerTests.send(200, to: stream, on: peer)
                }
            }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.requests = 100
            $0.streams = 5
            $0.retries = .init(limit: 5, budget: 1)
        })
        expectSums(run, requests: 100)
        #expect(run.total.requests.succeeded == 100)
        #expect(run.total.requests.retryWaiting == 0)
        #expect(run.total.requests.retried > 10)
        #expect(run.total.requests.retried == UInt64(asked.load(ordering: .relaxed) - 100), "by the peer's own count")
    }

    @Test("a request that is sent again has waited since its first attempt, and is served since its last")
    func retriedTimes() throws {
        let asked = Atomic(0)
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                try FailingServerTests.send(asked.add(1, ordering: .relaxed).newValue == 1 ? 503 : 200, to: stream, on: peer)
            }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.requests = 1
            $0.connections = 1
            $0.retries = .init(limit: 1, budget: 1)
        })
        #expect(run.total.requests.retried == 1 && run.total.requests.succeeded == 1)
        let response = try #require(run.total.responseTime.lowestNanoseconds)
        let service = try #require(run.total.serviceTime.highestRecordedNanoseconds)
        // The least pause before a retry; a timer of milliseconds may be one early.
        #expect(response >= service + RetryPolicy.firstPauseNanoseconds / 2 - 1_000_000, "\(response) \(service)")
    }

    @Test("a retry is no request that was sent late")
    func retriesAreNotLate() throws {
        let asked = Atomic(0)
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                try FailingServerTests.send(asked.add(1, ordering: .relaxed).newValue % 2 == 1 ? 503 : 200, to: stream, on: peer)
            }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.requests = 10
            $0.connections = 1
            $0.streams = 20
            $0.retries = .init(limit: 5, budget: 1)
        }, rate: 100)
        #expect(run.total.requests.retried > 0)
        #expect(run.total.scheduleDelay.count == 10)
    }

    @Test("a request that is not idempotent is not sent twice")
    func notIdempotent() throws {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() { try FailingServerTests.send(503, to: stream, on: peer) }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.method = "POST"
            $0.requests = 20
            $0.retries = .init(limit: 5, budget: 1)
        })
        expectSums(run, requests: 20)
        #expect(run.total.requests.retried == 0)
        #expect(run.total.statuses.serverError == 20)
    }

    @Test("when everything fails, retries stay within their budget, and each request ends as it failed last")
    func budget() throws {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() { try FailingServerTests.send(503, to: stream, on: peer) }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.requests = 200
            $0.streams = 10
            $0.retries = .init(limit: 1, budget: 0.1)
        })
        expectSums(run, requests: 200)
        #expect(run.total.statuses.serverError == 200)
        #expect((10...30 + UInt64(RetryPolicy.reserve)).contains(run.total.requests.retried))
    }

    @Test("the end of a run does not wait for retries: they have failed as they did")
    func stop() throws {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() { try FailingServerTests.send(503, to: stream, on: peer) }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.streams = 3
            $0.retries = .init(limit: 100, budget: 1)
        }, rate: 50, seconds: 0.5)
        expectSums(run)
        #expect(run.total.requests.retryWaiting == 0)
        #expect(run.total.requests.done > 10)
    }

    @Test("the breaker opens, holds a closed load back, probes, and closes when the server is back")
    func breaker() throws {
        let asked = Atomic(0)
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                let number = asked.add(1, ordering: .relaxed).newValue
                // Five failures open it; the first probe fails too, the second is answered.
                try FailingServerTests.send(number <= 6 ? 500 : 200, to: stream, on: peer)
            }
        }
        defer { peer.stop() }
        let begin = ContinuousClock.now
        let run = try LoadRun(configuration(peer) {
            $0.requests = 50
            $0.circuitBreaker = .init(failureLimit: 5, openNanoseconds: 200_000_000)
        })
        expectSums(run, requests: 50)
        #expect(ContinuousClock.now - begin >= .milliseconds(400), "two pauses")
        #expect(run.total.statuses.serverError == 6)
        #expect(run.total.requests.succeeded == 44)
        #expect(run.total.circuits.openings == 2)
        #expect(run.total.circuits.open == 0)
        #expect(run.total.errors.circuit == 0, "a closed load waits")
        let words = run.events.map { String($0.text.split(separator: ":")[0]) }
        #expect(words.filter { $0.hasPrefix("circuit") } == [
            "circuit breaker opens", "circuit breaker half-open", "circuit breaker opens", "circuit breaker half-open",
            "circuit breaker closes",
        ])
    }

    @Test("an open load meets an open breaker: requests that are due fail at once, and none is sent")
    func breakerOpenLoad() throws {
        let asked = Atomic(0)
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                asked.add(1, ordering: .relaxed)
                try FailingServerTests.send(500, to: stream, on: peer)
            }
        }
        defer { peer.stop() }
        let run = try LoadRun(configuration(peer) {
            $0.requests = 200
            $0.circuitBreaker = .init(failureLimit: 3, openNanoseconds: 60_000_000_000)
        }, rate: 1_000)
        expectSums(run, requests: 200)
        #expect(asked.load(ordering: .relaxed) == 3)
        #expect(run.total.errors.circuit == 197)
        #expect(run.total.circuits.open == 1)
    }
}
