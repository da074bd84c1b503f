import Experiment
import Foundation
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
        #expect(openDescriptors() <= before)
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
