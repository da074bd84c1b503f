internal import ArgumentParser
internal import Measurements
internal import Workload

/// Who owns the clients' caches, and how often they connect again.
struct CacheOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who owns the caches of TLS sessions, strings and buffers: each client, each loop, all together behind a lock (shared), nobody (off), all without a lock (unguarded).",
            valueName: "scope"))
    var cacheScope = CacheScope.client

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "When a client takes a new connection though the old one is good: '1000 requests', 5s, always (for each request), never. (default: never)",
            valueName: "when"),
        transform: { try ReconnectPolicy(parsing: $0) })
    var reconnect = ReconnectPolicy.never

    func apply(to plan: inout ClientPlan) {
        plan.cacheScope = cacheScope
        plan.reconnect = reconnect
    }
}

extension CacheScope: ExpressibleByArgument {}
