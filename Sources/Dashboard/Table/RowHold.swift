import Measurements

/// The order of the rows on the screen, which stands for two seconds: rows that change places twice a second cannot be read.
struct RowHold: Sendable {
    /// Places of the table's rows, from the top.
    private var places: [ConnectionIdentity: Int] = [:]
    /// The connections that the arena panel shows, from the top.
    private(set) var busiest: [ConnectionIdentity] = []
    private var arrangement: ConnectionTable.Arrangement?
    private var sinceNanoseconds: UInt64 = 0

    static let holdNanoseconds: UInt64 = 2_000_000_000
    /// Connections of the arena panel: more than it has lines.
    static let busiestLimit = 64

    /// Whether the rows are to be put in order: for the first time, since the table is arranged otherwise, or after two seconds.
    func isDue(_ arrangement: ConnectionTable.Arrangement, atNanoseconds now: UInt64) -> Bool {
        self.arrangement != arrangement || now < sinceNanoseconds || now - sinceNanoseconds >= RowHold.holdNanoseconds
    }

    /// Puts the rows in order.
    ///
    /// - Parameters:
    ///   - rows: as the table has them, in their order.
    ///   - all: those that the filter leaves out too.
    ///   - kept: a row that keeps its place, and the place.
    mutating func take(
        _ rows: [ConnectionRow], of all: [ConnectionRow], _ arrangement: ConnectionTable.Arrangement,
        keeping kept: (identity: ConnectionIdentity, place: Int)?, atNanoseconds now: UInt64
    ) {
        var identities = rows.map(\.identity)
        if let kept, let place = identities.firstIndex(of: kept.identity) {
            identities.remove(at: place)
            identities.insert(kept.identity, at: min(kept.place, identities.count))
        }
        // A recording from elsewhere may have a connection twice.
        places = Dictionary(identities.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        busiest = RowHold.busiest(all).map(\.identity)
        self.arrangement = arrangement
        sinceNanoseconds = now
    }

    /// Rows as the table has them: those that have come since the last time are below the others.
    func arranged(_ rows: [ConnectionRow], _ arrangement: ConnectionTable.Arrangement) -> [ConnectionRow] {
        let order = arrangement.order
        guard self.arrangement == arrangement else { return order.sorted(rows) }
        var indexes = [Int?](repeating: nil, count: (places.values.max() ?? -1) + 1), new: [ConnectionRow] = []
        for (index, row) in rows.enumerated() {
            if let place = places[row.identity], indexes[place] == nil { indexes[place] = index } else { new.append(row) }
        }
        return indexes.compactMap { $0.map { rows[$0] } } + order.sorted(new)
    }

    /// The connections that hold the most arena memory, the fullest first: a few of possibly thousands, so that not all are sorted.
    static func busiest(_ rows: [ConnectionRow]) -> [ConnectionRow] {
        var busiest: [ConnectionRow] = []
        for row in rows where row.sample.arenaReservedBytes > 0 || row.sample.arenaUsedBytes > 0 {
            let place = busiest.firstIndex { $0.sample.arenaUsedBytes < row.sample.arenaUsedBytes } ?? busiest.count
            guard place < busiestLimit else { continue }
            busiest.insert(row, at: place)
            if busiest.count > busiestLimit { busiest.removeLast() }
        }
        return busiest
    }
}
