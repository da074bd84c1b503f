import Experiment
import Load
import Measurements
import TestSupport
import Testing
import Workload

/// What a run is told while it goes, held against what the other side counts by itself.
@Suite("Live load control of a run", .waiting)
struct LiveControlTests {
    private func start(loops: Int = 1, _ change: (inout Plan, inout ClientPlan) -> Void = { _, _ in }) throws -> DrivenExperiment {
        var server = ServerPlan()
        server.loops = loops
        var client = ClientPlan()
        client.paths = ["/bytes/100"]
        client.loops = loops
        client.connections = 4
        client.streams = 2
        var plan = Plan(server: server, client: nil)
        change(&plan, &client)
        plan.client = client
        return try DrivenExperiment.started(plan)
    }

    @Test("more and fewer connections are as many at the server, and none of its answers is lost", arguments: [1, 2])
    func connections(loops: Int) throws {
        let experiment = try start(loops: loops)
        #expect(experiment.sample { $0.server?.connectionCounts.open == 4 && $0.client?.connectionCounts.open == 4 } != nil)
        experiment.apply(.connections(9))
        let more = try #require(experiment.sample { $0.server?.connectionCounts.open == 9 })
        #expect(more.server?.connectionCounts.accepted == 9)
        experiment.apply(.connections(3))
        let fewer = try #require(experiment.sample { $0.server?.connectionCounts.open == 3 && $0.client?.connectionCounts.open == 3 })
        #expect(fewer.server?.connectionCounts.accepted == 9)
        #expect(fewer.server?.connectionCounts.closed == 6)
        #expect(experiment.stop(withinSeconds: 5).client?.requests.failed == 0)
        #expect(experiment.texts.filter { $0.hasSuffix(" connections") } == ["9 connections", "3 connections"])
    }

    @Test("more and fewer streams are as many in work at the server")
    func streams() throws {
        let experiment = try start { $1.paths = ["/delay/0.05"] }
        /// Of one connection, in a few samples: between two answers there may be fewer.
        func most() -> Int { (0..<40).map { _ in experiment.sample().server?.connections.map(\.streams).max() ?? 0 }.max() ?? 0 }
        #expect(experiment.sample { $0.server?.connections.contains { $0.streams == 2 } == true } != nil)
        experiment.apply(.streams(7))
        #expect(experiment.sample { $0.server?.connections.contains { $0.streams == 7 } == true } != nil)
        #expect(most() <= 7)
        experiment.apply(.streams(1))
        #expect(experiment.sample { $0.server?.connections.allSatisfy { $0.streams <= 1 } == true } != nil)
        #expect(most() == 1)
        #expect(experiment.stop(withinSeconds: 5).client?.requests.failed == 0)
        #expect(experiment.texts.filter { $0.contains(" per connection") } == ["7 streams per connection", "1 stream per connection"])
    }

    @Test("a rate is what the server answers", .measuring)
    func rate() throws {
        let experiment = try start { $1.rate = 200 }
        _ = experiment.sample()
        experiment.apply(.rate(2_000))
        let first = experiment.sample()
        let last = try #require(experiment.sample { $0.timeNanoseconds > first.timeNanoseconds + 400_000_000 })
        let answered = Double((last.server?.requests.completed ?? 0) - (first.server?.requests.completed ?? 0))
        let wanted = Double(last.timeNanoseconds - first.timeNanoseconds) / 1e9 * 2_000
        // A schedule asks for what it asks; what is still in flight is not answered yet.
        #expect(abs(answered - wanted) < 60, "\(answered) of \(wanted)")
        _ = experiment.stop(withinSeconds: 5)
        #expect(experiment.texts.contains("rate 2000/s"))
    }

    @Test("larger answers are larger, byte for byte, with each of them checked", arguments: [false, true])
    func bodies(isChecked: Bool) throws {
        let experiment = try start {
            $1.rate = 500
            $1.checksBodies = isChecked
            $1.paths = ["/bytes/100", "/bytes/1KiB?x=1", "/health"]
        }
        #expect(experiment.sample { $0.client?.requests.done ?? 0 > 20 } != nil)
        experiment.apply(.bodyScale(32))
        // With this sample the clients have heard of it; what was asked before is answered with the next ones.
        experiment.apply(.rate(0))
        let before = try #require(experiment.sample { $0.client?.requests.inFlight == 0 && $0.server?.requests.active == 0 })
        experiment.apply(.rate(500))
        #expect(experiment.sample { $0.client?.requests.done ?? 0 > (before.client?.requests.done ?? 0) + 100 } != nil)
        experiment.apply(.rate(0))
        let after = try #require(experiment.sample { $0.client?.requests.inFlight == 0 && $0.server?.requests.active == 0 })
        let requests = Double((after.server?.requests.completed ?? 0) - (before.server?.requests.completed ?? 0))
        let bytes = Double((after.server?.sentBytes ?? 0) - (before.server?.sentBytes ?? 0))
        // 3200, 32 KiB and a few bytes, in turn; heads and frames come on top.
        let mean = (3_200.0 + 32_768 + 20) / 3
        #expect((mean * 0.9...mean * 1.1).contains(bytes / requests), "\(bytes / requests) bytes for \(mean)")
        let last = experiment.stop(withinSeconds: 5)
        #expect(last.client?.requests.failed == 0)
        #expect(last.client?.bodyViolations.isEmpty == true)
        #expect((last.client?.bodies.checked ?? 0 > 50) == isChecked)
        #expect(experiment.texts.contains("bodies: /bytes/3200, /bytes/32KiB?x=1"))
    }

    @Test("another write policy is that of new connections only; the unsafe one is refused outside a worker")
    func writePolicy() throws {
        let experiment = try start()
        #expect(experiment.sample { $0.server?.connectionCounts.open == 4 && $0.client?.connectionCounts.open == 4 } != nil)
        experiment.apply(.writePolicy(.resetEarly))
        #expect(experiment.source.load.writePolicy == .lease)
        let leased = experiment.sample().server?.arena.taken ?? 0
        #expect(leased > 0)
        experiment.apply(.writePolicy(.copy))
        experiment.apply(.reconnectAll)
        let renewed = try #require(experiment.sample { $0.client?.connectionCounts.renewed == 4 && $0.server?.connectionCounts.open == 4 })
        #expect(renewed.server?.connectionCounts.accepted == 8)
        #expect(renewed.client?.connectionCounts.reconnects == 0)
        let last = experiment.stop(withinSeconds: 5)
        #expect(last.client?.requests.failed == 0)
        #expect(experiment.texts.filter { $0.hasPrefix("write policy") } == ["write policy copy for new connections"])
    }

    @Test("another cache scope is that of new connections: look-ups go on being counted, and off keeps nothing")
    func cacheScope() throws {
        let experiment = try start(loops: 2)
        experiment.apply(.cacheScope(.unguarded))
        #expect(experiment.source.load.cacheScope == .client)
        let owned = try #require(experiment.sample { $0.client?.connectionCounts.open == 4 && $0.client?.caches.strings.hits ?? 0 > 100 })
        #expect(owned.client?.caches.strings.entries ?? 0 > 4)
        var lookups = owned.client?.caches.strings.lookups ?? 0
        for (count, scope) in [CacheScope.off, .shared, .loop, .client, .off].enumerated() {
            experiment.apply(.cacheScope(scope))
            experiment.apply(.reconnectAll)
            let accepted = UInt64(4 * (count + 2))
            let now = try #require(experiment.sample {
                $0.server?.connectionCounts.accepted == accepted && $0.client?.connectionCounts.open == 4 && $0.client?.requests.inFlight ?? 0 > 0
            })
            let next = try #require(experiment.sample { $0.client?.caches.strings.lookups ?? 0 > (now.client?.caches.strings.lookups ?? 0) + 500 })
            #expect(next.client?.caches.strings.lookups ?? 0 > lookups)
            lookups = next.client?.caches.strings.lookups ?? 0
            let hits = (next.client?.caches.strings.hits ?? 0) - (now.client?.caches.strings.hits ?? 0)
            #expect((hits == 0) == (scope == .off), "\(scope): \(hits) hits")
        }
        let last = experiment.stop(withinSeconds: 5)
        #expect(last.client?.requests.failed == 0)
        #expect(last.client?.connectionCounts.reconnects == 0)
        #expect(last.client?.connectionCounts.renewed == 20)
        #expect(experiment.texts.filter { $0.hasPrefix("cache scope") }.count == 5)
    }

    @Test("every change there is finds a loop or the run to make it, on both sides")
    func all() throws {
        let experiment = try start(loops: 2) { $1.rate = 200 }
        let row = try #require(experiment.sample { $0.server?.connectionCounts.open == 4 }?.server?.connections.first)
        let changes: [RunChange] = [
            .rate(300), .connections(5), .streams(3), .bodyScale(2), .writePolicy(.copy), .cacheScope(.loop), .reconnectAll, .hold(true), .hold(false),
            .slowReader(seconds: 1), .dropConnections(1), .inspect(ConnectionIdentity(row)), .closeConnection(ConnectionIdentity(row)), .inspect(nil),
        ]
        for change in changes {
            experiment.apply(change)
            // With this sample all loops have made it.
            _ = experiment.sample()
        }
        let load = experiment.source.load
        #expect(load.rate == 300 && load.connections == 5 && load.streams == 3 && load.bodyScale == 2 && !load.isHeld)
        #expect(load.writePolicy == .copy && load.cacheScope == .loop)
        experiment.apply(.drainServer)
        #expect(experiment.sample { $0.server?.connectionCounts.open == 0 } != nil)
        _ = experiment.stop(withinSeconds: 1)
        #expect(experiment.source.failures.isEmpty)
    }

    @Test("a connection that is closed by hand is the one that was meant")
    func closing() throws {
        let experiment = try start()
        let before = try #require(experiment.sample { $0.server?.connectionCounts.open == 4 && $0.client?.connectionCounts.open == 4 })
        let chosen = try #require(before.server?.connections.dropFirst().first)
        experiment.apply(.closeConnection(ConnectionIdentity(chosen)))
        let after = try #require(experiment.sample { $0.server?.connectionCounts.accepted == 5 && $0.server?.connectionCounts.open == 4 })
        #expect(after.server?.connections.contains { $0.id == chosen.id } == false)
        #expect(after.server?.connectionCounts.closed == 1)
        _ = experiment.stop(withinSeconds: 5)
        #expect(experiment.texts.contains("connection \(chosen.id) closed by hand"))
    }
}
