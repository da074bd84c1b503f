package import Load

/// How far keys may take the load of a run.
package struct LoadLimits: Equatable, Sendable {
    /// Requests per second.
    package var rates: ClosedRange<Double>
    /// Beyond, file descriptors or the server's own limit are missing.
    package var connections: Int
    /// Of each connection.
    package var streams: Int

    package init(rates: ClosedRange<Double>, connections: Int, streams: Int) {
        self.rates = rates
        self.connections = connections
        self.streams = streams
    }
}

/// Live load control: the change that + and - make of the load as it is now.
package struct LoadControl: Equatable, Sendable {
    /// The part of the load that + and - change. At first the rate of an open load, or the connections of a
    /// closed one.
    private(set) var quantity: LoadQuantity
    private let limits: LoadLimits

    /// - Parameter load: with which the run begins.
    package init(_ limits: LoadLimits, _ load: LoadState) {
        self.limits = limits
        quantity = load.rate == nil ? .connections : .rate
    }

    /// The effect of a key: a change, a word about it, or both.
    struct Step: Equatable {
        var change: RunChange?
        var notice: String?
    }

    /// + and - change the next part of the load from now on. - Returns: which, or why it cannot be changed.
    mutating func chooseNext(_ load: LoadState, targets: [String]) -> String {
        quantity = quantity.next
        return obstacle(load, targets) ?? "load: \(quantity.words)"
    }

    /// So many steps up, or down where it is negative.
    func step(_ steps: Int, _ load: LoadState, targets: [String]) -> Step {
        if let obstacle = obstacle(load, targets) { return Step(notice: obstacle) }
        switch quantity {
        case .rate: return stepRate(steps, load.rate ?? 0)
        case .connections:
            return stepCount(steps, load.connections, limits.connections, "connections", RunChange.connections)
        case .streams: return stepCount(steps, load.streams, limits.streams, "streams per connection", RunChange.streams)
        case .bodies: return stepBodies(steps, load.bodyScale, targets)
        }
    }

    /// Why + and - can do nothing; nil: they can.
    private func obstacle(_ load: LoadState, _ targets: [String]) -> String? {
        if load.phaseIndex != nil { return ChangeRefusal.phases.description }
        if quantity == .rate && load.rate == nil { return ChangeRefusal.closedLoad.description }
        if quantity == .bodies && !targets.contains(where: { SizedTarget($0) != nil }) { return "no target names a size, as /bytes/1KiB does" }
        return nil
    }

    private func stepRate(_ steps: Int, _ now: Double) -> Step {
        let new = min(max(LoadLadder.step(steps, from: now), limits.rates.lowerBound), limits.rates.upperBound)
        return new == now ? Step(notice: "the rate goes no further") : Step(change: .rate(new))
    }

    private func stepCount(_ steps: Int, _ now: Int, _ limit: Int, _ name: String, _ change: (Int) -> RunChange) -> Step {
        let wanted = LoadLadder.step(steps, from: now)
        let new = min(wanted, max(limit, now))
        return Step(change: new == now ? nil : change(new), notice: new < wanted ? "no more than \(limit) \(name) here" : nil)
    }

    /// Twice as large, or half.
    private func stepBodies(_ steps: Int, _ now: Double, _ targets: [String]) -> Step {
        var scale = now
        for _ in 0..<abs(steps) { scale *= steps > 0 ? 2 : 0.5 }
        guard SizedTarget.scale(targets, by: scale) != SizedTarget.scale(targets, by: now) else {
            return Step(notice: steps > 0 ? "no answer can be larger" : "no answer can be smaller")
        }
        return Step(change: .bodyScale(scale))
    }
}
