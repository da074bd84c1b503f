internal import Load
package import Measurements
package import Recording

extension RecordingHeader {
    /// The load that the plan asked for.
    package var request: Summary.Request {
        let address = plan[path: "client.target"]?.string ?? plan[path: "server.listen"]?.string ?? ""
        var request = Summary.Request(address: address, load: Summary.Load(plan: plan), cpuCount: cpuCount)
        request.name = plan["name"]?.string
        request.sendBufferByteCount = plan[path: "watch.send_buffer"]?.number.flatMap { Int(exactly: $0) }
        request.program = plan[path: "watch.watch"]?.elements.first?.string
        request.traps = plan[path: "watch.trap"] == .bool(true)
        return request
    }
}

extension Summary.Load {
    /// As a plan asks for it; nil for a plan without clients. The times of its phases are in the samples.
    package init?(plan: JSON) {
        func count(_ path: String) -> Int? { plan[path: path]?.number.flatMap { Int(exactly: $0) } }
        guard let connections = count("client.connections") else { return nil }
        let parts = plan["phases"]?.elements ?? []
        let phases = parts.map { phase in
            Phase(
                name: phase["name"]?.string ?? "", duration: .zero,
                load: phase["rate"]?.number.map { .open(OpenLoad(rate: $0)) } ?? .closed, isWarmup: phase["warmup"] == .bool(true))
        }
        self.init(
            connections: max(connections, parts.compactMap { $0["connections"]?.number.flatMap { Int(exactly: $0) } }.max() ?? 0),
            streams: count("client.streams") ?? 1, rate: plan[path: "client.rate"]?.number, requests: count("client.requests"),
            phases: phases)
        interval = plan["interval"]?.number
        target = Summary.Load.target(plan)
        fixedURLs = Summary.Load.fixedURLs(plan)
        checksBodies = plan[path: "client.body_check"] == .bool(true)
        endsServer = (plan["events"]?.elements ?? []).contains { $0["do"]?.string == "drain-server" }
    }

    /// "{{" begins a value that differs in each request.
    private static func fixedURLs(_ plan: JSON) -> [String] {
        guard let kinds = plan[path: "client.request_kinds"], !kinds.text.contains("{{"), let address = plan[path: "client.target"]?.string else { return [] }
        let scheme = plan[path: "client.tls"] == .bool(true) ? "https" : "http"
        return kinds.elements.compactMap { kind in kind["path"]?.string.map { (kind["origin"]?.string ?? "\(scheme)://\(address)") + $0 } }
    }

    /// Requests that are named; of more, how many there are.
    private static let namedTargetLimit = 3

    /// `http://127.0.0.1:8080/bytes/1KiB`, `http://127.0.0.1:8080: /bytes/1KiB 60.0%, POST /post 40.0%`, and of several servers
    /// `http://127.0.0.1:8080/a 60.0%, https://localhost:8081/b 40.0%`.
    private static func target(_ plan: JSON) -> String {
        guard let address = plan[path: "client.target"]?.string else { return "" }
        let kinds = plan[path: "client.request_kinds"]?.elements ?? []
        let paths = kinds.isEmpty ? plan[path: "client.path"]?.strings ?? [] : kinds.compactMap { $0["path"]?.string }
        let weights = kinds.map { $0["weight"]?.number ?? 1 }
        let total = weights.reduce(0, +)
        let scheme = plan[path: "client.tls"] == .bool(true) ? "https" : "http"
        func origin(_ index: Int) -> String {
            kinds.isEmpty ? "\(scheme)://\(address)" : kinds[index]["origin"]?.string ?? "\(scheme)://\(address)"
        }
        // The server stands before all requests, or before each where there are several.
        let isShared = paths.count > 1 && Set(paths.indices.map(origin)).count == 1
        let texts = paths.enumerated().map { index, path in
            let method = kinds.isEmpty ? "GET" : kinds[index]["method"]?.string ?? "GET"
            return (method == "GET" ? "" : "\(method) ") + (isShared ? "" : origin(index)) + path.shownTarget
                + (paths.count > 1 && kinds.count == paths.count ? " \(Figure.percent(weights[index] / total))" : "")
        }
        guard !texts.isEmpty else { return "\(scheme)://\(address)" }
        let rest = texts.count - namedTargetLimit
        return (isShared ? origin(0) + ": " : "") + texts.prefix(namedTargetLimit).joined(separator: ", ") + (rest > 0 ? ", and \(Figure.counted(rest, "more request"))" : "")
    }
}

extension String {
    /// A path, or a request's name that has one, as reports show it: with its end, since paths differ there. The recording has it
    /// whole.
    var shownTarget: String { cut(toColumns: 120, keepingEnd: 30) }
}
