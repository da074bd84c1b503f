internal import Measurements

/// Requests by kind over a whole run: a sample has their latencies of one interval alone.
struct RequestTotals: Sendable {
    /// By the kind's name; their latencies alone.
    private var latencies: [String: RequestSample] = [:]

    /// Takes the latencies of the next interval.
    mutating func add(_ sample: Sample) {
        for request in sample.client?.byRequest ?? [] {
            latencies[request.name] = (latencies[request.name] ?? RequestSample()).including(histogramsOf: request)
        }
    }

    /// The requests as a sample counts them, with the latencies so far.
    func requests(of sample: Sample) -> [RequestSample] {
        (sample.client?.byRequest ?? []).map { request in
            var whole = request
            whole.forgetHistograms()
            return latencies[request.name].map { whole.including(histogramsOf: $0) } ?? whole
        }
    }
}
