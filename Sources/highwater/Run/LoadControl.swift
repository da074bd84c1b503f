internal import Dashboard
internal import Experiment
internal import Load
internal import Measurements
internal import Workload

/// The load under the fingers: what keys do to a run, and how it is called in the header.
///
/// What is not done answers a sentence that says why. What is done is an event of the run.
struct LoadControl {
    private let source: any SampleSource
    /// More than these need descriptors that we do not have.
    private let connectionLimit: Int
    /// What + and - change. At first what the load is made of: a rate, or connections that each ask as fast as they can.
    private var knob: LoadKnob

    init(_ source: any SampleSource) {
        self.source = source
        connectionLimit = min(
            DescriptorLimit.connections(for: source.plan), source.plan.server?.connectionLimit ?? .max)
        knob = source.rate == nil ? .connections : .rate
    }

    /// What + and - change becomes the next of its kind. - Returns: which, and why it does not work if it does not.
    mutating func turnKnob() -> String {
        knob = knob.next
        return obstacle ?? "load: \(knob == .streams ? "streams per connection" : knob == .bodies ? "bodies of answers" : knob.rawValue)"
    }

    /// So many steps up, or down.
    func change(by steps: Int) -> String? {
        if let obstacle { return obstacle }
        switch knob {
        case .rate: return source.rate.flatMap { changeRate(by: steps, from: $0) }
        case .connections: return changeConnections(by: steps)
        case .streams: return changeStreams(by: steps)
        case .bodies: return changeBodies(by: steps)
        }
    }

    /// Why + and - can do nothing; nil: they can.
    private var obstacle: String? {
        if !source.plan.phases.isEmpty { return "the phases say how much to ask" }
        if knob == .rate && source.rate == nil { return "a closed load has no rate: --rate gives it one" }
        if knob == .bodies && bodies == nil { return "no target names a size, as /bytes/1KiB does" }
        return nil
    }

    private func changeRate(by steps: Int, from rate: Double) -> String? {
        let range = LoadOptions.rateRange
        let new = min(max(LoadLadder.step(steps, from: rate), range.lowerBound), range.upperBound)
        if new == rate { return "no further" }
        source.setRate(new)
        return nil
    }

    private func changeConnections(by steps: Int) -> String? {
        let now = source.connections
        let wanted = max(1, Int(LoadLadder.step(steps, from: Double(now)).rounded(.up)))
        let new = min(wanted, max(connectionLimit, now))
        if new != now { source.setConnections(new) }
        return new < wanted ? "no more than \(connectionLimit) connections here" : nil
    }

    private func changeStreams(by steps: Int) -> String? {
        let now = source.streams
        let wanted = max(1, Int(LoadLadder.step(steps, from: Double(now)).rounded(.up)))
        // Over HTTP/1.1 they are requests sent ahead, of which nobody refuses one.
        let isHTTP1 = source.plan.client?.http == .http1
        let limit = source.plan.server != nil && !isHTTP1 ? Experiment.serverStreamLimit : LoadOptions.streamLimit
        let new = min(wanted, max(limit, now))
        if new != now { source.setStreams(new) }
        return new < wanted ? "no more than \(limit) streams of a connection here" : nil
    }

    /// Twice as large, or half.
    private func changeBodies(by steps: Int) -> String? {
        guard let paths = source.plan.client?.paths else { return nil }
        var scale = source.bodyScale
        for _ in 0..<abs(steps) { scale *= steps > 0 ? 2 : 0.5 }
        guard SizedTarget.scale(paths, by: scale) != SizedTarget.scale(paths, by: source.bodyScale) else {
            return steps > 0 ? "no answer can be larger" : "no answer can be smaller"
        }
        source.setBodyScale(scale)
        return nil
    }

    func togglePause() { source.setLoadPaused(!source.isLoadPaused) }

    /// The next write policy that this process can bear, for the server's new connections.
    func nextWritePolicy() -> String? {
        guard let now = source.writePolicy else { return "there is no server of ours" }
        return LoadControl.choose(after: now, source.setWritePolicy)
    }

    /// The next cache scope that this process can bear, for the clients' new connections.
    func nextCacheScope() -> String? {
        guard let now = source.cacheScope else { return "there are no clients of ours" }
        return LoadControl.choose(after: now, source.setCacheScope)
    }

    /// The next choice that is taken, and a word about those that are not.
    private static func choose<Choice: CaseIterable & RawRepresentable<String> & Equatable>(
        after now: Choice, _ set: (Choice) -> Bool
    ) -> String? {
        let all = Array(Choice.allCases)
        let place = all.firstIndex(of: now) ?? 0
        var refused: [String] = []
        for step in 1..<all.count {
            let next = all[(place + step) % all.count]
            if set(next) {
                let word = "\(next.rawValue) for new connections"
                return refused.isEmpty ? word : "\(word); \(refused.joined(separator: ", ")) may end the process: --isolate"
            }
            refused.append(next.rawValue)
        }
        return nil
    }

    /// The run as the header has it, now.
    var description: RunDescription {
        var description = RunDescription(
            address: source.targetAddress ?? source.serverAddress ?? "",
            protocolName: source.plan.protocolName,
            connections: source.connections, streams: source.streams,
            load: source.phase.map { "\($0.name): \($0.loadText)" } ?? source.rate.map { "open \(LoadControl.text($0))/s" } ?? "closed",
            hasServer: source.plan.server != nil, hasClients: source.plan.client != nil)
        description.isLoadPaused = source.isLoadPaused
        description.knob = source.plan.client != nil && source.plan.phases.isEmpty ? knob : nil
        description.bodies = bodies
        description.writePolicy = source.writePolicy?.rawValue
        description.cacheScope = source.cacheScope?.rawValue
        return description
    }

    /// Sizes that the targets name now, the smallest and the largest.
    private var bodies: String? {
        let targets = (source.plan.client?.paths ?? []).compactMap { SizedTarget($0)?.scaled(by: source.bodyScale) }
        guard let least = targets.min(by: { $0.byteCount < $1.byteCount }), let most = targets.max(by: { $0.byteCount < $1.byteCount })
        else { return nil }
        return least.byteCount == most.byteCount ? least.sizeText : "\(least.sizeText) to \(most.sizeText)"
    }

    private static func text(_ rate: Double) -> String {
        rate == rate.rounded() ? Figure.fixed(rate, decimals: 0) : Figure.threeDigits(rate)
    }
}

extension Plan {
    /// What is spoken, in the words of the header.
    var protocolName: String {
        // Our server speaks both on one port, and on the other with TLS.
        guard let client else { return server?.tls == nil ? "h1+h2c" : "h1+h2c+TLS" }
        switch client.http {
        case .http1: return clientsUseTLS ? "h1 TLS" : "h1"
        case .http2: return clientsUseTLS ? "h2 TLS" : "h2c"
        case .clearHTTP2: return "h2c"
        case .negotiated: return clientsUseTLS ? "TLS" : "h2c"
        }
    }
}
