import Experiment
import Foundation
import Load
import Measurements
import Testing
import Workload

@Suite("An experiment", .serialized)
struct ExperimentTests {
    private func plan(loops: Int, _ change: (inout ClientPlan) -> Void) -> Plan {
        var server = ServerPlan()
        server.loops = loops
        var client = ClientPlan()
        client.paths = ["/health"]
        client.loops = loops
        client.connections = 6
        client.streams = 4
        change(&client)
        return Plan(server: server, client: client)
    }

    private func openDescriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    @Test("clients, server and the sum of all samples count the same", arguments: [1, 2])
    func counts(loops: Int) throws {
        let experiment = try Experiment(plan(loops: loops) { $0.requests = 5_001 })
        try experiment.start()
        var recorded: UInt64 = 0
        while !experiment.isDone {
            recorded += experiment.sample().client?.serviceTime.count ?? 0
            usleep(5_000)
        }
        let last = experiment.stop(withinSeconds: 5)
        recorded += last.client?.serviceTime.count ?? 0
        #expect(last.client?.doneRequests == 5_001)
        #expect(last.client?.succeededRequests == 5_001)
        #expect(last.server?.completedRequests == 5_001)
        #expect(recorded == 5_001)
        #expect(last.server?.arena.inUse == 0)
        #expect(last.server?.arena.leases == 0)
        #expect(experiment.failures.isEmpty)
    }

    @Test("the connection that is inspected tells of each of its exchanges, the others of none")
    func inspects() throws {
        let size = 20 * 1024
        let experiment = try Experiment(plan(loops: 1) {
            $0.paths = ["/bytes/\(size)"]
            $0.connections = 2
            $0.rate = 0
        })
        try experiment.start()
        var row: ConnectionSample?
        // A rate of nothing still begins with one request.
        while row == nil { row = experiment.sample().server?.connections.first { $0.requests == 1 && $0.streams == 0 } }
        let chosen = try #require(row)
        experiment.inspect(loop: chosen.loop, id: chosen.id)
        // With this sample the server has heard of it.
        var sample = experiment.sample()
        experiment.setRate(2_000)
        while sample.client?.doneRequests ?? 0 < 400 { sample = experiment.sample() }
        experiment.setRate(0)
        while sample.client?.inFlightRequests != 0 { sample = experiment.sample() }
        sample = experiment.sample()
        let inspection = try #require(sample.server?.inspection)
        #expect(inspection.id == chosen.id)
        let requests = try #require(sample.server?.connections.first { $0.id == chosen.id }).requests - chosen.requests
        #expect(inspection.endedCount == requests)
        #expect(requests > 0)
        #expect(inspection.ended.count == min(Int(requests), ConnectionInspection.endedLimit))
        #expect(inspection.ended.allSatisfy { $0.usedBytes > size && $0.usedBytes < size + 4096 && $0.reservedBytes >= $0.usedBytes })
        #expect(inspection.arenas.isEmpty && inspection.openCount == 0)
        experiment.inspect(loop: nil, id: 0)
        #expect(experiment.sample().server?.inspection == nil)
        _ = experiment.stop(withinSeconds: 5)
    }

    @Test("an exchange in work is read as it lies in its arena")
    func inspectsOpenExchanges() throws {
        let experiment = try Experiment(plan(loops: 1) {
            $0.paths = ["/delay/2"]
            $0.connections = 1
            $0.streams = 3
        })
        try experiment.start()
        var sample = experiment.sample()
        while sample.server?.activeRequests != 3 { sample = experiment.sample() }
        let row = try #require(sample.server?.connections.first)
        experiment.inspect(loop: row.loop, id: row.id)
        let inspection = try #require(experiment.sample().server?.inspection)
        #expect(inspection.openCount == 3)
        #expect(inspection.arenas.map(\.streamID) == inspection.arenas.map(\.streamID).sorted())
        for arena in inspection.arenas {
            #expect(arena.target == "/delay/2" && !arena.isAnswered && arena.leases == 0)
            // The target and the authority, "127.0.0.1:41231".
            #expect(arena.headBytes >= 8 + 11 && arena.usedBytes > arena.headBytes)
        }
        #expect(inspection.arenas.map(\.usedBytes).reduce(0, +) == row.arenaUsedBytes)
        _ = experiment.stop(withinSeconds: 0)
    }

    @Test("an open load that is stopped has fired all that was asked", arguments: [1, 2])
    func asked(loops: Int) throws {
        let experiment = try Experiment(plan(loops: loops) { $0.rate = 3_000 })
        try experiment.start()
        usleep(500_000)
        let last = experiment.stop(withinSeconds: 5)
        let client = try #require(last.client)
        #expect(client.scheduledRequests == client.startedRequests)
        #expect(client.startedRequests == client.succeededRequests)
        #expect(client.startedRequests >= 1_490)
        #expect(last.server?.completedRequests == client.doneRequests)
    }

    @Test("fewer requests than loops still come to an end")
    func fewRequests() throws {
        let experiment = try Experiment(plan(loops: 2) { $0.requests = 1 })
        try experiment.start()
        let deadline = ContinuousClock.now + .seconds(5)
        while !experiment.isDone && ContinuousClock.now < deadline { usleep(2_000) }
        #expect(experiment.isDone)
        #expect(experiment.stop(withinSeconds: 1).client?.doneRequests == 1)
    }

    @Test("started and stopped twenty times leaves no descriptor behind")
    func again() throws {
        var before = 0
        for round in 0..<21 {
            if round == 1 { before = openDescriptors() }
            let experiment = try Experiment(plan(loops: 2) { _ in })
            try experiment.start()
            usleep(20_000)
            let last = experiment.stop(withinSeconds: 5)
            #expect(last.client?.doneRequests == last.server?.completedRequests)
        }
        // Other suites open and close theirs meanwhile; one left behind each time would be twenty.
        #expect(openDescriptors() < before + 20)
    }

    @Test("never started leaves no descriptor behind")
    func neverStarted() throws {
        _ = try Experiment(plan(loops: 1) { _ in })
        let before = openDescriptors()
        for _ in 0..<5 { _ = try Experiment(plan(loops: 3) { _ in }) }
        #expect(openDescriptors() <= before)
    }

    @Test("a port in use is an error with its address, and leaves no descriptor behind")
    func portInUse() throws {
        let first = try Experiment(Plan(server: ServerPlan(), client: nil))
        try first.start()
        let address = try #require(first.serverAddress)
        var taken = ServerPlan()
        taken.port = try #require(Int(address.split(separator: ":")[1]))
        let before = openDescriptors()
        #expect(throws: ExperimentError.self) { try Experiment(Plan(server: taken, client: nil)) }
        #expect(openDescriptors() <= before)
        let last = first.stop(withinSeconds: 1)
        #expect(last.client == nil)
        #expect(last.server?.completedRequests == 0)
    }

    @Test("clients alone ask the server of another experiment")
    func clientsAlone() throws {
        let server = try Experiment(Plan(server: ServerPlan(), client: nil))
        try server.start()
        var client = ClientPlan()
        client.port = try #require(server.serverAddress.flatMap { Int($0.split(separator: ":")[1]) })
        client.requests = 100
        let clients = try Experiment(Plan(server: nil, client: client))
        try clients.start()
        while !clients.isDone { usleep(2_000) }
        let asked = clients.stop(withinSeconds: 5)
        let served = server.stop(withinSeconds: 5)
        #expect(asked.server == nil)
        #expect(asked.client?.succeededRequests == 100)
        #expect(served.server?.completedRequests == 100)
    }

    @Test("nobody listening ends the run with the cause")
    func nobody() throws {
        let listener = try Experiment(Plan(server: ServerPlan(), client: nil))
        let address = try #require(listener.serverAddress)
        var client = ClientPlan()
        // Bound and not listening: refused, and nobody else's.
        client.port = try #require(Int(address.split(separator: ":")[1]))
        let experiment = try Experiment(Plan(server: nil, client: client))
        try experiment.start()
        let deadline = ContinuousClock.now + .seconds(3)
        while !experiment.isDone && ContinuousClock.now < deadline { usleep(5_000) }
        #expect(experiment.isDone)
        let last = experiment.stop(withinSeconds: 1)
        #expect(last.client?.openedConnections == 0)
        #expect(experiment.connectFailure == "connection refused")
        withExtendedLifetime(listener) {}
    }
}
