internal import Measurements

/// A server that is not ours, and how it is watched.
package struct WatchPlan: Sendable, Equatable {
    /// The program that is started with the probe in it, and its arguments; empty: the server runs already.
    package var command: [String] = []
    /// A process that runs, or the port on which its server listens; nil: not said.
    package var process: Int?
    package var port: Int?
    /// The server's own page of metrics: an http:// URL, and the map to our names, shipped or in a file. nil: no page; the
    /// map that fits.
    package var metricsURL: String?
    package var metricsMap: String?
    /// SO_SNDBUF of accepted sockets, bytes. nil: as the server sets it.
    package var sendBufferByteCount: Int?
    /// Findings without bytes of responses.
    package var dropsBytes = false
    package var traps = false
    package var detours = false
    package var isOnlyThisProcess = false
    /// Of a recording: where the server's figures come from, for people.
    package var origin: String?

    package init() {}

    /// It says which server is watched. Otherwise it is the clients' target.
    package var namesServer: Bool { !command.isEmpty || process != nil || port != nil }

    /// "./server 9000", "port 8080", "process 812"; nil: only the clients' target.
    package var name: String? {
        if !command.isEmpty { return command.joined(separator: " ") }
        return port.map { "port \($0)" } ?? process.map { "process \($0)" }
    }
}

extension WatchPlan: SettingPart {
    package static let settings = targetSettings + metricsSettings + probeSettings + [
        .init(member: "origin", "Where the server's figures come from.") { $0.origin.map { .string($0) } } read: { json, plan in
            plan.origin = json.string
        }
    ]

    /// Words of a command in a scenario.
    private static let argumentLimit = 256

    private static let targetSettings: [Setting<WatchPlan>] = [
        .init(
            "watch", \.command, .command(limit: argumentLimit), "A server that is started with the probe in it: the program, and its arguments.",
            in: [.key, .plan]),
        .init("pid", \.process, .count(1...(1 << 22)), "A server that runs already, by its process.", in: [.flag, .plan]),
        .init("listen", \.port, .count(1...65_535), "A server that runs already, by the port on which it listens.", in: [.flag, .plan], placeholder: "port"),
    ]

    /// The server's own page of metrics.
    package static let metricsSettings: [Setting<WatchPlan>] = [
        .init(
            "server_metrics", \.metricsURL, .written("http://127.0.0.1:8404/metrics", metricsURL, text: { $0 }),
            "The server's page of metrics (Prometheus), for figures that are not known otherwise.", in: [.flag, .plan], placeholder: "url"),
        .init(
            "metrics_map", \.metricsMap, .file,
            "Our names for the figures on that page: a file with lines 'ours = theirs', or one of haproxy, nginx, envoy, node, go.",
            in: [.flag, .plan], placeholder: "file", standard: "the one that fits"),
    ]

    private static func metricsURL(_ text: String) throws(SettingError) -> String {
        let url: TargetURL
        do throws(TargetURLError) { url = try TargetURL(text) } catch { throw SettingError("", error.description) }
        guard !url.isSecure else { throw SettingError("", "\"\(text.quotable)\" is over TLS, which this request does not speak; write an http:// address") }
        return text
    }

    /// The probe's options beyond looking. A scenario's `send_buffer` is that of all servers.
    package static let probeSettings: [Setting<WatchPlan>] = [
        .init(
            "send_buffer", \.sendBufferByteCount, .size(1...(1 << 30)),
            "The kernel's send buffer of accepted sockets: smaller than an answer, it makes short writes as real as a slow link does (4KiB).", in: [.flag, .plan],
            standard: "the server's own"),
        .init("no_bytes", \.dropsBytes, .flag, "Findings without bytes of responses; else they hold up to 64."),
        .init(
            "trap", \.traps, .flag,
            "Servers on libuv: pages that lie wholly within queued bytes become read-only, so that the instruction that writes there is named."),
        .init("detour", \.detours, .flag, "Enter a libuv that is linked into the program, by a jump at its entry (x86-64, with symbols)."),
        .init("only_this_process", \.isOnlyThisProcess, .flag, "Do not watch the programs that the server starts."),
    ]
}
