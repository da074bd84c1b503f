internal import Dashboard
internal import Experiment
internal import Measurements
internal import Workload

/// The load under the fingers: what + and - and 0 do, and how it is called in the header.
struct LoadControl {
    private let experiment: Experiment
    /// More than these need descriptors that we do not have.
    private let connectionLimit: Int

    init(_ experiment: Experiment) {
        self.experiment = experiment
        connectionLimit = min(
            DescriptorLimit.connections(for: experiment.plan), experiment.plan.server?.connectionLimit ?? .max)
    }

    /// An open load gets another rate, a closed one other connections: each of them asks as fast as it can.
    func change(by steps: Int) {
        if let rate = experiment.rate {
            let range = LoadOptions.rateRange
            let new = min(max(LoadLadder.step(steps, from: rate), range.lowerBound), range.upperBound)
            if new != rate { experiment.setRate(new) }
            return
        }
        let wanted = max(1, Int(LoadLadder.step(steps, from: Double(experiment.connections)).rounded(.up)))
        let new = min(wanted, max(connectionLimit, experiment.connections))
        if new != experiment.connections { experiment.setConnections(new) }
        if new < wanted { experiment.note(.warning, source: "load", "no more than \(connectionLimit) connections here") }
    }

    func togglePause() { experiment.setLoadPaused(!experiment.isLoadPaused) }

    /// The run as the header has it, now.
    var description: RunDescription {
        var description = RunDescription(
            address: experiment.targetAddress ?? experiment.serverAddress ?? "",
            protocolName: experiment.plan.protocolName,
            connections: experiment.connections, streams: experiment.streams,
            load: experiment.rate.map { "open \(LoadControl.text($0))/s" } ?? "closed",
            hasServer: experiment.plan.server != nil, hasClients: experiment.plan.client != nil)
        description.isLoadPaused = experiment.isLoadPaused
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
