/// The panels that have a number, a border and the focus.
package enum PanelKind: Int, Hashable, Sendable, CaseIterable {
    case throughput = 1, latency, connections, pending, arena, caches, events

    /// As it stands in the border.
    var title: String {
        switch self {
        case .throughput: "throughput"
        case .latency: "latency"
        case .connections: "connections"
        case .pending: "pending writes"
        case .arena: "arena"
        case .caches: "caches"
        case .events: "events"
        }
    }

    /// As it stands in the border of this run: another server has no arenas that could be seen.
    func title(_ run: RunDescription) -> String { self == .arena && run.isWatched ? "memory" : title }

    /// Where the border is short.
    func shortTitle(_ run: RunDescription) -> String { self == .pending ? "pending" : title(run) }

    /// The keys of this panel that are not those of every panel, for the help: commands that share a line, and words.
    var commands: [([Command], String)] {
        switch self {
        case .connections:
            [
                ([.up, .down], "up and down"), ([.first, .last], "first and last"), ([.open], "all about the row"),
                ([.filter], "filter: pend>64k state:W !text"), ([.nextMatch, .previousMatch], "next and previous that passes"),
                ([.sortNext, .sortPrevious], "sort by the next column, back"), ([.sortReverse], "turn the order round"),
                ([.copy, .closeConnection], "copy the row; close it"),
            ]
        case .events:
            [
                ([.up, .down], "up and down"), ([.first, .last], "newest and oldest"), ([.open], "to the moment of the event"),
                ([.filter, .eventLevel], "filter by words, by level"), ([.copy], "copy the row"),
            ]
        case .latency: [([.latency], "the map: response or service"), ([.left, .right], "back and forth in time"), ([.open], "this panel alone")]
        case .arena: [([.up, .down], "alone: a connection's memory"), ([.left, .right], "back and forth in time"), ([.open], "this panel alone")]
        case .throughput, .pending, .caches:
            [([.left, .right], "back and forth in time"), ([.open], "this panel alone")]
        }
    }
}
