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
    /// What can happen, by the word that a scenario has for it.
    enum Word: String, CaseIterable {
        case slowReader = "slow-reader"
        case writePolicy = "write-policy"
        case connections
        case dropConnections = "drop-connections"
        case drainServer = "drain-server"
    }

    /// Under the names that a scenario has.
    var json: JSON {
        let (word, member): (Word, JSON.Member?) =
            switch action {
            case .slowReader(let duration): (.slowReader, .init("for", .number(duration.inSeconds)))
            case .writePolicy(let policy): (.writePolicy, .init("policy", .string(policy.rawValue)))
            case .connections(let count): (.connections, .init("count", .number(Double(count))))
            case .dropConnections(let count): (.dropConnections, .init("count", .number(Double(count))))
            case .drainServer: (.drainServer, nil)
            }
        return .object([.init("at", .number(time.inSeconds)), .init("do", .string(word.rawValue))] + (member.map { [$0] } ?? []))
    }

    /// nil: that is no event.
    init?(json: JSON) {
        guard let time = json["at"]?.number.flatMap(Duration.init(inSeconds:)) else { return nil }
        let count = json["count"]?.number.flatMap { Int(exactly: $0) }
        let action: Action? =
            switch json["do"]?.string.flatMap(Word.init) {
            case .slowReader: json["for"]?.number.flatMap(Duration.init(inSeconds:)).map { .slowReader($0) }
            case .writePolicy: json["policy"]?.string.flatMap(WritePolicy.init).map { .writePolicy($0) }
            case .connections: count.map { .connections($0) }
            case .dropConnections: count.map { .dropConnections($0) }
            case .drainServer: .drainServer
            case nil: nil
            }
        guard let action else { return nil }
        self.init(time: time, action: action)
    }
}
