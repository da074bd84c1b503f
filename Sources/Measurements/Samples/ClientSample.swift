/// What the clients report at one tick: of one loop, or of all loops merged.
///
/// Counters count since the start and only grow; gauges hold now; histograms hold what
/// was recorded since the sample before, so that merging samples loses and doubles nothing.
package struct ClientSample: Sendable {
    // Connections
    package var openConnections = 0
    /// The most at once; loops' peaks added.
    package var openConnectionsHighWater = 0
    /// Connections that were established; and attempts that failed.
    package var openedConnections: UInt64 = 0
    package var failedConnects: UInt64 = 0
    /// Established connections that replaced one that had ended.
    package var reconnects: UInt64 = 0
    /// Established connections that replaced one which had done its share (`--reconnect`).
    package var renewedConnections: UInt64 = 0
    package var tls = TLSSample()

    // Requests. scheduled >= started; done = succeeded + failed; errored and timedOut are among the failed.
    /// Requests that the schedule wanted by now. In a closed loop: the same as started.
    package var scheduledRequests: UInt64 = 0
    /// Requests handed to a connection, or refused by an open circuit breaker.
    package var startedRequests: UInt64 = 0
    package var doneRequests: UInt64 = 0
    /// Answered in full with a status below 400.
    package var succeededRequests: UInt64 = 0
    /// Everything else that ended: 4xx, 5xx, errored, timed out.
    package var failedRequests: UInt64 = 0
    /// Ended without a full answer.
    package var erroredRequests: UInt64 = 0
    /// Ended with a full answer, whatever its status.
    package var answeredRequests: UInt64 { doneRequests - min(erroredRequests, doneRequests) }
    package var timedOutRequests: UInt64 = 0
    /// Attempts after the first, of requests that had failed (`--retries`).
    package var retriedRequests: UInt64 = 0
    /// Failed, and waiting to be sent again, now.
    package var waitingRetries = 0
    /// Circuit breakers, one a loop: times that one opened, and those open or half-open now.
    package var circuitOpenings: UInt64 = 0
    package var openCircuits = 0
    /// Sent and not answered, now. Also: the open streams.
    package var inFlightRequests = 0
    /// Due by the schedule and not sent, now: no connection had a stream to spare.
    package var queuedRequests = 0
    package var statuses = StatusCounts()
    /// Errored requests by cause.
    package var errors = RequestErrorCounts()

    /// Answers that were compared with what a scenario's `expect` says.
    package var expectations = ExpectationCounts()
    /// Answers whose bodies were checked.
    package var bodies = BodyCheckCounts()
    /// Wrong ones among them since the sample before: the first few of each loop, as evidence.
    package var bodyViolations: [BodyViolation] = []

    // Bytes on the sockets, and those of response bodies
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    package var receivedBodyBytes: UInt64 = 0
    /// Response header bytes as sent by the peer, and as they are after HPACK decoding.
    package var receivedHeaderBytes: UInt64 = 0
    package var decodedHeaderBytes: UInt64 = 0

    package var writes = WriteSample()
    package var slowReaders = SlowReaderSample()

    // Caches
    package var strings = CacheSample()
    package var buffers = CacheSample()
    /// TLS sessions: a hit is a handshake that the peer resumed.
    package var sessions = CacheSample()
    /// Faults found in caches that nothing guards.
    package var cacheCorruptions: UInt64 = 0

    // The loops themselves
    package var loopCount = 0
    package var cpuNanoseconds: UInt64 = 0
    /// Calls of malloc and its kin by the loops' threads since they began.
    package var allocations: UInt64 = 0
    package var loopLagNanoseconds: UInt64 = 0

    // Latencies, nanoseconds, since the sample before
    /// From sending a request to the end of its answer.
    package var serviceTime = LatencyHistogram()
    /// From when the schedule meant to send it. In a closed loop: the same as service time.
    package var responseTime = LatencyHistogram()
    /// From when the schedule meant to send a request to when it was sent.
    package var scheduleDelay = LatencyHistogram()

    /// What happened since the sample before, oldest first.
    package var events: [ClientEvent] = []

    package init() {}
}

/// Something that happened to the clients of a loop: an event without a place on the run's axis.
package struct ClientEvent: Sendable, Equatable {
    /// Of the monotonic clock.
    package var monotonicNanoseconds: UInt64
    package var level: Event.Level
    package var text: String

    /// Events of a loop between two readings; beyond, the newest are left out.
    package static let limit = 100

    package init(monotonicNanoseconds: UInt64, level: Event.Level, text: String) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.level = level
        self.text = text
    }
}

/// Clients beside the load that read at a trickle, and are in none of its numbers but the body check's.
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
    /// The peer said GOAWAY and had not processed the request.
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

    package init() {}
}
