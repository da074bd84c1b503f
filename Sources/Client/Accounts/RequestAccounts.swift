internal import Measurements

/// The requests of one loop that have ended, by kind.
///
/// A request is counted once, in the account of its kind, and the totals are sums: what is counted by kind costs a
/// request no more than what is counted for all.
///
/// `@safe`: its memory is its own.
@safe
final class RequestAccounts {
    /// One kind's. The answers are counted by status alone; classes, successes and failures follow from that, but for
    /// answers that a check has judged otherwise.
    @unsafe
    private struct Account: ~Copyable {
        let answers = UnsafeMutablePointer<UInt64>.allocate(capacity: RequestAccounts.statusLimit)
        let serviceTimes = LatencyRecorder()
        let responseTimes = LatencyRecorder()
        var bodyBytes: UInt64 = 0
        /// Below 400, and found wrong.
        var refuted: UInt64 = 0
        /// From 400 on, and expected.
        var expected: UInt64 = 0
        var errored: UInt64 = 0
        var timedOut: UInt64 = 0

        init() { unsafe answers.initialize(repeating: 0, count: RequestAccounts.statusLimit) }

        deinit { unsafe answers.deallocate() }
    }
    private let accounts: UnsafeMutablePointer<Account>
    /// Of the kinds, in their order.
    let names: [String]
    /// In a closed load without retries response time is service time, and only one of them is recorded.
    private let hasResponseTimes: Bool
    /// Requests that ended before their kind was chosen.
    private var unsent: UInt64 = 0
    /// How long those have waited that were still to be sent at the end.
    private let droppedTimes = LatencyRecorder()

    /// A status has three digits.
    private static let statusLimit = 1_000

    init(_ names: [String], hasResponseTimes: Bool) {
        self.names = names
        self.hasResponseTimes = hasResponseTimes
        unsafe accounts = .allocate(capacity: names.count)
        for index in names.indices { unsafe (accounts + index).initialize(to: Account()) }
    }

    deinit {
        unsafe accounts.deinitialize(count: names.count)
        unsafe accounts.deallocate()
    }

    /// Some of an answer's body has come.
    func countBody(_ byteCount: Int, _ record: borrowing RequestRecord) {
        unsafe accounts[record.kindIndex].bodyBytes &+= UInt64(byteCount)
    }

    /// The request was answered in full, rightly or not.
    func countAnswer(_ record: borrowing RequestRecord, hasSucceeded: Bool, atNanoseconds now: UInt64) {
        let status = unsafe record.status
        precondition(status >= 0 && status < RequestAccounts.statusLimit, "a status has three digits")
        unsafe accounts[record.kindIndex].answers[status] &+= 1
        if hasSucceeded != (status < 400) {
            if hasSucceeded { unsafe accounts[record.kindIndex].expected += 1 } else { unsafe accounts[record.kindIndex].refuted += 1 }
        }
        unsafe recordLatency(record, now)
    }

    /// The request ended without a full answer.
    func countFailure(_ failure: RequestFailure, _ record: borrowing RequestRecord, atNanoseconds now: UInt64) {
        unsafe accounts[record.kindIndex].errored += 1
        switch failure {
        case .closed, .reset, .refused, .unprocessed, .protocolError, .circuit, .abandoned: return
        // A request that was never answered waited at least that long: leaving it out would flatter.
        case .aborted: break
        case .timeout: unsafe accounts[record.kindIndex].timedOut += 1
        }
        unsafe recordLatency(record, now)
    }

    /// So many requests ended without being sent.
    func countUnsent(_ count: UInt64) { unsent += count }

    /// So many requests were due so long ago, and will not be sent. They have not ended: only their time counts, since
    /// leaving it out would flatter.
    func recordDropped(_ count: UInt64, waitedNanoseconds: UInt64) { droppedTimes.record(nanoseconds: waitedNanoseconds, count: count) }

    private func recordLatency(_ record: borrowing RequestRecord, _ now: UInt64) {
        unsafe accounts[record.kindIndex].serviceTimes.record(nanoseconds: now - record.sentNanoseconds)
        if hasResponseTimes { unsafe accounts[record.kindIndex].responseTimes.record(nanoseconds: now - record.intendedNanoseconds) }
    }

    /// The counts so far of each kind, with the latencies since the last call. Requests that were never sent come last,
    /// where there are any.
    func take() -> [RequestSample] {
        var samples = names.indices.map { index in
            var sample = RequestSample(names[index])
            sample.bodyBytes = unsafe accounts[index].bodyBytes
            sample.errored = unsafe accounts[index].errored
            sample.timedOut = unsafe accounts[index].timedOut
            for status in 0..<RequestAccounts.statusLimit {
                let count = unsafe accounts[index].answers[status]
                if count > 0 { sample.countAnswers(status, count) }
            }
            let expected = unsafe accounts[index].expected, refuted = unsafe accounts[index].refuted
            sample.succeeded = sample.succeeded - refuted + expected
            sample.failed = sample.failed + refuted - expected + sample.errored
            sample.done = sample.succeeded + sample.failed
            sample.serviceTime = unsafe accounts[index].serviceTimes.take()
            sample.responseTime = hasResponseTimes ? unsafe accounts[index].responseTimes.take() : sample.serviceTime
            return sample
        }
        let dropped = droppedTimes.take()
        if unsent > 0 || dropped.count > 0 {
            var rest = RequestSample(RequestSample.unsentName)
            (rest.done, rest.failed, rest.errored) = (unsent, unsent, unsent)
            rest.responseTime = dropped
            samples.append(rest)
        }
        return samples
    }
}

extension RequestSample {
    /// Answers with one status, the next higher one.
    fileprivate mutating func countAnswers(_ status: Int, _ count: UInt64) {
        statusNumbers.append(NumberedStatus(status: status, count: count))
        statuses.count(status, times: count)
        if status < 400 { succeeded += count } else { failed += count }
    }
}
