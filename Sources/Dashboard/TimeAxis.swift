/// Time as graphs have it: slots of one length, counted from where the run began, two to a cell.
///
/// The moments of a cell depend on the clock alone. So a full cell never changes, graphs beside each
/// other have the same moment in the same column, and all move by a whole cell at a time: with half
/// cells that slide at every sample, each cell of each graph would be written again four times a second.
struct TimeAxis: Equatable {
    let slotNanoseconds: UInt64
    /// The second slot of the cell that has the shown moment: the right edge.
    let lastSlot: Int

    /// - Parameters:
    ///   - base: as fine as is wanted; moments that lie further apart than its slots make it coarser.
    ///   - end: as `History.added` counts.
    init(_ base: TimeBase, _ history: History, upTo end: Int) {
        let last = min(history.count, max(0, end - (history.added - history.count)))
        let fitting = last == 0 ? base : base.holding(intervalNanoseconds: TimeAxis.interval(history, last))
        let wanted = UInt64(fitting.cellMilliseconds) * 500_000
        slotNanoseconds = last == 0 ? wanted : min(wanted, TimeAxis.stretched(history[last - 1].timeNanoseconds))
        lastSlot = last == 0 ? 1 : Int(history[last - 1].timeNanoseconds / slotNanoseconds) | 1
    }

    /// The slots of a run that has just begun: finer than its samples, each of which then has several, so that
    /// graphs are full from the start. They become coarser at 6, 15 and 30 seconds.
    private static func stretched(_ age: UInt64) -> UInt64 {
        let cells: [UInt64] = [100, 250, 500]
        let fitting = cells.first { age <= $0 * 1_000_000 * TimeAxis.stretchedCells }
        return fitting.map { $0 * 500_000 } ?? .max
    }

    /// The cells that a young run is stretched to: about as many as a graph has at 120x40.
    private static let stretchedCells: UInt64 = 60

    /// The slot of a time.
    func slot(_ nanoseconds: UInt64) -> Int { Int(clamping: nanoseconds / slotNanoseconds) }

    /// Cells from the right edge to the one of a time; negative beyond it.
    func cellsFromRight(_ nanoseconds: UInt64) -> Int { lastSlot / 2 - slot(nanoseconds) / 2 }

    /// The usual time between moments: the middle one of the last few, so that neither a moment out of
    /// turn nor a long wait changes the scale.
    private static func interval(_ history: History, _ last: Int) -> UInt64 {
        let times = (max(0, last - 6)..<last).map { history[$0].timeNanoseconds }
        let gaps = zip(times.dropFirst(), times).map { $0 - min($0, $1) }.sorted()
        return gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    }
}

/// How much time a cell of a graph holds, where samples come often enough.
package struct TimeBase: Equatable, Sendable {
    /// 1 s: samples twice a second fill a cell of dots.
    package private(set) var cellMilliseconds = 1_000

    /// On a wide screen a quarter of a minute to ten minutes. Those beyond come only where samples do not come more often.
    package static let choices = [250, 500, 1_000, 2_000, 5_000, 10_000]
    private static let all = choices + [20_000, 50_000, 100_000, 200_000, 1_000_000, 10_000_000]

    /// Of all choices.
    static var names: [String] { choices.map { TimeBase(unchecked: $0).name } }

    package init() {}

    /// nil: none of the choices.
    package init?(cellMilliseconds: Int) {
        guard TimeBase.choices.contains(cellMilliseconds) else { return nil }
        self.cellMilliseconds = cellMilliseconds
    }

    /// Of an axis.
    init(slotNanoseconds: UInt64) { self.init(unchecked: Int(slotNanoseconds / 500_000)) }

    /// One of `all`.
    private init(unchecked cellMilliseconds: Int) { self.cellMilliseconds = cellMilliseconds }

    /// "500ms", "2s"
    package var name: String { cellMilliseconds < 1_000 ? "\(cellMilliseconds)ms" : "\(cellMilliseconds / 1_000)s" }

    /// The next longer one, or shorter; nil at the end.
    func next(_ step: Int) -> TimeBase? {
        let place = (TimeBase.choices.firstIndex(of: cellMilliseconds) ?? 0) + step
        return TimeBase.choices.indices.contains(place) ? TimeBase(unchecked: TimeBase.choices[place]) : nil
    }

    /// The same, or the first one whose slots hold a moment each. Five in a hundred are the clock's.
    func holding(intervalNanoseconds interval: UInt64) -> TimeBase {
        let least = Double(interval) * 0.95 * 2 / 1e6
        let wanted = TimeBase.all.first { Double($0) >= least } ?? TimeBase.all[TimeBase.all.count - 1]
        return TimeBase(unchecked: max(cellMilliseconds, wanted))
    }
}

/// How several values of one slot become one.
enum SlotRule {
    /// For rates and shares: their mean.
    case mean
    /// For peaks, which must not be smoothed away.
    case highest
}

extension History {
    /// The slots of so many cells, the oldest first, and one value in each; nil where there is none.
    func slots(
        _ cells: Int, _ axis: TimeAxis, upTo end: Int, _ rule: SlotRule, _ value: (Moment) -> Double?
    ) -> [Double?] {
        let first = axis.lastSlot - 2 * cells + 1
        let sums: [(sum: Double, count: Int)?] = gather(2 * cells, upTo: end, place: { axis.slot($0) - first }) { known, moment in
            guard let now = value(moment) else { return }
            guard let before = known else { return known = (now, 1) }
            known = rule == .mean ? (before.sum + now, before.count + 1) : (max(before.sum, now), 1)
        }
        return sums.map { $0.map { $0.sum / Double($0.count) } }
    }

    /// The latencies of so many cells, the oldest first.
    func cells(_ count: Int, _ axis: TimeAxis, upTo end: Int, _ buckets: (Moment) -> LatencyBuckets) -> [LatencyBuckets] {
        let first = axis.lastSlot / 2 - count + 1
        let cells: [LatencyBuckets?] = gather(count, upTo: end, place: { axis.slot($0) / 2 - first }) { known, moment in
            if known == nil { known = buckets(moment) } else { known?.merge(buckets(moment)) }
        }
        return cells.map { $0 ?? LatencyBuckets() }
    }

    /// What the moments of each place come to. A place that was passed over between two moments has what
    /// the later one has: that tells of all the time since the earlier.
    private func gather<Value>(
        _ count: Int, upTo end: Int, place: (UInt64) -> Int, _ add: (inout Value?, Moment) -> Void
    ) -> [Value?] {
        guard count > 0 else { return [] }
        var values = [Value?](repeating: nil, count: count)
        var later = count
        var index = min(self.count, max(0, end - (added - self.count))) - 1
        while index >= 0, later > 0 {
            let place = place(self[index].timeNanoseconds)
            if place < count {
                if later < count, place + 1 < later {
                    for passed in max(0, place + 1)..<later { values[passed] = values[later] }
                }
                if place >= 0 { add(&values[place], self[index]) }
                later = place
            }
            index -= 1
        }
        return values
    }
}

extension [Double?] {
    /// 0 where there is none.
    var most: Double { reduce(0) { Swift.max($0, $1 ?? 0) } }
}
