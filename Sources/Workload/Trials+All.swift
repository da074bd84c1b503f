internal import Measurements

extension Trials {
    /// The bug of seed 000 as it was met: more ready sockets than one poll returns, so that a
    /// request is read before the callback of the write before it has run.
    static let arenaRace = Trials(
        name: "arena-race",
        abstract: "An arena is reset under writes: 2000 connections, keep-alive (seed 000).",
        trials: writePolicies { policy in
            var plan = closedLoad(connections: 2_000, streams: 1, path: "/bytes/64")
            plan.server?.writePolicy = policy
            return plan
        })

    /// The same bug without chance: one slow reader, two large answers.
    static let slowReader = Trials(
        name: "slow-reader",
        abstract: "The same on one connection: two large answers to a slow reader, no luck needed.",
        trials: writePolicies { policy in
            // Large for this socket, and both together below the limit at which the server stops reading.
            var plan = closedLoad(connections: 1, streams: 2, path: "/bytes/100KiB")
            plan.server?.writePolicy = policy
            plan.server?.sendBufferByteCount = 16_384
            return plan
        })

    /// The bug of seed 004: caches in globals, and clients on many threads.
    static let cacheRace = Trials(
        name: "cache-race",
        abstract: "Caches that threads share: no lock, one lock, one each, one a loop, none (seed 004).",
        trials: [CacheScope.unguarded, .shared, .client, .loop, .off].map { scope in
            var plan = closedLoad(connections: 64, streams: 4, path: "/bytes/64")
            plan.client?.loops = 4
            plan.client?.cacheScope = scope
            return trial(scope.rawValue, plan)
        })

    private static func writePolicies(_ plan: (WritePolicy) -> Plan) -> [Trial] {
        [WritePolicy.resetEarly, .copy, .lease].map { policy in
            trial(policy.rawValue, plan(policy))
        }
    }

    /// What is unsafe gets longer: it ends when it dies.
    private static func trial(_ name: String, _ plan: Plan) -> Trial {
        var plan = plan
        if plan.isUnsafe { plan.duration = .seconds(15) }
        return Trial(name: name, plan: plan, expectation: plan.isUnsafe ? .fails : .isClean)
    }

    /// Each in a process of its own, so that costs compare.
    private static func closedLoad(connections: Int, streams: Int, path: String) -> Plan {
        var client = ClientPlan()
        client.connections = connections
        client.streams = streams
        client.paths = [path]
        client.checksBodies = true
        var plan = Plan(server: ServerPlan(), client: client, duration: .seconds(5))
        plan.server?.audits = true
        plan.interval = .milliseconds(100)
        plan.drainTime = .seconds(5)
        plan.isIsolated = true
        return plan
    }
}
