internal import Measurements

/// The totals of one phase.
package struct PhaseSummary: Sendable {
    package let name: String
    /// Counters count from the phase's start. Requests in flight at its end count in the next phase.
    package internal(set) var summary: Summary

    /// The figures that phases are compared by; all of them are in the recording's samples.
    var json: JSON {
        var json = JSON.object([.init("name", .string(name))])
        json.set(summary.loadSeconds.map { .number($0) } ?? .null, atPath: "duration")
        for name in PhaseSummary.figures {
            json.set(summary.derived(name).map { .number($0) } ?? .null, atPath: name)
        }
        json.set(summary.number("client.requests.failed").map { .number($0) } ?? .null, atPath: "client.requests.failed")
        json.set(summary.serviceTime.json(encoded: false), atPath: "client.service_time")
        json.set(summary.responseTime.json(encoded: false), atPath: "client.response_time")
        return json
    }

    private static let figures = [
        "client.requests.asked_rate", "client.requests.fired_rate", "client.requests.rate", "client.requests.achieved",
    ]
}

/// The values of a gauge over a run or a phase.
package struct GaugeRange: Sendable, Equatable {
    package private(set) var lowest = 0.0
    package private(set) var highest = 0.0
    /// The earliest value, and the latest one under load.
    package private(set) var first = 0.0
    package private(set) var last = 0.0
    package private(set) var count = 0
    private var sum = 0.0

    package init() {}

    // For the line through the values: sums over times, which are counted from the first.
    private var firstSeconds = 0.0
    private var timeSum = 0.0
    private var timeSquareSum = 0.0
    private var productSum = 0.0

    /// A value after the load can still be the highest; all else is of the time under load.
    mutating func add(_ value: Double, atSeconds seconds: Double, isUnderLoad: Bool) {
        guard isUnderLoad || count == 0 else {
            highest = max(highest, value)
            return
        }
        if count == 0 { (first, firstSeconds) = (value, seconds) }
        last = value
        let time = seconds - firstSeconds
        timeSum += time
        timeSquareSum += time * time
        productSum += time * value
        lowest = count == 0 ? value : min(lowest, value)
        highest = count == 0 ? value : max(highest, value)
        sum += value
        count += 1
    }

    /// Of the samples, each with the same weight. nil without any.
    package var mean: Double? { count == 0 ? nil : sum / Double(count) }

    /// How much it grows a second: the slope of the straight line that fits best. nil for less than
    /// three values: a line goes through any two.
    package var slope: Double? {
        guard count >= 3 else { return nil }
        let width = Double(count) * timeSquareSum - timeSum * timeSum
        return width > 0 ? (Double(count) * productSum - timeSum * sum) / width : nil
    }
}

extension Summary {
    /// From where counting begins to the last sample under load.
    package var measuredSeconds: Double { loadSeconds ?? 0 }
}

extension Sample {
    /// Counters that count on from an earlier sample. Connections are kept from phase to phase,
    /// and counted from the start.
    mutating func subtractCounters(of base: Sample) {
        if let earlier = base.client { client?.subtractCounters(of: earlier) }
        if let earlier = base.server { server?.subtractCounters(of: earlier) }
        if let earlier = base.watch { watch?.subtractCounters(of: earlier) }
        process.subtractCounters(of: base.process)
        guard let counted = client else { return }
        client?.failures = counted.failures.subtracting(base.client?.failures ?? [])
        client?.statusNumbers = counted.statusNumbers.subtracting(base.client?.statusNumbers ?? [])
        client?.byRequest = counted.byRequest.subtracting(base.client?.byRequest ?? [])
    }
}
