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
    private var hold = RowHold()
    /// The rows of the newest moment in their order; nil: not arranged yet.
    private var arranged: Arranged?
    private var filter: ConnectionFilter?
    private var input = FilterInput()

    /// Rows as the table has them: thousands, put in order once and not for each frame.
    private struct Arranged {
        let rows: [ConnectionRow]
        let arrangement: Arrangement
        /// `Moment.rowsNumber`
        let number: Int
        /// They are in the order of their own figures, not in that of a reading before.
        let isOwnOrder: Bool
    }

    /// The rows of a moment that pass, in their order.
    ///
    /// - Parameter isHeld: in the order that stands; else each in its own, for a moment that stands still itself.
    func rows(of moment: Moment, isHeld: Bool) -> [ConnectionRow] {
        if isHeld, let arranged, arranged.number == moment.rowsNumber, arranged.arrangement == arrangement { return arranged.rows }
        return rows(moment.rows, isHeld: isHeld)
    }

    private func rows(_ rows: [ConnectionRow], isHeld: Bool) -> [ConnectionRow] {
        let passing = filter.map { filter in rows.filter { filter.passes($0) } } ?? rows
        return isHeld ? hold.arranged(passing, arrangement) : order.sorted(passing)
    }

    /// Puts the rows of a moment in order where that is due. The row that was chosen by hand keeps its place, and stays the
    /// chosen one.
    ///
    /// - Parameters:
    ///   - isChoosing: the table has the focus.
    ///   - selection: the place of the chosen row.
    mutating func arrange(_ moment: Moment, isChoosing: Bool, _ selection: inout Int) {
        let all = moment.rows, now = moment.timeNanoseconds
        let kept = isChoosing ? chosen : nil
        let isSame = arranged?.number == moment.rowsNumber && arranged?.arrangement == arrangement
        let isDue = hold.isDue(arrangement, atNanoseconds: now) && !(isSame && arranged?.isOwnOrder == true)
        if isDue {
            hold.take(rows(all, isHeld: false), of: all, arrangement, keeping: kept.map { ($0, selection) }, atNanoseconds: now)
        }
        if isDue || !isSame {
            arranged = Arranged(rows: rows(all, isHeld: true), arrangement: arrangement, number: moment.rowsNumber, isOwnOrder: isDue)
        }
        guard let kept else { return }
        if let place = arranged?.rows.firstIndex(where: { $0.identity == kept }) { selection = place } else { chosen = nil }
    }

    /// Forgets the order that stands: other rows come.
    mutating func forgetOrder() {
        hold = RowHold()
        arranged = nil
    }

    /// The connections that hold the most arena memory, of the rows of the order that stands, the fullest first.
    var busiest: [ConnectionIdentity] { hold.busiest }

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
