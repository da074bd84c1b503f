/// Numbers over time for a plot: however long the run was, no more points than a page can show.
///
/// When there are too many, two neighbours become one: a rate is their mean by time, anything
/// else the higher of the two, so that no peak is lost. A percentile of the two together is
/// not known any more; the higher one is never an understatement.
struct Timeline: Sendable {
    /// How two neighbours become one.
    enum Fold: Sendable {
        case mean, highest
    }

    /// The values of one moment, a column each.
    struct Point: Sendable {
        /// The end of the time it covers, and how long that is, seconds.
        var time: Double
        var span: Double
        var values: [Double?]
    }

    /// Beyond, a plot on a wide screen has more than one point a pixel.
    static let pointLimit = 1_200

    let folds: [Fold]
    private(set) var points: [Point] = []
    /// Samples that one whole point stands for: a power of two.
    private(set) var samplesPerPoint = 1
    /// Of the last point: samples it has so far.
    private var lastCount = 0

    init(folds: [Fold]) { self.folds = folds }

    /// Takes the next moment; `point.values` has a column for each of `folds`.
    mutating func add(_ point: Point) {
        if lastCount > 0 && lastCount < samplesPerPoint {
            points[points.count - 1] = fold(points[points.count - 1], point)
            lastCount += 1
            return
        }
        if points.count == Timeline.pointLimit {
            points = stride(from: 0, to: points.count, by: 2).map { fold(points[$0], points[$0 + 1]) }
            samplesPerPoint *= 2
        }
        points.append(point)
        lastCount = 1
    }

    private func fold(_ first: Point, _ second: Point) -> Point {
        let span = first.span + second.span
        var values: [Double?] = []
        for (index, fold) in folds.enumerated() {
            switch (first.values[index], second.values[index]) {
            case (let left?, let right?):
                switch fold {
                case .highest: values.append(max(left, right))
                case .mean: values.append(span > 0 ? (left * first.span + right * second.span) / span : left)
                }
            case (let left, let right): values.append(left ?? right)
            }
        }
        return Point(time: second.time, span: span, values: values)
    }
}
