package import Measurements

/// Something that is to happen at a time of the run.
package struct PlannedEvent: Sendable, Equatable {
    /// Since the load began.
    package var time: Duration
    package var action: Action

    /// What happens.
    package enum Action: Sendable, Equatable {
        /// A client that reads at a trickle joins, for so long.
        case slowReader(Duration)
        /// Who owns the answers of connections that are accepted from then on.
        case writePolicy(WritePolicy)
        /// So many clients from then on: a storm, or calm after it.
        case connections(Int)
        /// So many connections are closed under their requests; their clients connect again.
        case dropConnections(Int)
        /// The server takes no more connections and ends when those that there are have ended: SIGTERM.
        case drainServer
    }

    package init(time: Duration, action: Action) {
        self.time = time
        self.action = action
    }
}

extension PlannedEvent.Action {
    /// For people.
    package var text: String {
        switch self {
        case .slowReader(let duration): "a slow reader joins, for \(JSON.number(duration / .seconds(1)).text)s"
        case .writePolicy(let policy): "write policy \(policy.rawValue) for new connections"
        case .connections(let count): "\(count) connections"
        case .dropConnections(let count): "\(count) connections are dropped"
        case .drainServer: "the server drains"
        }
    }
}

extension PlannedEvent {
    var json: JSON { .object([.init("at", .number(time / .seconds(1))), .init("do", .string(action.text))]) }
}
