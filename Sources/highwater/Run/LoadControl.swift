internal import Dashboard
internal import Experiment
internal import Measurements
internal import Workload

/// The load under the fingers: what + and - and 0 do, and how it is called in the header.
struct LoadControl {
    private let source: any SampleSource
    /// More than these need descriptors that we do not have.
    private let connectionLimit: Int

    init(_ source: any SampleSource) {
        self.source = source
        connectionLimit = min(
            DescriptorLimit.connections(for: source.plan), source.plan.server?.connectionLimit ?? .max)
    }

    /// An open load gets another rate, a closed one other connections: each of them asks as fast as it can.
    func change(by steps: Int) {
        if let rate = source.rate {
            let range = LoadOptions.rateRange
            let new = min(max(LoadLadder.step(steps, from: rate), range.lowerBound), range.upperBound)
            if new != rate { source.setRate(new) }
            return
        }
        let wanted = max(1, Int(LoadLadder.step(steps, from: Double(source.connections)).rounded(.up)))
        let new = min(wanted, max(connectionLimit, source.connections))
        if new != source.connections { source.setConnections(new) }
        if new < wanted { source.note(.warning, source: "load", "no more than \(connectionLimit) connections here") }
    }

    func togglePause() { source.setLoadPaused(!source.isLoadPaused) }

    /// The run as the header has it, now.
    var description: RunDescription {
        var description = RunDescription(
            address: source.targetAddress ?? source.serverAddress ?? "",
            protocolName: source.plan.protocolName,
            connections: source.connections, streams: source.streams,
            load: source.rate.map { "open \(LoadControl.text($0))/s" } ?? "closed",
            hasServer: source.plan.server != nil, hasClients: source.plan.client != nil)
        description.isLoadPaused = source.isLoadPaused
        return description
    }

    private static func text(_ rate: Double) -> String {
        rate == rate.rounded() ? Figure.fixed(rate, decimals: 0) : Figure.threeDigits(rate)
    }
}

extension Plan {
    /// What is spoken, in the words of the header.
    fileprivate var protocolName: String {
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
