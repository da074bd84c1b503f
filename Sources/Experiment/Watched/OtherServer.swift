internal import Load
internal import Loop
internal import Measurements
internal import Workload

/// A server that is not ours, with all that tells of it: what is watched of its processes and ports, and its own page
/// of metrics.
struct OtherServer {
    /// nil: it runs on another machine.
    private let watched: WatchedServer?
    /// nil without --server-metrics.
    private let metrics: ServerMetrics?

    /// The server that the plan names, or the clients' target; nil: it is ours, or nothing tells of it. Of a run in parts
    /// the first part alone has it: the merge adds what the parts tell.
    ///
    /// - Parameters:
    ///   - targets: addresses of the clients' target.
    ///   - hasScreen: a screen is drawn: see `WatchedServer`.
    init?(_ plan: Plan, targets: [SocketAddress], hasScreen: Bool) throws(ExperimentError) {
        guard plan.server == nil, plan.part.index == 0 else { return nil }
        if let watch = plan.watch, watch.namesServer {
            watched = try WatchedServer(watch, hasScreen: hasScreen)
        } else {
            watched = WatchedServer.first(of: targets, searchesLate: plan.mayEndAtOnce, hasScreen: hasScreen)
        }
        metrics = if let watch = plan.watch { try ServerMetrics(watch) } else { nil }
        if watched == nil, metrics == nil { return nil }
    }

    /// "./server 9000", "port 8080"; nil: only a page tells of it.
    var name: String? { watched?.name }

    /// The figures' origin, for people: one line.
    var origin: String {
        let page = metrics?.origin
        guard let watched else { return "server figures: \(page ?? "")" }
        return watched.origin + (page.map { "; more \($0)" } ?? "")
    }

    func start(untilListeningOn port: Int?) throws(ExperimentError) { try watched?.start(untilListeningOn: port) }

    /// Notices the server's end, and hastens one that does not come. Called often, and when `nextNanoseconds` has come.
    func poll() { watched?.poll() }

    /// When there is something to do without news; nil: never.
    var nextNanoseconds: UInt64? { watched?.nextNanoseconds }

    /// How it ended; nil: it runs, or we did not start it.
    var end: Outcome? { watched?.end }

    /// Becomes readable when a server that we started ends, or has said something.
    var descriptors: [Int32] { watched?.descriptors ?? [] }

    /// Tells a server that we started to end within this time.
    func stop(withinNanoseconds time: UInt64) { watched?.stop(withinNanoseconds: time) }

    /// It has ended, or is not ours to end.
    var hasStopped: Bool { watched?.hasStopped ?? true }

    /// Fills the part of a sample that is about the server.
    ///
    /// - Parameters:
    ///   - now: the sample's time.
    ///   - isFresh: the figures of the watched server have to be of now.
    ///   - isLast: those of the page of metrics too, which is waited for.
    func read(into sample: inout Sample, atNanoseconds now: UInt64, isFresh: Bool, isLast: Bool) {
        watched?.read(into: &sample, atNanoseconds: now, isFresh: isFresh || isLast)
        metrics?.read(into: &sample, isLast: isLast)
    }

    /// The events since the last time.
    func takeEvents(_ clock: RunClock) -> [Event] {
        (watched?.takeEvents(clock) ?? []) + (metrics?.takeEvents(clock) ?? [])
    }
}

extension Plan {
    /// The load is a few requests, and over in some milliseconds unless the server is slow.
    fileprivate var mayEndAtOnce: Bool {
        guard let client, let count = client.requests, client.rate == nil, phases.isEmpty else { return false }
        return count <= Plan.fewRequests
    }

    /// So few that a walk through all processes costs more than they do.
    private static let fewRequests = 64
}
