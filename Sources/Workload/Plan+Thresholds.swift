internal import Load
internal import Measurements
internal import Reports

extension Plan {
    /// Thresholds on a percentile that needs more requests than the plan asks for, in words.
    package var thresholdWarnings: [String] {
        thresholds.compactMap { threshold in
            guard threshold.figure.kind == .metric(.histogram), case .percentile(let percentile)? = threshold.figure.aggregate,
                let most = mostRequests(inPhase: threshold.phase)
            else { return nil }
            let needed = LatencyHistogram.countNeeded(percentile: percentile)
            return most >= needed ? nil
                : "\(threshold.title): needs \(needed) requests, and the plan asks for \(most) at most: it will not be measured unless it is broken plainly"
        }
    }

    /// The most requests that are due in a phase, or outside of the warm-up; nil where the answers decide.
    private func mostRequests(inPhase name: String?) -> UInt64? {
        guard let client else { return nil }
        var most: Double? = client.requests.map { Double($0) }
        if phases.isEmpty {
            if let rate = client.rate, let duration { most = min(most ?? .infinity, rate * (duration / .seconds(1))) }
            return most.map { Metric.whole($0.rounded(.up)) }
        }
        let judged = phases.filter { name == nil ? !$0.isWarmup : $0.name == name }
        var due = 0.0
        for phase in judged {
            switch phase.load {
            case .open(let open): due += open.meanRate * (phase.duration / .seconds(1))
            case .pause: continue
            case .closed: return most.map { Metric.whole($0.rounded(.up)) }
            }
        }
        return Metric.whole(min(most ?? .infinity, due).rounded(.up))
    }
}
