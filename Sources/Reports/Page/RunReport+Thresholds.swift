internal import Measurements

extension RunReport {
    /// The scenario's thresholds and their results; nothing for a run without thresholds.
    var thresholds: Markup {
        let judged = JudgedThreshold.all(in: summary)
        guard !judged.isEmpty else { return .empty }
        // Failed ones first.
        let rows = (judged.filter { !$0.hasPassed } + judged.filter(\.hasPassed)).map { threshold -> Markup in
            let mark: Markup = threshold.hasPassed
                ? "<span class=\"held\">\u{2713} held</span>" : "<span class=\"failed\">\u{2717} failed</span>"
            return "<tr><td>\(mark)</td><td>\(threshold.phase)</td><td><code>\(threshold.title)</code></td><td>\(threshold.valueText)</td></tr>\n"
        }
        let passed = judged.count { $0.hasPassed }
        return """
            <p class="sum">\(passed) of \(Figure.counted(judged.count, "threshold")) held</p>
            <div class="wide"><table class="checks"><thead><tr><th>result</th><th>phase</th><th>threshold</th><th>was</th></tr></thead><tbody>
            \(.joined(rows))</tbody></table></div>
            """
    }

    /// The phases of the run as stretches of the time axis, and the drain after the load.
    func bands(_ clock: ReportScale) -> [(from: Double, to: Double, words: String)] {
        var bands: [(from: Double, to: Double, words: String)] = []
        for phase in phases.prefix(RunReport.bandLimit) {
            bands.append((bands.last?.to ?? 0, clock.position(phase.end), phase.isWarmup ? "\(phase.name) (warm-up)" : phase.name))
        }
        // In the drain few requests end: it is no part of the run's rates.
        let loadEnd = phases.last?.end ?? recordedSummary?[path: "run.duration"]?.number
        if let loadEnd, loadEnd < duration { bands.append((clock.position(loadEnd), 1, "drain")) }
        return bands
    }

    /// More cannot be told apart.
    private static let bandLimit = 200
}
