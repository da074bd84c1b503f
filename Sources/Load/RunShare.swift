/// One part of a run that is divided: among event loops, and among processes on as many machines.
///
/// The run's requests, connections and values of `{{seq}}` are numbered from 0. Of N parts, part i has the
/// numbers that leave the remainder i when they are divided by N. So parts add up to the whole exactly,
/// whatever N is; neighbours in the schedule are of different parts, which interleaves them; and a part of a
/// part is a part again, so that loops divide what a process has as processes divide the whole.
package struct RunShare: Sendable, Hashable {
    /// Which part, from 0.
    package let index: UInt64
    /// Of how many.
    package let count: UInt64

    /// All of it.
    package static let whole = RunShare(0, of: 1)

    /// - Parameter index: from 0, below `count`.
    package init(_ index: Int, of count: Int) {
        precondition(index >= 0 && index < count, "part \(index) of \(count)")
        self.init(index: UInt64(index), count: UInt64(count))
    }

    private init(index: UInt64, count: UInt64) {
        self.index = index
        self.count = count
    }

    /// Part `index` of `count`, from 0, of this part.
    package func part(_ index: Int, of count: Int) -> RunShare {
        let inner = RunShare(index, of: count)
        return RunShare(index: self.index + self.count * inner.index, count: self.count * inner.count)
    }

    /// The whole's number of this part's own `number`; both from 0.
    package func number(_ own: UInt64) -> UInt64 { index + own * count }

    /// How many of the numbers below `total` are this part's.
    package func count(among total: UInt64) -> UInt64 { total / count + (index < total % count ? 1 : 0) }

    /// The same of a count that is not negative.
    package func count(among total: Int) -> Int { Int(count(among: UInt64(total))) }

    /// `3/8`: the third of eight.
    package var text: String { "\(index + 1)/\(count)" }
}
