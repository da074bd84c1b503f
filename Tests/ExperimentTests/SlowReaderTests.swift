import Experiment
import Foundation
import Load
import Measurements
import TestSupport
import Testing
import Workload

@Suite("Slow readers beside a load", .waiting)
struct SlowReaderTests {
    private func plan(_ change: (inout ClientPlan) -> Void) -> Plan {
        var client = ClientPlan()
        client.paths = ["/bytes/100"]
        client.connections = 2
        client.rate = 100
        client.checksBodies = true
        change(&client)
        return Plan(server: ServerPlan(), client: client)
    }

    @Test("one that is started comes, makes writes wait, goes after its time, and each is an event")
    func oneByOne() throws {
        let experiment = try DrivenExperiment.started(plan { _ in })
        experiment.apply(.slowReader(seconds: 0.5))
        var samples: [Sample] = []
        _ = holds(pauseMilliseconds: 10) {
            samples.append(experiment.sample())
            return experiment.texts.contains("the slow reader has gone")
        }
        #expect(experiment.events.filter { $0.source == "load" }.map(\.text) == ["a slow reader, for 0.5 s", "the slow reader has gone"])
        #expect(samples.contains { $0.client?.slowReaders.open == 1 })
        #expect(samples.contains { $0.server?.writes.pendingBytes ?? 0 > 256 * 1024 })
        // In none of the load's numbers.
        #expect(samples.allSatisfy { $0.client?.connectionCounts.open ?? 0 <= 2 })
        let last = experiment.stop(withinSeconds: 5)
        let slow = try #require(last.client?.slowReaders)
        #expect(slow.open == 0 && slow.receivedBytes > 0)
        #expect(last.client?.requests.failed == 0)
        #expect(last.server?.arena.leases == 0)
        experiment.apply(.slowReader(seconds: 1))
        #expect(experiment.texts.last != "a slow reader, for 1 s", "no server is left to ask")
    }

    @Test("those of the plan stay until the end, and what they read is checked too")
    func planned() throws {
        let experiment = try DrivenExperiment.started(plan { $0.slowReaders = 5 })
        #expect(holds { experiment.sample().client?.slowReaders.open == 5 })
        let last = experiment.stop(withinSeconds: 5)
        #expect(last.client?.slowReaders.open == 0)
        #expect(last.client?.bodies.wrong == 0)
        #expect(last.server?.requests.completed ?? 0 >= last.client?.requests.done ?? .max)
    }

    @Test("sixteen at once are enough")
    func limit() throws {
        let experiment = try DrivenExperiment.started(plan { _ in })
        for _ in 0..<17 { experiment.apply(.slowReader(seconds: 60)) }
        #expect(experiment.texts.suffix(17) == Array(repeating: "a slow reader, for 60 s", count: 16) + ["no more than 16 slow readers"])
        let begin = ContinuousClock.now
        _ = experiment.stop(withinSeconds: 5)
        #expect(ContinuousClock.now - begin < .seconds(4), "their time is not waited for")
    }

    @Test("one can join a server alone")
    func serverAlone() throws {
        let experiment = try DrivenExperiment.started(Plan(server: ServerPlan(), client: nil))
        experiment.apply(.slowReader(seconds: 30))
        #expect(holds { experiment.sample().server?.writes.pendingBytes ?? 0 >= 256 * 1024 })
        #expect(experiment.sample().server?.connectionCounts.open == 1)
        _ = experiment.stop(withinSeconds: 5)
    }
}
