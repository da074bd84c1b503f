internal import Measurements
internal import Workload

/// What a worker process is told, a line each on its standard input.
enum WorkerOrder: Equatable, Sendable {
    /// The first: what to run. Answered with `ready` or `failed`.
    case prepare(Plan)
    case start
    case sample
    case setRate(Double)
    case setConnections(Int)
    case setStreams(Int)
    case setLoadPaused(Bool)
    case setBodyScale(Double)
    case setWritePolicy(WritePolicy)
    case setCacheScope(CacheScope)
    case renewConnections
    case closeConnection(loop: Int, id: UInt64)
    case startSlowReader(seconds: Double)
    case inspect(loop: Int?, id: UInt64)
    case stop(withinSeconds: Double)

    var json: JSON {
        func order(_ name: String, _ value: JSON? = nil) -> JSON {
            .object([.init("order", .string(name))] + (value.map { [.init("value", $0)] } ?? []))
        }
        return switch self {
        case .prepare(let plan): order("prepare", plan.json)
        case .start: order("start")
        case .sample: order("sample")
        case .setRate(let rate): order("set_rate", .number(rate))
        case .setConnections(let count): order("set_connections", .number(Double(count)))
        case .setStreams(let count): order("set_streams", .number(Double(count)))
        case .setLoadPaused(let paused): order("set_load_paused", .bool(paused))
        case .inspect(let loop, let id):
            order("inspect", loop.map { .array([.number(Double($0)), .number(Double(id))]) })
        case .startSlowReader(let seconds): order("start_slow_reader", .number(seconds))
        case .setBodyScale(let scale): order("set_body_scale", .number(scale))
        case .setWritePolicy(let policy): order("set_write_policy", .string(policy.rawValue))
        case .setCacheScope(let scope): order("set_cache_scope", .string(scope.rawValue))
        case .renewConnections: order("renew_connections")
        case .closeConnection(let loop, let id): order("close_connection", .array([.number(Double(loop)), .number(Double(id))]))
        case .stop(let seconds): order("stop", .number(seconds))
        }
    }

    /// - Throws: the name of what is wrong.
    init(json: JSON) throws(PlanError) {
        let value = json["value"] ?? .null
        func number() throws(PlanError) -> Double {
            guard let number = value.number else { throw PlanError(name: "value") }
            return number
        }
        func count() throws(PlanError) -> Int {
            guard let count = Int(exactly: try number()) else { throw PlanError(name: "value") }
            return count
        }
        /// A connection's loop and its number there.
        func place() -> (loop: Int, id: UInt64)? {
            guard case .array(let values) = value, values.count == 2, let loop = values[0].number.flatMap({ Int(exactly: $0) }),
                let id = values[1].number.flatMap({ UInt64(exactly: $0) })
            else { return nil }
            return (loop, id)
        }
        switch json["order"]?.string {
        case "prepare": self = .prepare(try Plan(json: value))
        case "start": self = .start
        case "sample": self = .sample
        case "set_rate": self = .setRate(try number())
        case "set_connections": self = .setConnections(try count())
        case "set_streams": self = .setStreams(try count())
        case "set_load_paused": self = .setLoadPaused(value == .bool(true))
        case "inspect":
            let place = place()
            self = .inspect(loop: place?.loop, id: place?.id ?? 0)
        case "set_write_policy":
            guard let policy = value.string.flatMap(WritePolicy.init(rawValue:)) else { throw PlanError(name: "value") }
            self = .setWritePolicy(policy)
        case "set_cache_scope":
            guard let scope = value.string.flatMap(CacheScope.init(rawValue:)) else { throw PlanError(name: "value") }
            self = .setCacheScope(scope)
        case "set_body_scale": self = .setBodyScale(try number())
        case "renew_connections": self = .renewConnections
        case "close_connection":
            guard let place = place() else { throw PlanError(name: "value") }
            self = .closeConnection(loop: place.loop, id: place.id)
        case "start_slow_reader": self = .startSlowReader(seconds: try number())
        case "stop": self = .stop(withinSeconds: try number())
        default: throw PlanError(name: "order")
        }
    }
}
