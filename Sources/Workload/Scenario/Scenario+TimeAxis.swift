internal import Load
internal import Measurements
internal import Reports

extension Scenario {
    /// The whole run for people, without running it: a line for each phase on one time axis.
    package var timeAxis: String {
        let spans = PhaseTimeline(plan.phases).spans
        let total = Duration.nanoseconds(Int64(clamping: spans.last?.endNanoseconds ?? 0))
        var lines = ["\(name.printableLine): \(Scenario.text(total))" + (summary.isEmpty ? "" : ", \(summary.printableLine)")]
        if let server = plan.server {
            lines.append("server  \(Figure.counted(server.loops, "loop")), at most \(Figure.counted(server.connectionLimit, "connection"))")
        }
        if let client = plan.client {
            let target = plan.server == nil ? "  to \(client.origins.map(\.authority).joined(separator: ", "))" : ""
            lines.append(
                "client  \(Figure.counted(client.connections, "connection")) x \(Figure.counted(client.streams, "stream")), \(Figure.counted(client.loops, "thread"))\(target)")
            let whole = Double(client.kinds.reduce(0) { $0 + $1.weight })
            for (index, kind) in client.kinds.enumerated() where client.kinds.count > 1 {
                lines.append((index == 0 ? "asks    " : "        ") + "\(Figure.percent(Double(kind.weight) / whole))  \(kind.title.printableLine)")
            }
        }
        lines.append("")
        let width = plan.phases.map(\.name.columns).max() ?? 0
        for span in spans {
            let phase = span.phase
            let start = Duration.nanoseconds(Int64(clamping: span.startNanoseconds)), end = Duration.nanoseconds(Int64(clamping: span.endNanoseconds))
            let bar = Scenario.bar(start / total, end / total)
            let name = phase.name.padded(to: width)
            lines.append("\(name)  \(bar)  \(Scenario.text(start)) to \(Scenario.text(end))")
            var details = phase.loadText
            if case .open(let open) = phase.load {
                details += ", \(Figure.counted((open.meanRate * (phase.duration / .seconds(1))).rounded(), "request"))"
            }
            if let connections = phase.connections { details += ", \(Figure.counted(connections, "connection"))" }
            if let streams = phase.streams { details += ", \(Figure.counted(streams, "stream"))" }
            if phase.isWarmup { details += ", warm-up" }
            lines.append(String(repeating: " ", count: width + 2) + details)
        }
        for event in plan.events { lines.append("at \(Scenario.text(event.time)): \(event.action.text)") }
        if !plan.thresholds.isEmpty {
            lines.append("")
            for threshold in plan.thresholds {
                let aborts = threshold.aborts ? "  (ends the run" + (threshold.after > .zero ? ", after \(Scenario.text(threshold.after)))" : ")") : ""
                lines.append(threshold.namedText + aborts)
            }
        }
        if !trials.isEmpty {
            lines.append("\ntrials, one after the other, in a process each:")
            let width = trials.map(\.name.columns).max() ?? 0
            for trial in trials {
                let name = trial.name.padded(to: width)
                lines.append("\(name)  " + (trial.changes + ["expect: \(trial.expectation.rawValue)"]).joined(separator: ", "))
            }
        }
        if let recordFile { lines.append("\nrecorded to \(recordFile)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let barWidth = 40

    /// Shares of the whole; even the shortest phase is seen.
    private static func bar(_ start: Double, _ end: Double) -> String {
        let first = min(Int(start * Double(barWidth)), barWidth - 1)
        let last = max(first + 1, Int((end * Double(barWidth)).rounded()))
        return "|" + String(repeating: " ", count: first) + String(repeating: "#", count: last - first)
            + String(repeating: " ", count: max(0, barWidth - last)) + "|"
    }

    private static func text(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds < 60 { return JSON.number((seconds * 1000).rounded() / 1000).text + "s" }
        let whole = Int(seconds.rounded())
        return "\(whole / 60)m" + (whole % 60 == 0 ? "" : "\(whole % 60)s")
    }
}
