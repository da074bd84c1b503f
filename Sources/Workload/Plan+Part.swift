package import Load

// A run in parts: every part has the plan of the whole, and takes its share of what is counted.
extension Plan {
    /// The part of the run that this process is.
    package var part: RunShare { share?.share ?? .whole }

    /// What of the plan this process does by itself: its connections, its requests, its share of the rates.
    ///
    /// For those that show, record, limit or judge. The load itself is divided by number, not by rate: loops
    /// take the plan of the whole and their `RunShare`.
    package var own: Plan {
        guard let share, let part = share.share else { return self }
        var own = self
        own.share = nil
        // All parts together have to keep them: `highwater merge` judges.
        own.thresholds = []
        own.phases = phases.map { $0.own(part) }
        own.events = events.map { $0.own(part) }
        own.client?.connections = part.count(among: client?.connections ?? 0)
        own.client?.requests = client?.requests.map { part.count(among: $0) }
        own.client?.rate = client?.rate.map { $0 / Double(part.count) }
        own.client?.slowReaders = part.count(among: client?.slowReaders ?? 0)
        return own
    }

    /// What the plan has too little of for so many parts.
    var partClash: SettingClash? {
        guard let share, let count = share.share.map({ Int($0.count) }) else { return nil }
        guard let client else { return SettingClash(names: ["share"], words: "divides a load, and there are no clients") }
        let origins = client.origins.count
        if origins > 1, let fewest = ([client.connections] + phases.compactMap(\.connections)).min(), fewest < count * origins {
            return SettingClash(
                names: ["share"], words: "has \(count) parts, each with a connection to each of the \(origins) servers, and \(fewest) are fewer; write \(count * origins) or more")
        }
        let amounts = [(client.requests, "requests"), (client.connections, "connections")] + phases.map { ($0.connections, "connections in phase \($0.name)") }
        for case (let amount?, let noun) in amounts where amount < count {
            return SettingClash(names: ["share"], words: "has \(count) parts, and \(amount) \(noun) are fewer: one has none; write \(count) or more")
        }
        return nil
    }
}

extension PlannedEvent {
    /// What of it one part of the run does.
    fileprivate func own(_ part: RunShare) -> PlannedEvent {
        var own = self
        switch action {
        case .connections(let count): own.action = .connections(part.count(among: count))
        case .dropConnections(let count): own.action = .dropConnections(part.count(among: count))
        case .slowReader, .writePolicy, .drainServer: break
        }
        return own
    }
}
