package import Measurements

/// An event that a scenario plans for a time of the run.
package struct PlannedEvent: Sendable, Equatable {
    /// Since the load began.
    package var time: Duration
    package var action: Action

    /// What happens.
    package enum Action: Sendable, Equatable {
        /// A client that reads at a trickle joins, for so long.
        case slowReader(Duration)
        /// The write policy of connections that are accepted from then on.
        case writePolicy(WritePolicy)
        /// The number of clients from then on: a storm, or calm after it.
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
        case .slowReader(let duration): "a slow reader joins, for \(duration.quantityText)"
        case .writePolicy(let policy): "write policy \(policy.rawValue) for new connections"
        case .connections(let count): Figure.counted(count, "connection")
        case .dropConnections(let count): Figure.counted(count, "connection is", "connections are") + " dropped"
        case .drainServer: "the server drains"
        }
    }
}

extension PlannedEvent {
    /// What can happen, by the word that a scenario has for it.
    enum Word: String, CaseIterable {
        case slowReader = "slow-reader"
        case writePolicy = "write-policy"
        case connections
        case dropConnections = "drop-connections"
        case drainServer = "drain-server"
    }
}
