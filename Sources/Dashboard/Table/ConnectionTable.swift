import Measurements

/// How the table of connections is set: its order, its filter, and the filter as it is typed.
package struct ConnectionTable: Sendable {
    package internal(set) var order = ConnectionOrder()
    /// As it was typed; empty for none.
    package var filterText: String { input.text }
    /// Why the text is no filter. The last one that was goes on.
    package private(set) var filterError: ConnectionFilterError?
    /// Keys are text.
    package var isTyping: Bool { input.isTyping }
    /// The connection whose row was chosen by hand: it keeps its place. nil: the row on top, whichever it is.
    var chosen: ConnectionIdentity?
    var hold = RowHold()
    private var filter: ConnectionFilter?
    private var input = FilterInput()

    /// The rows that pass, in their order.
    ///
    /// - Parameter isHeld: in the order that stands; else each in its own, for a moment that stands still itself.
    func rows(_ rows: [ConnectionRow], isHeld: Bool) -> [ConnectionRow] {
        let passing = filter.map { filter in rows.filter { filter.passes($0) } } ?? rows
        return isHeld ? hold.arranged(passing, arrangement) : order.sorted(passing)
    }

    /// Puts the rows in order where that is due. The row that was chosen by hand keeps its place, and stays the chosen one.
    ///
    /// - Parameters:
    ///   - isChoosing: the table has the focus.
    ///   - selection: the place of the chosen row.
    mutating func arrange(_ all: [ConnectionRow], atNanoseconds now: UInt64, isChoosing: Bool, _ selection: inout Int) {
        let kept = isChoosing ? chosen : nil
        if hold.isDue(arrangement, atNanoseconds: now) {
            hold.take(rows(all, isHeld: false), of: all, arrangement, keeping: kept.map { ($0, selection) }, atNanoseconds: now)
        }
        guard let kept else { return }
        if let place = rows(all, isHeld: true).firstIndex(where: { $0.identity == kept }) { selection = place } else { chosen = nil }
    }

    var isFiltered: Bool { filter != nil }

    /// All that decides which rows there are, and their order.
    struct Arrangement: Equatable {
        let order: ConnectionOrder
        let filterText: String
    }

    var arrangement: Arrangement { Arrangement(order: order, filterText: filterText) }

    mutating func beginTyping() { input.beginTyping() }

    /// One key of the filter as it is typed. False for a key that is no text: it is a command as ever.
    mutating func type(_ key: Key) -> Bool {
        guard input.type(key) else { return false }
        apply()
        // A wrong one stays open: there is something to mend.
        if key == .enter && filterError != nil { input.isTyping = true }
        return true
    }

    mutating func clearFilter() {
        input.clear()
        apply()
    }

    private mutating func apply() {
        do {
            let wanted = try ConnectionFilter(filterText)
            filter = filterText.allSatisfy { $0 == " " } ? nil : wanted
            filterError = nil
        } catch {
            filterError = error
        }
    }
}
