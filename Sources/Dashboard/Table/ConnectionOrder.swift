/// The order of the table of connections.
package struct ConnectionOrder: Equatable, Sendable {
    /// nil for trouble: pending bytes times their age, as rows come.
    package private(set) var column: ConnectionColumn?
    package private(set) var isReversed = false

    /// One column further, or back; after the last comes trouble again.
    mutating func next(_ step: Int, _ listed: ListedConnections) {
        let stops: [ConnectionColumn?] = [nil] + ConnectionColumn.columns(of: listed).map(Optional.some)
        let place = (stops.firstIndex(of: column) ?? 0) + step
        column = stops[((place % stops.count) + stops.count) % stops.count]
        isReversed = false
    }

    mutating func reverse() { isReversed.toggle() }

    /// By this column; the same again turns it round.
    mutating func choose(_ column: ConnectionColumn) {
        if self.column == column { reverse() } else { (self.column, isReversed) = (column, false) }
    }

    /// "pend ▾", and "trouble" where it is no column.
    func name(_ glyphs: GlyphSet) -> String {
        (column?.name ?? "trouble") + " " + arrow(glyphs)
    }

    /// The way the figures go from top to bottom.
    func arrow(_ glyphs: GlyphSet) -> String {
        let isFalling = (column.map { $0.isFalling } ?? true) != isReversed
        return switch glyphs {
        case .braille, .block: isFalling ? "▾" : "▴"
        case .ascii: isFalling ? "v" : "^"
        }
    }

    /// Equal rows keep the order they have.
    func sorted(_ rows: [ConnectionRow]) -> [ConnectionRow] {
        guard let column else { return isReversed ? rows.reversed() : rows }
        let isFalling = column.isFalling != isReversed
        return column.isText
            ? ConnectionOrder.sorted(rows, isFalling) { column.text($0) }
            : ConnectionOrder.sorted(rows, isFalling) { column.figure($0) }
    }

    /// Keys and places are small; rows are not, and move once.
    private static func sorted<Key: Comparable>(
        _ rows: [ConnectionRow], _ isFalling: Bool, _ key: (ConnectionRow) -> Key
    ) -> [ConnectionRow] {
        let keys = rows.enumerated().map { (key: key($0.element), place: $0.offset) }
        return keys.sorted { left, right in
            if left.key != right.key { return isFalling ? left.key > right.key : left.key < right.key }
            return left.place < right.place
        }.map { rows[$0.place] }
    }
}
