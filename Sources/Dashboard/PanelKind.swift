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

    /// Where the border is short.
    var shortTitle: String {
        self == .pending ? "pending" : title
    }
}
