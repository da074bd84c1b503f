import Measurements

/// Columns of the table of connections, in the order they stand in.
package enum ConnectionColumn: CaseIterable, Sendable {
    case id, peer, state, version, streams, requests, requestBytes, responseBytes, pending, age, arena, used
    /// Of a client: how long its oldest request has waited.
    case waits
    /// Of a server that is watched: the kernel's view.
    case kernel, roundTrip, window

    /// Those that a server of ours fills, those of a server that is watched, whose requests and arenas are not seen, and
    /// those of clients.
    private static let ours: [ConnectionColumn] = [
        .id, .peer, .state, .version, .streams, .requests, .requestBytes, .responseBytes, .pending, .age, .arena, .used,
    ]
    private static let watched: [ConnectionColumn] = [
        .id, .peer, .state, .requestBytes, .responseBytes, .pending, .age, .kernel, .window, .roundTrip,
    ]
    private static let clients: [ConnectionColumn] = [
        .id, .peer, .state, .version, .streams, .requests, .requestBytes, .responseBytes, .waits, .pending, .age,
    ]

    /// The columns of a table, in order.
    static func columns(of listed: ListedConnections) -> [ConnectionColumn] {
        switch listed {
        case .server: ours
        case .watched: watched
        case .clients: clients
        }
    }

    /// The heading where there is room for words.
    var fullName: String {
        switch self {
        case .state: "state"
        case .version: "http"
        case .streams: "streams"
        case .requestBytes: "req B/s"
        case .responseBytes: "res B/s"
        case .pending: "pending"
        case .kernel: "in kernel"
        case .window: "by peer"
        default: name
        }
    }

    /// The width where there is room for words: of the heading, or of the longest state.
    var fullWidth: Int { self == .state ? 7 : max(width, fullName.count) }

    var name: String {
        switch self {
        case .id: "id"
        case .peer: "peer"
        case .state: "s"
        case .version: "pr"
        case .streams: "strm"
        case .requests: "req/s"
        case .requestBytes: "reqB"
        case .responseBytes: "resB"
        case .waits: "waits"
        case .pending: "pend"
        case .age: "age"
        case .arena: "arena"
        case .used: "used"
        case .kernel: "kern"
        case .roundTrip: "rtt"
        case .window: "peer%"
        }
    }

    var width: Int {
        switch self {
        case .id: 6
        case .peer: 15
        case .roundTrip: 6
        case .state: 1
        case .version: 2
        case .streams: 4
        case .requests, .requestBytes, .responseBytes, .pending, .used, .kernel, .window: 5
        case .age, .waits: 6
        case .arena: 12
        }
    }

    var isText: Bool { self == .peer || self == .version }

    /// Figures begin with the most; names and numbers with the least.
    var isFalling: Bool { !isText && self != .id }

    /// Figures stand at the right of their column.
    var isRight: Bool {
        switch self {
        case .peer, .state, .version, .arena: false
        default: true
        }
    }

    /// The figure by which the table is sorted; not for columns of text.
    func figure(_ row: ConnectionRow) -> Double {
        switch self {
        case .id: Double(row.sample.id)
        case .peer, .version: 0
        case .state: row.sample.state.urgency
        case .streams: Double(row.sample.streams)
        case .requests: row.requestRate
        case .requestBytes: row.requestByteRate
        case .responseBytes: row.responseByteRate
        case .waits: Double(row.sample.oldestRequestNanoseconds)
        case .pending: Double(row.sample.pendingBytes)
        case .age: row.sample.pendingBytes > 0 ? Double(row.sample.oldestAgeNanoseconds) : 0
        case .arena: Double(row.sample.arenaReservedBytes)
        case .used: Double(row.sample.arenaUsedBytes)
        case .kernel: Double(row.sample.kernel?.queuedBytes ?? 0)
        case .roundTrip: Double(row.sample.kernel?.roundTripNanoseconds ?? 0)
        case .window: row.sample.kernel?.windowLimitedShare ?? 0
        }
    }

    func text(_ row: ConnectionRow) -> String {
        self == .version ? row.sample.version.rawValue : row.sample.peer
    }

    /// Columns in the order in which they go where the table is narrow.
    private static let leastFirst: [ConnectionColumn] = [
        .used, .roundTrip, .requestBytes, .version, .responseBytes, .window, .peer, .streams, .arena, .requests, .kernel, .age, .waits,
    ]

    /// The columns that fit and how wide they are: the strips take the rest.
    ///
    /// - Parameter kept: stays whatever else must go: the table is sorted by it.
    static func fitting(_ width: Int, _ listed: ListedConnections, keeping kept: ConnectionColumn?) -> [(ConnectionColumn, width: Int)] {
        var columns = columns(of: listed)
        let full = columns.reduce(0) { $0 + $1.fullWidth + 1 }
        if full <= width {
            let spare = min(stripLimit, width - full)
            return columns.map { ($0, $0 == .arena ? $0.fullWidth + spare : $0.fullWidth) }
        }
        func sum() -> Int { columns.reduce(0) { $0 + $1.width + 1 } }
        for column in leastFirst where column != kept && sum() > width { columns.removeAll { $0 == column } }
        let spare = min(stripLimit, max(0, width - sum()))
        return columns.map { ($0, $0 == .arena ? $0.width + spare : $0.width) }
    }

    /// The column at a place of a panel so wide; nil beside them all.
    static func column(at x: Int, width: Int, _ listed: ListedConnections, keeping kept: ConnectionColumn?) -> ConnectionColumn? {
        var start = 1
        for (column, width) in fitting(width - 1, listed, keeping: kept) {
            // The gap after it is its own: its arrow stands there.
            if x >= start && x <= start + width { return column }
            start += width + 1
        }
        return nil
    }

    /// Cells that a strip may grow by: beyond, it tells no more.
    private static let stripLimit = 48
}

/// The connections that the table has.
enum ListedConnections {
    /// Of a server of ours; of a server that is watched; of the clients, where nothing is known of the server's.
    case server, watched, clients
}

extension ConnectionSample.State {
    /// Connections that wait come before those that work, and both before idle ones.
    fileprivate var urgency: Double {
        switch self {
        case .waiting: 3
        case .closing: 2
        case .running: 1
        case .idle: 0
        }
    }
}
