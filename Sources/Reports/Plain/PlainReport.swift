package import Measurements

/// A run in sentences, for a reader of the screen: what has changed first, and the rest where it is asked for.
///
/// A figure has changed when it differs from what was told of it last by more than its noise: twice the spread of its
/// values in single samples, of then and of now, as in a comparison of runs, and at least a twentieth. So a slow drift
/// is told too.
package struct PlainReport: Sendable {
    private let intervalNanoseconds: UInt64
    private var dueNanoseconds: UInt64
    private var before: Sample?
    private var tracks = PlainFigure.all.map { _ in Track() }
    private var hasTold = false

    /// Values of a figure that its spread is made of: of a minute or two.
    private static let valueLimit = 120
    private static let leastShare = 0.05

    /// One figure, from report to report.
    private struct Track: Sendable {
        /// Since the last report; and since the value was told.
        var values: [Double] = []
        var former: [Double] = []
        private(set) var told: Double?

        mutating func tell(_ value: Double) {
            told = value
            (former, values) = (values, [])
        }

        /// The value is still what was told.
        mutating func keep() {
            former = (former + values).suffix(PlainReport.valueLimit)
            values = []
        }

        func hasChanged(to value: Double, isFailure: Bool) -> Bool {
            guard let told else { return false }
            if isFailure { return value != told }
            let spreads = [former, values].map(Track.spread)
            let noise = 2 * (spreads[0] * spreads[0] + spreads[1] * spreads[1]).squareRoot()
            return (value - told).magnitude > max(noise, told.magnitude * PlainReport.leastShare)
        }

        /// Of values too few for an estimate: half of what they cover.
        private static func spread(_ values: [Double]) -> Double {
            Comparison.spread(values) ?? ((values.max() ?? 0) - (values.min() ?? 0)) / 2
        }

        func value(_ rule: PlainFigure.Rule) -> Double? {
            switch rule {
            case .last: values.last
            case .highest: values.max()
            case .median: values.isEmpty ? nil : values.sorted()[values.count / 2]
            }
        }
    }

    /// - Parameter nanoseconds: time of the run between two reports.
    package init(everyNanoseconds nanoseconds: UInt64) {
        intervalNanoseconds = max(1, nanoseconds)
        dueNanoseconds = intervalNanoseconds
    }

    /// Takes the next sample. - Returns: the report, where one is due; else nothing.
    package mutating func add(_ sample: Sample) -> [String] {
        for (index, figure) in PlainFigure.all.enumerated() { if let value = figure.value(sample, before) { tracks[index].values.append(value) } }
        before = sample
        before?.forgetDetails()
        guard sample.timeNanoseconds >= dueNanoseconds else { return [] }
        dueNanoseconds = (sample.timeNanoseconds / intervalNanoseconds + 1) * intervalNanoseconds
        return report(atNanoseconds: sample.timeNanoseconds, whole: !hasTold)
    }

    /// All figures, now: they were asked for, or the run is over.
    package mutating func all() -> [String] { before.map { report(atNanoseconds: $0.timeNanoseconds, whole: true) } ?? ["There is no sample yet."] }

    /// An event as a sentence.
    package static func sentence(_ event: Event) -> String {
        let level = switch event.level {
        case .info: "Event"
        case .warning: "Warning"
        case .error: "Error"
        }
        return "\(level) at \(time(event.timeNanoseconds)), \(event.origin): \(event.text.printableLine)."
    }

    /// The time, the figures that have changed, and the others where `whole`.
    private mutating func report(atNanoseconds now: UInt64, whole: Bool) -> [String] {
        var changes: [String] = [], others: [String] = []
        for (index, figure) in PlainFigure.all.enumerated() {
            let track = tracks[index]
            // A figure without a value since the last report has none to be told.
            guard let value = track.value(figure.rule) else { continue }
            let subject = figure.subject.prefix(1).uppercased() + figure.subject.dropFirst()
            let text = figure.text(value)
            if let told = track.told, track.hasChanged(to: value, isFailure: figure.isFailure), figure.text(told) != text {
                changes.append("\(subject) \(value > told ? "rose" : "fell") from \(figure.text(told)) to \(text).")
                tracks[index].tell(value)
            } else if track.told == nil, hasTold, !whole {
                // A figure that comes later is told when it comes.
                changes.append("\(subject) is \(text).")
                tracks[index].tell(value)
            } else {
                others.append("\(subject) is \(text).")
                if whole { tracks[index].tell(value) } else { tracks[index].keep() }
            }
        }
        hasTold = true
        let count = Figure.counted(changes.count, "change")
        var head = "After \(PlainReport.time(now))"
        if !whole { head += changes.isEmpty ? ": no change in \(Figure.counted(others.count, "figure"))" : ": \(count), \(Figure.counted(others.count, "figure")) as before" }
        return [head + "."] + changes + (whole ? others : [])
    }

    private static func time(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        return seconds < 60 ? "\(Figure.fixed(Metric.seconds(nanoseconds), decimals: 1)) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
