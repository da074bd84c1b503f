import Client
import TestSupport
import Testing

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private let settings = CircuitBreaker.Settings(failureLimit: 3, openNanoseconds: 100)

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker(settings)
        for _ in 0..<3 { _ = breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 10) }
        return breaker
    }

    @Test("opens after so many failures one after the other, and an answer in between starts again")
    func opens() {
        var breaker = CircuitBreaker(settings)
        #expect(breaker.ask(atNanoseconds: 0).answer == .pass)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 1) == nil)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 2) == nil)
        #expect(breaker.requestDidEnd(isFailure: false, wasProbe: false, atNanoseconds: 3) == nil)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 4) == nil)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 5) == nil)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 6) == .opened)
        #expect(breaker.state == .open(untilNanoseconds: 106))
    }

    @Test("lets nothing pass while it is open, then one probe and no second")
    func probes() {
        var breaker = opened()
        #expect(breaker.ask(atNanoseconds: 109).answer == .refuse(untilNanoseconds: 110))
        let first = breaker.ask(atNanoseconds: 110)
        #expect(first.answer == .probe && first.change == .halfOpened)
        #expect(breaker.ask(atNanoseconds: 111).answer == .refuse(untilNanoseconds: nil))
        #expect(breaker.ask(atNanoseconds: 500).answer == .refuse(untilNanoseconds: nil))
    }

    @Test("closes when the probe is answered, opens again when it is not")
    func decides() {
        var good = opened()
        _ = good.ask(atNanoseconds: 110)
        #expect(good.requestDidEnd(isFailure: false, wasProbe: true, atNanoseconds: 120) == .closed)
        #expect(good.state == .closed(failures: 0))
        var bad = opened()
        _ = bad.ask(atNanoseconds: 110)
        #expect(bad.requestDidEnd(isFailure: true, wasProbe: true, atNanoseconds: 120) == .opened)
        #expect(bad.state == .open(untilNanoseconds: 220))
    }

    @Test("is not moved by requests that were sent before it opened")
    func lateAnswers() {
        var breaker = opened()
        #expect(breaker.requestDidEnd(isFailure: false, wasProbe: false, atNanoseconds: 50) == nil)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 90) == nil)
        #expect(breaker.state == .open(untilNanoseconds: 110))
        _ = breaker.ask(atNanoseconds: 110)
        #expect(breaker.requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: 115) == nil)
        #expect(breaker.requestDidEnd(isFailure: false, wasProbe: false, atNanoseconds: 116) == nil)
        #expect(breaker.state == .halfOpen(isProbing: true))
    }

    @Test("takes another probe when the first was given up")
    func abandoned() {
        var breaker = opened()
        _ = breaker.ask(atNanoseconds: 110)
        breaker.probeWasAbandoned()
        let again = breaker.ask(atNanoseconds: 111)
        #expect(again.answer == .probe && again.change == nil)
    }
}

@Suite("The retry policy")
struct RetryPolicyTests {
    @Test("pauses double up to the longest, each between half of it and all of it")
    func pauses() throws {
        var policy = RetryPolicy(.init(limit: 20, budget: 1), seed: 1)
        for _ in 0..<1_000 { policy.requestDidStart() }
        for _ in 0..<20 {
            var wanted = RetryPolicy.firstPauseNanoseconds
            for retry in 0..<10 {
                let drawn = policy.pause(afterRetries: retry, isRepeatable: true)
                let pause = try #require(drawn)
                #expect(pause >= wanted / 2 && pause <= wanted)
                wanted = min(wanted * 2, RetryPolicy.longestPauseNanoseconds)
            }
        }
    }

    @Test("the same seed draws the same pauses, another seed others")
    func seeds() {
        func pauses(_ seed: UInt64) -> [UInt64?] {
            var policy = RetryPolicy(.init(limit: 9), seed: seed)
            return (0..<5).map { policy.pause(afterRetries: $0, isRepeatable: true) }
        }
        #expect(pauses(7) == pauses(7))
        #expect(pauses(7) != pauses(8))
    }

    @Test("no more attempts than asked for, and none for a request that is not idempotent")
    func limits() {
        var policy = RetryPolicy(.init(limit: 2), seed: 1)
        #expect(policy.pause(afterRetries: 1, isRepeatable: true) != nil)
        #expect(policy.pause(afterRetries: 2, isRepeatable: true) == nil)
        #expect(policy.pause(afterRetries: 0, isRepeatable: false) == nil)
        #expect(RetryPolicy.isIdempotent("GET") && RetryPolicy.isIdempotent("PUT"))
        #expect(!RetryPolicy.isIdempotent("POST") && !RetryPolicy.isIdempotent("PATCH"))
    }

    @Test("retries stay within the budget when everything fails")
    func budget() {
        var policy = RetryPolicy(.init(limit: 3, budget: 0.2), seed: 1)
        var retries = 0
        for _ in 0..<10_000 {
            policy.requestDidStart()
            for attempt in 0..<3 where policy.pause(afterRetries: attempt, isRepeatable: true) != nil { retries += 1 }
        }
        #expect(retries <= 10_000 / 5 + Int(RetryPolicy.reserve))
        #expect(retries >= 10_000 / 5)
    }
}
