internal import Measurements

/// What a worker process says beside samples and events: lines of the type `worker`, which readers
/// of recordings skip.
enum WorkerLine: Equatable, Sendable {
    /// Everything is bound and resolved.
    case ready(server: String?, secureServer: String?, target: String?)
    /// Time 0 and the beginning of the load, on the monotonic clock, which all processes share.
    case started(nanoseconds: UInt64, loadNanoseconds: UInt64)
    /// What a phase or a planned event has changed.
    case load(connections: Int, streams: Int, writePolicy: WritePolicy?)
    case loadDone
    /// As `News.loadEnded`.
    case loadEnded
    /// The last line: all threads have been joined.
    case ended(failures: [String], connectFailure: String?)
    /// What kept it from running. The last line, too.
    case failed(String)

    static let type = "worker"

    var json: JSON {
        func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
        func line(_ state: String, _ members: JSON.Member...) -> JSON { .object([.init("state", .string(state))] + members) }
        return switch self {
        case .ready(let server, let secureServer, let target):
            line("ready", .init("server", text(server)), .init("secure_server", text(secureServer)), .init("target", text(target)))
        case .started(let nanoseconds, let loadNanoseconds):
            line("started", .init("monotonic", .number(Double(nanoseconds))), .init("load", .number(Double(loadNanoseconds))))
        case .load(let connections, let streams, let policy):
            line(
                "load", .init("connections", .number(Double(connections))), .init("streams", .number(Double(streams))),
                .init("write_policy", text(policy?.rawValue)))
        case .loadDone: line("load_done")
        case .loadEnded: line("load_ended")
        case .ended(let failures, let connectFailure):
            line("ended", .init("failures", .array(failures.map { .string($0) })), .init("connect_failure", text(connectFailure)))
        case .failed(let reason): line("failed", .init("reason", .string(reason)))
        }
    }

    /// nil: of a state that this version does not know.
    init?(json: JSON) {
        func count<Count: BinaryInteger>(_ name: String) -> Count { json[name]?.number.flatMap { Count(exactly: $0) } ?? 0 }
        switch json["state"]?.string {
        case "ready":
            self = .ready(server: json["server"]?.string, secureServer: json["secure_server"]?.string, target: json["target"]?.string)
        case "started": self = .started(nanoseconds: count("monotonic"), loadNanoseconds: count("load"))
        case "load":
            self = .load(
                connections: count("connections"), streams: count("streams"),
                writePolicy: json["write_policy"]?.string.flatMap(WritePolicy.init(rawValue:)))
        case "load_done": self = .loadDone
        case "load_ended": self = .loadEnded
        case "ended":
            let failures: [String] = if case .array(let values)? = json["failures"] { values.compactMap(\.string) } else { [] }
            self = .ended(failures: failures, connectFailure: json["connect_failure"]?.string)
        case "failed": self = .failed(json["reason"]?.string ?? "unknown reason")
        default: return nil
        }
    }
}
