import Experiment
import Foundation
import Load
import Measurements
import TestSupport
import Testing
import Workload

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

@Suite("An experiment", .waiting)
struct ExperimentTests {
    @Test("clients, server and the sum of all samples count the same", arguments: [1, 2])
    func counts(loops: Int) throws {
        let experiment = try DrivenExperiment.started(plan(loops: loops) { $0.requests = 5_001 })
        var recorded: UInt64 = 0
        let isDone = holds(pauseMilliseconds: 5) {
            recorded += experiment.sample().client?.serviceTime.count ?? 0
            return experiment.source.load.isDone
        }
        #expect(isDone)
        let last = experiment.stop(withinSeconds: 5)
        recorded += (experiment.recorded + [last]).reduce(0) { $0 + ($1.client?.serviceTime.count ?? 0) }
        #expect(last.client?.requests.done == 5_001)
        #expect(last.client?.requests.succeeded == 5_001)
        #expect(last.server?.requests.completed == 5_001)
        #expect(recorded == 5_001)
        #expect(last.server?.arena.inUse == 0)
        #expect(last.server?.arena.leases == 0)
        #expect(experiment.source.failures.isEmpty)
    }

    @Test("the connection that is inspected tells of each of its exchanges, the others of none")
    func inspects() throws {
        let size = 20 * 1024
        let experiment = try DrivenExperiment.started(plan(loops: 1) {
            $0.paths = ["/bytes/\(size)"]
            $0.connections = 2
            $0.rate = 0
        })
        var row: ConnectionSample?
        // A rate of nothing still begins with one request.
        while row == nil { row = experiment.sample().server?.connections.first { $0.requests == 1 && $0.streams == 0 } }
        let chosen = try #require(row)
        #expect(chosen.lastExchangeBytes > size)
        experiment.apply(.inspect(ConnectionIdentity(chosen)))
        // With this sample the server has heard of it. An idle connection shows its last exchange.
        var sample = experiment.sample()
        #expect(sample.server?.inspection?.ended.map(\.usedBytes) == [chosen.lastExchangeBytes] && sample.server?.inspection?.endedCount == 0)
        experiment.apply(.rate(2_000))
        while sample.client?.requests.done ?? 0 < 400 { sample = experiment.sample() }
        experiment.apply(.rate(0))
        while sample.client?.requests.inFlight != 0 { sample = experiment.sample() }
        sample = experiment.sample()
        let inspection = try #require(sample.server?.inspection)
        #expect(inspection.id == chosen.id)
        let requests = try #require(sample.server?.connections.first { $0.id == chosen.id }).requests - chosen.requests
        #expect(inspection.endedCount == requests)
        #expect(requests > 0)
        // The first one had ended before.
        #expect(inspection.ended.count == min(Int(requests) + 1, ConnectionInspection.endedLimit))
        #expect(inspection.ended.allSatisfy { $0.usedBytes > size && $0.usedBytes < size + 4096 && $0.reservedBytes >= $0.usedBytes })
        #expect(inspection.arenas.isEmpty && inspection.openCount == 0)
        experiment.apply(.inspect(nil))
        #expect(experiment.sample().server?.inspection == nil)
        _ = experiment.stop(withinSeconds: 5)
    }

    @Test("an exchange in work is read as it lies in its arena")
    func inspectsOpenExchanges() throws {
        let experiment = try DrivenExperiment.started(plan(loops: 1) {
            $0.paths = ["/delay/2"]
            $0.connections = 1
            $0.streams = 3
        })
        var sample = experiment.sample()
        while sample.server?.requests.active != 3 { sample = experiment.sample() }
        let row = try #require(sample.server?.connections.first)
        experiment.apply(.inspect(ConnectionIdentity(row)))
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

    @Test("an open load that is stopped has fired all that was asked", .measuring, arguments: [1, 2])
    func asked(loops: Int) throws {
        let experiment = try DrivenExperiment.started(plan(loops: loops) {
            $0.rate = 3_000
            // Room for all that comes due while a busy machine does something else.
            $0.streams = 500
        })
        #expect(holds { experiment.sample().client?.requests.started ?? 0 >= 1_490 })
        let last = experiment.stop(withinSeconds: 5)
        let client = try #require(last.client)
        #expect(client.requests.scheduled == client.requests.started)
        #expect(client.requests.started == client.requests.succeeded)
        #expect(last.server?.requests.completed == client.requests.done)
    }

    @Test("fewer requests than loops still come to an end")
    func fewRequests() throws {
        let experiment = try DrivenExperiment.started(plan(loops: 2) { $0.requests = 1 })
        #expect(experiment.isDone(within: 5))
        #expect(experiment.stop(withinSeconds: 1).client?.requests.done == 1)
    }

    @Test("clients alone ask the server of another experiment, and the kernel tells of it")
    func clientsAlone() throws {
        let server = try DrivenExperiment.started(Plan(server: ServerPlan(), client: nil))
        var client = ClientPlan()
        client.port = try #require(server.source.addresses.server.flatMap { Int($0.split(separator: ":")[1]) })
        client.requests = 100
        client.connections = 3
        let clients = try DrivenExperiment.started(Plan(server: nil, client: client))
        #expect(clients.isDone(within: 10))
        // Connections stay open until the clients are told to stop.
        let open = clients.sample { $0.server?.connectionCounts.open == 3 }
        #expect(open?.server?.connections.count == 3 && open?.unknown.isSuperset(of: [.http, .arenas, .findings]) == true)
        #expect(open?.watch?.processes == 1 && (open?.watch?.residentBytes ?? 0) > 1_000_000)
        #expect(clients.texts.contains { $0.hasPrefix("server figures: from outside, of ") && $0.contains("on port \(client.port)") })
        let asked = clients.stop(withinSeconds: 5)
        let served = server.stop(withinSeconds: 5)
        #expect(Metric.named("server.requests.completed")?.number(of: asked) == nil)
        #expect(asked.client?.requests.succeeded == 100)
        #expect(served.server?.requests.completed == 100)
    }

    @Test("the processes of a server that a few requests ask are looked for once the load has lasted a while")
    func processesOfAFewRequests() throws {
        let server = try DrivenExperiment.started(Plan(server: ServerPlan(), client: nil))
        var client = ClientPlan()
        client.port = try #require(server.source.addresses.server.flatMap { Int($0.split(separator: ":")[1]) })
        client.paths = ["/delay/9"]
        client.requests = 1
        client.connections = 1
        let clients = try DrivenExperiment.started(Plan(server: nil, client: client))
        #expect(clients.texts.contains { $0 == "server figures: from outside, of port \(client.port), by the kernel (sock_diag)" })
        let known = clients.sample { $0.watch?.processes == 1 }
        #expect(known?.unknown.contains(.processes) == false)
        #expect(clients.texts.contains { $0.hasPrefix("server figures: from outside, of ") && $0.contains("on port \(client.port)") })
        _ = clients.stop(withinSeconds: 0)
        _ = server.stop(withinSeconds: 0)
    }

    @Test("a port without a listener ends the run with the cause")
    func refused() throws {
        let listener = try Experiment(Plan(server: ServerPlan(), client: nil))
        let address = try #require(listener.addresses.server)
        var client = ClientPlan()
        // Bound and not listening: connections are refused, and no other process has the port.
        client.port = try #require(Int(address.split(separator: ":")[1]))
        let experiment = try DrivenExperiment.started(Plan(server: nil, client: client))
        #expect(experiment.isDone(within: 3))
        let last = experiment.stop(withinSeconds: 1)
        #expect(last.client?.connectionCounts.opened == 0)
        #expect(experiment.source.connectFailure == "connection refused")
        withExtendedLifetime(listener) {}
    }
}

/// Of the whole process: other suites open and close theirs.
@Suite("An experiment's descriptors", .measuring)
struct MeasuredDescriptorTests {
    private func openDescriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    @Test("started and stopped twenty times leaves no descriptor behind")
    func again() throws {
        var before = 0
        for round in 0..<21 {
            if round == 1 { before = openDescriptors() }
            let experiment = try DrivenExperiment.started(plan(loops: 2) { _ in })
            #expect(holds { experiment.sample().client?.requests.done ?? 0 > 0 })
            let last = experiment.stop(withinSeconds: 5)
            #expect(last.client?.requests.done == last.server?.requests.completed)
        }
        // Suites that neither wait nor measure may run beside this; one left behind each time would be twenty.
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
        let first = try DrivenExperiment.started(Plan(server: ServerPlan(), client: nil))
        let address = try #require(first.source.addresses.server)
        var taken = ServerPlan()
        taken.port = try #require(Int(address.split(separator: ":")[1]))
        let before = openDescriptors()
        #expect(throws: ExperimentError.self) { try Experiment(Plan(server: taken, client: nil)) }
        #expect(openDescriptors() <= before)
        let last = first.stop(withinSeconds: 1)
        #expect(last.client == nil)
        #expect(last.server?.requests.completed == 0)
    }
}
