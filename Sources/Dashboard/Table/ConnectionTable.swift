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
    private var filter: ConnectionFilter?
    private var input = FilterInput()

    /// The rows that pass, in their order.
    func rows(_ rows: [ConnectionRow]) -> [ConnectionRow] {
        order.sorted(filter.map { filter in rows.filter { filter.passes($0) } } ?? rows)
    }

    var isFiltered: Bool { filter != nil }

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
