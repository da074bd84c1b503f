/// A time in which no answer came though requests were in flight, far longer than the usual time between two answers.
package struct AnswerGap: Sendable, Equatable {
    /// The shortest that clients notice: longer than the pauses of a healthy server, and than a look of `LoopClock`.
    package static let leastNanoseconds: UInt64 = 100_000_000

    package var durationNanoseconds: UInt64 = 0
    /// Requests in flight at its end, on the loop that noticed it.
    package var requestCount: UInt64 = 0
    /// Requests that this loop had got answers to, or given up, by then, since the start of the run; 0: not known.
    package var answeredCount: UInt64 = 0

    package init() {}

    package init(durationNanoseconds: UInt64, requestCount: UInt64, answeredCount: UInt64 = 0) {
        self.durationNanoseconds = durationNanoseconds
        self.requestCount = requestCount
        self.answeredCount = answeredCount
    }

    /// "no answer came for 252ms while 51 requests were in flight"
    package var sentence: String {
        "no answer came for \(Figure.time(nanoseconds: durationNanoseconds)) while "
            + Figure.counted(requestCount, "request was", "requests were") + " in flight"
    }
}
