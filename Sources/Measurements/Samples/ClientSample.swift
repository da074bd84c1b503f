/// The reading of the clients at one tick: of one loop, or of all loops merged.
///
/// Counters count since the start and only grow; gauges hold now; histograms cover the interval
/// since the sample before, so that merging samples loses and doubles nothing.
package struct ClientSample: Sendable {
    package var connectionCounts = ClientConnectionCounts()
    package var tls = TLSSample()
    package var requests = ClientRequestCounts()
    package var circuits = CircuitCounts()
    /// Responses by class of status, and by status.
    package var statuses = StatusCounts()
    /// Errored requests by cause.
    package var errors = RequestErrorCounts()
    /// Responses that were compared with the `expect` of a scenario.
    package var expectations = ExpectationCounts()
    /// Responses whose bodies were checked.
    package var bodies = BodyCheckCounts()
    /// Wrong ones among them since the sample before: the first few of each loop, as evidence.
    package var bodyViolations: [BodyViolation] = []
    /// Bytes on the sockets.
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    package var responseBytes = ResponseByteCounts()
    package var writes = WriteSample()
    package var slowReaders = SlowReaderSample()
    package var caches = ClientCacheSamples()
    package var loops = LoopSample()

    /// From sending a request to the end of its response.
    package var serviceTime = LatencyHistogram()
    /// From when the schedule meant to send it, and of a request that was never sent the time it waited. In a closed loop:
    /// from its first attempt.
    package var responseTime = LatencyHistogram()
    /// From when the schedule meant to send a request to when it was sent.
    package var scheduleDelay = LatencyHistogram()

    /// Events since the sample before, oldest first.
    package var events: [ClientEvent] = []

    package init() {}

    /// Requests that have ended, by kind.
    package var byRequest: [RequestSample] {
        get { requests.byKind }
        set { requests.byKind = newValue }
    }

    /// A row for each client's connection, up to `ServerSample.connectionRowLimit` a loop, where the clients were asked for
    /// them: against a server of whose connections nothing else is known.
    package var connections: [ConnectionSample] {
        get { connectionCounts.rows }
        set { connectionCounts.rows = newValue }
    }

    /// The servers, where the load has several.
    package var origins: [OriginSample] {
        get { connectionCounts.origins }
        set { connectionCounts.origins = newValue }
    }

    /// Responses by status.
    package var statusNumbers: [NumberedStatus] {
        get { statuses.numbers }
        set { statuses.numbers = newValue }
    }

    /// Errored requests, and attempts to connect, by reason.
    package var failures: [FailureCount] {
        get { errors.reasons }
        set { errors.reasons = newValue }
    }

    /// Requests that waited for an answer until their time or the run was over: among the errored, with the time
    /// they waited in the latencies.
    package var unansweredRequests: UInt64 { requests.timedOut + errors.aborted }

    /// Requests that failed beside those that were left early on purpose, which say nothing of the server.
    package var ownFailures: UInt64 { requests.failed - min(errors.abandoned, requests.failed) }

    /// Whether the server that was there cannot be reached from any loop.
    package var isCutOff: Bool { loops.count > 0 && connectionCounts.cutOffLoops == loops.count }

    /// How long the clients' loops stood still, on an average of the loops.
    package var standstillNanoseconds: UInt64 { requests.standstillNanoseconds / UInt64(max(1, loops.count)) }

    /// How long the server could not be reached, on an average of the loops.
    package var cutOffNanoseconds: UInt64 { connectionCounts.cutOffNanoseconds / UInt64(max(1, loops.count)) }
}

/// Connections of the clients.
package struct ClientConnectionCounts: Sendable, Equatable {
    /// Open now, and the most at once; loops' peaks added.
    package var open = 0
    package var openHighWater = 0
    /// Open and speaking HTTP/1.1, now.
    package var http1 = 0
    /// Connections that were established; and attempts that failed.
    package var opened: UInt64 = 0
    package var failed: UInt64 = 0
    /// Established connections that replaced one that had ended.
    package var reconnects: UInt64 = 0
    /// Established connections that replaced one which had done its share (`--reconnect`).
    package var renewed: UInt64 = 0
    /// Established connections that we ended since the peer broke the protocol with no request out.
    package var broken: UInt64 = 0
    /// Waits of clients before they connected again, since attempts had failed or connections had ended without an answer.
    package var waits: UInt64 = 0
    package var waitedNanoseconds: UInt64 = 0
    /// Loops that have lost all their connections and cannot connect again, now; and the connections they had.
    package var cutOffLoops = 0
    package var lost = 0
    /// Time without any connection while the server, once reached, could not be reached; loops added.
    package var cutOffNanoseconds: UInt64 = 0
    /// The connections, where they are listed.
    var rows: [ConnectionSample] = []
    /// The servers, where there are several.
    var origins: [OriginSample] = []

    package init() {}
}

/// Requests of the clients. Of them scheduled >= started, and done = succeeded + failed.
package struct ClientRequestCounts: Sendable, Equatable {
    /// Requests that the schedule wanted by now. In a closed loop: the same as started.
    package var scheduled: UInt64 = 0
    /// Handed to a connection, or refused by an open circuit breaker.
    package var started: UInt64 = 0
    package var done: UInt64 = 0
    /// Answered in full with a status below 400, or the one that a scenario expects, and not found wrong.
    package var succeeded: UInt64 = 0
    /// Everything else that ended: 4xx, 5xx, wrong bodies, errored, timed out.
    package var failed: UInt64 = 0
    /// Ended without a full response; among the failed.
    package var errored: UInt64 = 0
    /// Ended by the request timeout; among the errored.
    package var timedOut: UInt64 = 0
    /// Due while the load stood still, and left out; never started (`--catch-up skip`).
    package var skipped: UInt64 = 0
    /// Time in which loops did not run at all: the process was stopped, or had no CPU; loops added.
    package var standstillNanoseconds: UInt64 = 0
    /// Looks of the loops at the clock, ten a second, and those that came late: the thread had no CPU, or was stopped.
    package var beats: UInt64 = 0
    package var lateBeats: UInt64 = 0
    /// Attempts after the first, of requests that had failed (`--retries`).
    package var retried: UInt64 = 0
    /// Answered in full as far as one can tell: the connection's end was the answer's, which had no length.
    package var endedByClose: UInt64 = 0
    /// Sent again on another connection, since the peer had said that it had not looked at them.
    package var resent: UInt64 = 0
    /// Sent after they were due, since until then each connection had as many requests in flight as it takes.
    package var delayed: UInt64 = 0
    /// Times without an answer though some were in flight.
    package var gaps = AnswerGapCounts()
    /// Waiting to be sent again, now.
    package var retryWaiting = 0
    /// Sent and not answered, now. Also: the open streams.
    package var inFlight = 0
    /// Due by the schedule and not sent, now: no connection had a stream to spare.
    package var queued = 0
    /// Those that have ended, by kind, in the order of the plan. Their figures add up to those of all.
    package var byKind: [RequestSample] = []

    /// Ended with a full response, whatever its status.
    package var answered: UInt64 { done - min(errored, done) }

    package init() {}
}

/// Circuit breakers, one for each loop and server.
package struct CircuitCounts: Sendable, Equatable {
    /// Times that one opened.
    package var openings: UInt64 = 0
    /// Open or half-open, now.
    package var open = 0

    package init() {}
}

/// Times in which no answer came though requests were in flight: see `AnswerGap`.
package struct AnswerGapCounts: Sendable, Equatable {
    /// Of the loop that has noticed most: each notices the same gap for itself.
    package var count: UInt64 = 0
    /// The longest that ended since the reading before.
    package var longestNanoseconds: UInt64 = 0

    package init() {}
}

/// Parts of the responses.
package struct ResponseByteCounts: Sendable, Equatable {
    package var body: UInt64 = 0
    /// Headers as the peer sent them, and as they are after HPACK decoding.
    package var header: UInt64 = 0
    package var decodedHeader: UInt64 = 0

    package init() {}
}

/// Something that happened to the clients of a loop: an event without a place on the run's axis.
package struct ClientEvent: Sendable, Equatable {
    /// Of the monotonic clock.
    package var monotonicNanoseconds: UInt64
    package var level: Event.Level
    package var text: String
    /// Where the event is a gap in the answers.
    package var answerGap: AnswerGap?

    /// Events of a loop between two readings; beyond, the newest are left out.
    package static let limit = 100

    package init(monotonicNanoseconds: UInt64, level: Event.Level, text: String, answerGap: AnswerGap? = nil) {
        self.answerGap = answerGap
        self.monotonicNanoseconds = monotonicNanoseconds
        self.level = level
        self.text = text
    }
}

/// Clients beside the load that read at a trickle. Only the body check counts their responses too.
package struct SlowReaderSample: Sendable, Equatable {
    /// Connections, now.
    package var open = 0
    package var answeredRequests: UInt64 = 0
    package var receivedBytes: UInt64 = 0

    package init() {}
}

/// Requests that ended without a full answer, by cause.
package struct RequestErrorCounts: Sendable, Equatable {
    /// No connection could be made.
    package var connect: UInt64 = 0
    /// The connection ended under the request.
    package var closed: UInt64 = 0
    /// The peer reset the stream.
    package var reset: UInt64 = 0
    /// The peer took no more requests and had not looked at this one (GOAWAY, `connection: close`), again and again.
    package var goaway: UInt64 = 0
    /// No full answer within the request timeout.
    package var timeout: UInt64 = 0
    /// The peer broke the protocol.
    package var protocolError: UInt64 = 0
    /// Still open when the run was over and its drain time too.
    package var aborted: UInt64 = 0
    /// Not sent: the circuit breaker was open.
    package var circuit: UInt64 = 0
    /// We closed the connection in the middle of the answer, as was asked for (--early-close).
    package var abandoned: UInt64 = 0
    /// Why, in the order in which each reason was met first; attempts to connect are among them.
    package var reasons: [FailureCount] = []

    package init() {}
}
