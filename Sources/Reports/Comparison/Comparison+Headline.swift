internal import Measurements

extension Comparison {
    /// The comparison in a sentence: "B is slower: service p50 52.0us -> 328us, +530.8%; 1.8% of B's requests failed".
    package var headline: String {
        let findings = Headline(self, changes, failures: failures)
        if findings.isEmpty, let phase = phases.lazy.map({ ($0.name, Headline(self, $0.changes, failures: [])) }).first(where: { !$0.1.isEmpty }) {
            return "in phase \(phase.0) " + phase.1.text
        }
        return findings.text
    }

    /// Which of the two runs did not come to its end, or has failed, and why their figures say less than they seem to.
    package var warnings: [String] {
        var warnings: [String] = []
        for (letter, run) in [("A", base), ("B", other)] {
            if run.end != .whole { warnings.append("\(letter): \(run.end.words)") }
            if let mismatch = run.mismatch { warnings.append("\(letter): \(mismatch)") }
            if let result = run.verdict?.result, !result.isOK, run.end == .whole { warnings.append("\(letter): result \(result.text)") }
            if let measurement = run.verdict?.measurement, !measurement.isValid { warnings.append("\(letter): measurement \(measurement.text)") }
        }
        for (letter, run) in [("A", base), ("B", other)] {
            guard let resolution = run.responseResolution else { continue }
            let time = Figure.time(nanoseconds: Metric.nanoseconds(resolution))
            warnings.append("\(letter) sent requests late, 1 in 100 by \(time) or more: a smaller difference of response times says nothing of the server")
        }
        return warnings
    }

    /// Failures that left the noise, in words.
    private var failures: [(isWorse: Bool, words: String)] {
        let share = changes.first { $0.name == "client.requests.failed_share" }
        if let share, share.verdict == .worse || share.verdict == .better, let base = share.base, let other = share.other {
            let words = "\(Headline.share(other)) of B's requests failed" + (base > 0 ? ", \(Headline.share(base)) of A's" : "")
            return [(share.verdict == .worse, words)]
        }
        // A change of the plainest kind stands for the others: findings and crashes have names of their own.
        let others = changes.filter { $0.isFailure && ($0.verdict == .worse || $0.verdict == .better) }
        return others.first.map { [($0.verdict == .worse, "\($0.name) \($0.valueText($0.base)) -> \($0.valueText($0.other))")] } ?? []
    }
}

/// What a headline says.
private struct Headline {
    private let comparison: Comparison
    /// Worse or better than noise, of how fast the server answers.
    private let speed: [Change]
    private let failures: [(isWorse: Bool, words: String)]
    /// Those of which the noise is not known.
    private let unknown: [Change]

    /// The first of each group that says something speaks for the group.
    private static let latencies = ["client.service_time", "client.response_time"].flatMap { name in
        ["p50", "p99", "p95", "p90", "p99_9", "mean"].map { "\(name).\($0)" }
    }
    /// Of requests that succeeded: a server that refuses is fast.
    private static let rates = ["client.requests.succeeded_rate", "server.requests.rate"]

    init(_ comparison: Comparison, _ changes: [Change], failures: [(isWorse: Bool, words: String)]) {
        self.comparison = comparison
        self.failures = failures
        func first(_ names: [String], where isWanted: (Change.Verdict) -> Bool) -> Change? {
            names.lazy.compactMap { name in changes.first { $0.name == name } }.first { isWanted($0.verdict) }
        }
        let groups = [Headline.latencies, Headline.rates]
        // What is worse comes first, in each group and among the groups.
        let worse = groups.compactMap { first($0) { $0 == .worse } }
        speed = worse + groups.compactMap { first($0) { $0 == .better } }
        unknown = groups.compactMap { first($0) { $0 == .unknown } }
    }

    var isEmpty: Bool { speed.isEmpty && failures.isEmpty }

    var text: String {
        let worse = failures.filter(\.isWorse).map(\.words), fewer = failures.filter { !$0.isWorse }.map(\.words)
        let speeds = speed.map(\.headlineText)
        let words = speed.contains { $0.verdict == .worse } ? speeds + worse + fewer : worse + speeds + fewer
        guard isEmpty else { return "\(judgement): " + words.joined(separator: "; ") }
        guard unknown.isEmpty else {
            let count = unknown.map(\.intervalCount).min() ?? 0
            return "too short to tell whether B differs (\(Figure.counted(count, "interval")), of \(Comparison.intervalMinimum) needed): "
                + unknown.map(\.headlineText).joined(separator: "; ")
        }
        return comparison.changes.contains { $0.verdict != .missing }
            ? "B is as fast as A, as far as the noise lets one tell" : "A and B have no figure in common"
    }

    private var judgement: String {
        let isSlower = speed.contains { $0.verdict == .worse }, isFaster = speed.contains { $0.verdict == .better }
        let fails = failures.contains { $0.isWorse }
        switch (isSlower, isFaster, fails) {
        case (true, true, _): return "B is slower in part, and faster in part"
        case (true, false, _): return "B is slower"
        // Errors can be faster than answers.
        case (false, true, true): return "B fails more, and is faster"
        case (false, true, false): return "B is faster"
        case (false, false, true): return "B fails more"
        case (false, false, false): return "B fails less"
        }
    }

    /// A share of requests. None is "none", and a few among many are not 0.0 %.
    static func share(_ share: Double) -> String {
        share == 0 ? "none" : share < 0.001 ? "less than 0.1%" : Figure.percent(share)
    }
}

extension Change {
    var isFailure: Bool { ComparedFigure.places[figure].map { ComparedFigure.all[$0].better == .zero } ?? false }

    /// `service p50 52.0us -> 328us, +530.8%`
    fileprivate var headlineText: String {
        let parts = name.split(separator: ".").map(String.init)
        let isRate = name.hasSuffix("rate")
        let short = isRate ? parts[0] == "client" ? "successful requests" : "\(parts[0]) requests"
            : parts.dropFirst().joined(separator: " ").replacing("_time", with: "").replacing("_", with: ".")
        return "\(short) \(valueText(base))\(isRate ? "/s" : "") -> \(valueText(other))\(isRate ? "/s" : "")" + (share.map { ", " + Change.signedPercent($0) } ?? "")
    }
}
