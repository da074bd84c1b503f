/// The requests of one kind that have ended: a request of a scenario, or one of several URLs.
///
/// Its figures have the names of the totals of all requests, which are the sums of the kinds' figures.
package struct RequestSample: Sendable, Equatable {
    /// The kind's, for people; no other kind of the run has it.
    package var name = ""
    package var done: UInt64 = 0
    /// Answered in full with a status below 400, or the one that a scenario expects, and not found wrong.
    package var succeeded: UInt64 = 0
    package var failed: UInt64 = 0
    package var errored: UInt64 = 0
    package var timedOut: UInt64 = 0
    /// Responses by class of status, and by status.
    package var statuses = StatusCounts()
    /// Of responses.
    package var bodyBytes: UInt64 = 0
    /// Of the interval before the sample.
    package var serviceTime = LatencyHistogram()
    package var responseTime = LatencyHistogram()

    /// The name of those that ended before any kind was chosen: no client could connect, or the circuit breaker was open.
    package static let unsentName = "(not sent)"

    /// Kinds of a run, and the requests that were never sent.
    package static let limit = 65

    package init(_ name: String = "") { self.name = name }

    /// Responses by status.
    package var statusNumbers: [NumberedStatus] {
        get { statuses.numbers }
        set { statuses.numbers = newValue }
    }
}

/// Responses with one status.
package struct NumberedStatus: Sendable, Equatable {
    package var status: Int
    package var count: UInt64

    package init(status: Int, count: UInt64) {
        self.status = status
        self.count = count
    }
}

extension RequestSample: SamplePart {
    package static let table = MetricTable<RequestSample>(
        [
            .counter("requests.done", .request, \.done, better: .higher, "Ended: succeeded or failed"),
            .counter("requests.succeeded", .request, \.succeeded, better: .higher, "Answered in full below 400, or as a scenario expects, and not found wrong"),
            .counter("requests.failed", .request, \.failed, better: .zero, "Ended any other way: 4xx, 5xx, wrong bodies, errored, timed out"),
            .counter("requests.errored", .request, \.errored, better: .zero, "Ended without a full answer"),
            .counter("requests.timed_out", .request, \.timedOut, better: .zero, "Ended by the request timeout; among the errored"),
        ] + StatusCounts.table.rows(within: \.statuses, "responses") + [
            .counter("bytes.received_body", .bytes, \.bodyBytes, "Response bodies"),
            .histogram("service_time", \.serviceTime, "From sending a request to the end of its answer"),
            .histogram("response_time", \.responseTime, "From its planned moment, or in a closed load its first attempt, to the end of its answer"),
        ],
        others: [.now { $0.statusNumbers.merge($1.statusNumbers) }])

    /// The same without the counts of an earlier reading. Its histograms stay.
    package func subtracting(_ earlier: RequestSample) -> RequestSample {
        var rest = self
        for row in RequestSample.table.rows where row.kind == .counter {
            guard case .number(let now)? = row.read(self), case .number(let before)? = row.read(earlier) else { continue }
            row.write(&rest, .number(max(0, now - before)))
        }
        rest.statusNumbers = statusNumbers.subtracting(earlier.statusNumbers)
        return rest
    }
}

extension ClientSample {
    /// Takes the requests of all kinds, and their sums as the totals.
    package mutating func setRequests(_ kinds: [RequestSample]) {
        byRequest = kinds
        let total = kinds.dropFirst().reduce(into: kinds.first ?? RequestSample()) { $0.merge($1) }
        requests.succeeded = total.succeeded
        requests.failed = total.failed
        requests.errored = total.errored
        requests.timedOut = total.timedOut
        statuses = total.statuses
        responseBytes.body = total.bodyBytes
        serviceTime = total.serviceTime
        responseTime = total.responseTime
    }
}

extension Sample {
    /// The same moment as if the requests of one kind were all: with the figures that are counted for each kind, and
    /// no others.
    package func of(_ request: RequestSample) -> Sample {
        var part = Sample(
            timeNanoseconds: timeNanoseconds, intervalNanoseconds: intervalNanoseconds, server: nil, client: ClientSample(),
            process: ProcessSample())
        part.phase = phase
        part.isWarmup = isWarmup
        for row in RequestSample.table.rows {
            if let value = row.read(request) { Metric.named("client.\(row.name)")?.write(&part, value) }
        }
        part.client?.statusNumbers = request.statusNumbers
        return part
    }
}

extension [NumberedStatus] {
    /// Adds another loop's. Both are in the order of their numbers, and so is the sum.
    package mutating func merge(_ others: [NumberedStatus]) {
        for other in others {
            let index = firstIndex { $0.status >= other.status } ?? endIndex
            if index < endIndex, self[index].status == other.status {
                // Recordings may say anything.
                self[index].count = Metric.Merge.sum.of(self[index].count, other.count)
            } else if count < 1_000 {
                insert(other, at: index)
            }
        }
    }

    /// Those since an earlier reading.
    package func subtracting(_ earlier: [NumberedStatus]) -> [NumberedStatus] {
        compactMap { status in
            let before = earlier.first { $0.status == status.status }?.count ?? 0
            return status.count > before ? NumberedStatus(status: status.status, count: status.count - before) : nil
        }
    }
}

extension [RequestSample] {
    /// Those since an earlier reading.
    package func subtracting(_ earlier: [RequestSample]) -> [RequestSample] {
        map { request in earlier.first { $0.name == request.name }.map { request.subtracting($0) } ?? request }
    }
}
