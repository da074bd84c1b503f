internal import Dashboard
internal import Experiment
internal import Load
internal import Measurements
internal import Workload

extension RunDescription {
    /// A run that has not started.
    ///
    /// - Parameter isLive: keys can change its load; else it is a replay.
    init(of source: any SampleSource, isLive: Bool) {
        let plan = source.plan.own
        self.init(
            address: source.addresses.main, protocolName: plan.protocolName, load: source.load, loadText: "",
            hasServer: plan.server != nil || source.addresses.origin != nil, hasClients: plan.client != nil)
        name = plan.name
        isWatched = plan.server == nil && hasServer
        if isLive {
            targets = plan.client?.paths ?? []
            control = LoadControl(LoadLimits(plan), source.load)
        }
        isReplay = !isLive
        show(source)
    }

    /// Shows the load of now.
    mutating func show(_ source: any SampleSource) {
        load = source.load
        loadText = load.text(source.plan.own.phases)
        asked = source.plan.own.client.flatMap { RunDescription.asked($0.kinds, scaledBy: load.bodyScale) }
    }

    /// What requests ask for and their shares, the most frequent first; nil where all are alike.
    private static func asked(_ kinds: [RequestKind], scaledBy factor: Double) -> String? {
        var shares: [(title: String, weight: Int)] = []
        for kind in kinds {
            let path = SizedTarget(kind.path)?.scaled(by: factor).text ?? kind.path
            let title = !kind.name.isEmpty ? kind.name : (kind.method == "GET" ? "" : "\(kind.method) ") + (kind.origin?.text ?? "") + path
            if let place = shares.firstIndex(where: { $0.title == title }) {
                shares[place].weight += kind.weight
            } else {
                shares.append((title, kind.weight))
            }
        }
        guard shares.count > 1 else { return nil }
        let all = Double(shares.reduce(0) { $0 + $1.weight })
        return shares.sorted { $0.weight > $1.weight }
            .map { "\($0.title) \(Figure.fixed(Double($0.weight) / all * 100, decimals: 0)) %" }.joined(separator: ", ")
    }
}

extension LoadLimits {
    /// The limits of this machine and of the plan's server.
    init(_ plan: Plan) {
        // Over HTTP/1.1 streams are requests sent ahead, of which no server refuses one.
        let isHTTP1 = plan.client?.http == .http1
        self.init(
            rates: ClientPlan.rateRange,
            connections: min(DescriptorLimit.connections(for: plan), plan.server?.connectionLimit ?? .max),
            streams: plan.server != nil && !isHTTP1 ? Experiment.serverStreamLimit : ClientPlan.streamRange.upperBound)
    }
}

extension Plan {
    /// The protocols of the run, as the header names them.
    var protocolName: String {
        // Our server speaks both on one port, and on the other with TLS.
        guard let client else { return server == nil ? "watched" : server?.tls == nil ? "h1+h2c" : "h1+h2c+TLS" }
        switch client.http {
        case .http1: return clientsUseTLS ? "h1 TLS" : "h1"
        case .http2: return clientsUseTLS ? "h2 TLS" : "h2c"
        case .clearHTTP2: return "h2c"
        case .negotiated: return clientsUseTLS ? "TLS" : "h2c"
        }
    }
}
