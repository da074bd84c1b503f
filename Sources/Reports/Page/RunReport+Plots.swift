internal import Measurements

extension RunReport {
    /// The plots over the time of the run; those without a number are left out.
    var plots: Markup {
        .joined(zip(ReportPlot.all, timelines).compactMap { drawing($0, $1)?.markup })
    }

    private func drawing(_ plot: ReportPlot, _ timeline: Timeline) -> PlotDrawing? {
        let values = plot.series.indices.map { column in timeline.points.map { $0.values[column] } }
        let shown = plot.series.indices.filter { column in
            let present = values[column].compactMap { $0 }
            // A line along the bottom says nothing that its absence would not.
            return !present.isEmpty && (column == 0 || present.contains { $0 != 0 })
        }
        let all = shown.flatMap { values[$0].compactMap { $0 } }
        guard !all.isEmpty, let vertical = plot.isLogarithmic
            ? ReportScale(around: all, plot.quantity) : ReportScale(upTo: all.max() ?? 0, plot.quantity)
        else { return nil }
        let clock = ReportScale(upTo: duration, .clock)
        let fold = timeline.samplesPerPoint
        var drawing = PlotDrawing(
            title: plot.title, note: fold > 1 ? "\(plot.note); the highest of \(fold) samples" : plot.note, vertical: vertical)
        drawing.horizontalTicks = clock.ticks.map { (clock.position($0), clock.label($0)) }
        drawing.lines = shown.map { column in
            let points = zip(timeline.points, values[column]).map { point, value in
                value.map { (x: clock.position(point.time), y: vertical.position($0)) }
            }
            return PlotDrawing.Line(series: plot.series[column], points: points)
        }
        drawing.marks = marks(clock)
        drawing.bands = bands(clock)
        drawing.hints = hints(plot, timeline, shown, clock)
        return drawing
    }

    /// Marks in each plot; more of them would hide the curves.
    private static let markLimit = 100
    private static let infoMarkLimit = 20
    /// Places of a plot where a pointer may rest.
    private static let hintLimit = 100

    private func marks(_ clock: ReportScale) -> [(position: Double, level: Event.Level, words: String)] {
        let notable = events.filter { $0.level > .info }
        let others = events.filter { $0.level == .info }
        // Frequent events are no marks on the axis; the list has them.
        let shown = notable + (others.count <= RunReport.infoMarkLimit ? others : [])
        return shown.prefix(RunReport.markLimit).map { event in
            let time = Metric.seconds(event.timeNanoseconds)
            return (clock.position(time), event.level, "\(clock.label(time)) \(event.source): \(event.text)")
        }
    }

    private func hints(
        _ plot: ReportPlot, _ timeline: Timeline, _ shown: [Int], _ clock: ReportScale
    ) -> [(from: Double, to: Double, words: String)] {
        let step = max(1, (timeline.points.count + RunReport.hintLimit - 1) / RunReport.hintLimit)
        return stride(from: 0, to: timeline.points.count, by: step).map { start in
            let end = min(start + step, timeline.points.count)
            let last = timeline.points[end - 1]
            let words = shown.map { column -> String in
                let present = timeline.points[start..<end].compactMap { $0.values[column] }
                let value: Double? = plot.series[column].fold == .highest
                    ? present.max() : present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
                return "\(plot.series[column].name): \(value.map { ReportScale.words($0, plot.quantity) } ?? "-")"
            }
            let from = start == 0 ? 0 : clock.position(timeline.points[start - 1].time)
            return (from, clock.position(last.time), ([clock.label(last.time)] + words).joined(separator: "\n"))
        }
    }

    // MARK: Percentiles

    /// Latency over the percentile, which is stretched towards 100: each tick is ten times rarer.
    var spectrum: Markup {
        guard let summary = ownSummary else { return .empty }
        let histograms = [
            (ReportPlot.Series(name: "response time", fold: .highest, colour: 2), summary.responseTime),
            (ReportPlot.Series(name: "service time", fold: .highest, colour: 1), summary.serviceTime),
            (ReportPlot.Series(name: "sent late", fold: .highest, colour: 3, isDashed: true), summary.scheduleDelay),
        ].filter { $0.1.count > 0 }
        let rows = histograms.map { RunReport.percentiles($0.1) }
        guard let most = histograms.map(\.1.count).max(),
            let vertical = ReportScale(around: rows.flatMap { $0.map(\.seconds) }, .seconds)
        else { return .empty }
        // Where one value is the whole rest.
        let decades = max(1, Figure.decades(Double(most)))
        func across(_ percentile: Double) -> Double { min(1, Figure.decades(1 / max(1 - percentile, 1e-12)) / decades) }
        var drawing = PlotDrawing(title: "Latency by percentile", note: "of the whole run", vertical: vertical)
        drawing.horizontalTicks = [(0.5, "50%"), (0.9, "90%"), (0.99, "99%"), (0.999, "99.9%"), (0.999_9, "99.99%"), (0.999_99, "99.999%")]
            .map { (across($0.0), $0.1) }.filter { $0.0 < 0.999 }
        drawing.lines = zip(histograms, rows).map { histogram, row in
            PlotDrawing.Line(series: histogram.0, points: row.map { (x: across($0.percentile), y: vertical.position($0.seconds)) })
        }
        return "<section><h2>By percentile</h2><div class=\"plots one\">\(drawing.markup)</div></section>"
    }

    /// Steps at which the line is seen to bend; a histogram has thousands of buckets.
    private static let percentileStep = 0.004

    /// The latency at or below which a share of the values lies, for each share that there is.
    private static func percentiles(_ histogram: LatencyHistogram) -> [(percentile: Double, seconds: Double)] {
        var rows: [(percentile: Double, seconds: Double)] = []
        var seen: UInt64 = 0
        var lastPlace = -1.0
        let total = Double(histogram.count)
        let decades = max(1, Figure.decades(total))
        histogram.forEachBucket { nanoseconds, count in
            let share = Double(seen) / total
            seen += count
            let place = Figure.decades(1 / max(1 - share, 1e-12)) / decades
            let isLast = seen == histogram.count
            guard place >= lastPlace + percentileStep || isLast else { return }
            lastPlace = place
            rows.append((share, Metric.seconds(nanoseconds)))
            // The highest value stands for all above it.
            if isLast { rows.append((1 - 1 / total, Metric.seconds(nanoseconds))) }
        }
        return rows
    }
}
