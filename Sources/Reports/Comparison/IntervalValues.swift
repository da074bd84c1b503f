/// The values of some figures in each interval of a run, or of one of its phases.
///
/// A spread is as good from four thousand intervals as from all: of a longer run every second one is kept, then every
/// fourth, so that the memory has a limit.
package struct IntervalValues: Sendable {
    /// A row an interval, a column a figure; NaN where the interval has no such figure.
    private var rows: [[Double]] = []
    private var count = 0
    private var stride = 1

    /// Rows that are kept: 8 MB with all figures of a comparison.
    static let rowLimit = 4_096

    package init() {}

    /// Takes the next interval's row.
    package mutating func add(_ row: [Double]) {
        defer { count += 1 }
        guard count % stride == 0 else { return }
        rows.append(row)
        guard rows.count == IntervalValues.rowLimit else { return }
        rows = Swift.stride(from: 0, to: rows.count, by: 2).map { rows[$0] }
        stride *= 2
    }

    /// One figure's values, of the intervals that have it.
    package func column(_ index: Int) -> [Double] { rows.compactMap { $0[index].isNaN ? nil : $0[index] } }
}
