import Measurements

/// How the table of connections is set: its order, its filter, and the filter as it is typed.
package struct ConnectionTable: Sendable {
    package internal(set) var order = ConnectionOrder()
    /// As it was typed; empty for none.
    package private(set) var filterText = ""
    /// Why the text is no filter. The last one that was goes on.
    package private(set) var filterError: ConnectionFilterError?
    /// Keys are text.
    package private(set) var isTyping = false
    private var filter: ConnectionFilter?
    /// What Esc brings back.
    private var before = ""

    /// Characters of a filter: a line of a large screen.
    static let filterLimit = 120

    /// The rows that pass, in their order.
    func rows(_ rows: [ConnectionRow]) -> [ConnectionRow] {
        order.sorted(filter.map { filter in rows.filter { filter.passes($0) } } ?? rows)
    }

    var isFiltered: Bool { filter != nil }

    mutating func beginTyping() {
        isTyping = true
        before = filterText
    }

    /// One key of the filter as it is typed. False for what is no text: it means what it always does.
    mutating func type(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar):
            guard filterText.unicodeScalars.count < ConnectionTable.filterLimit else { return true }
            filterText.unicodeScalars.append(scalar)
        case .backspace:
            if filterText.isEmpty { isTyping = false } else { filterText.removeLast() }
        case .control("u"): filterText = ""
        case .enter:
            // A wrong one stays open: there is something to mend.
            isTyping = filterError != nil
        case .escape:
            filterText = before
            isTyping = false
        default: return false
        }
        apply()
        return true
    }

    mutating func clearFilter() {
        filterText = ""
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
