import Load
import Measurements
import Testing
import Workload

@Suite("A plan for several processes") struct PartTests {
    private var plan: Plan {
        var client = ClientPlan()
        client.connections = 131
        client.requests = 10_007
        client.rate = 1_000
        client.slowReaders = 3
        var plan = Plan(server: nil, client: client)
        plan.phases = [Phase(name: "a", duration: .seconds(1), load: .open(OpenLoad(rate: 700, endRate: 7)))]
        plan.phases[0].connections = 67
        plan.events = [.init(time: .seconds(1), action: .connections(99)), .init(time: .seconds(2), action: .dropConnections(5))]
        return plan
    }

    private func parts(_ count: Int) -> [Plan] {
        (0..<count).map { index in
            var part = plan
            part.share = .part(RunShare(index, of: count))
            return part.own
        }
    }

    @Test("is in its parts what it is as a whole, to the last connection and request", arguments: 1...64)
    func sums(count: Int) {
        let parts = parts(count)
        #expect(parts.reduce(0) { $0 + ($1.client?.connections ?? 0) } == 131)
        #expect(parts.reduce(0) { $0 + ($1.client?.requests ?? 0) } == 10_007)
        #expect(parts.reduce(0) { $0 + ($1.client?.slowReaders ?? 0) } == 3)
        #expect(parts.reduce(0) { $0 + ($1.phases[0].connections ?? 0) } == 67)
        #expect(abs(parts.reduce(0) { $0 + ($1.client?.rate ?? 0) } - 1_000) < 1e-6)
        let counts = parts.map { part in
            part.events.map { event in
                switch event.action {
                case .connections(let count), .dropConnections(let count): count
                default: 0
                }
            }
        }
        #expect(counts.reduce(0) { $0 + $1[0] } == 99)
        #expect(counts.reduce(0) { $0 + $1[1] } == 5)
    }

    @Test("is its own part once: what a part has is not divided again")
    func once() {
        let own = parts(4)[1]
        #expect(own.own == own)
        #expect(own.part == .whole)
    }

    @Test("with too little for each part is refused, by name", arguments: [
        (132, "--share has 132 parts, and 131 connections are fewer: one has none; write 132 or more"),
        (68, "--share has 68 parts, and 67 connections in phase a are fewer: one has none; write 68 or more"),
    ])
    func tooFew(count: Int, words: String) {
        var part = plan
        part.share = .part(RunShare(0, of: count))
        #expect(part.clash?.flagText == words)
    }

    @Test("finds its part where the engine that started it says it", arguments: [
        ("auto", ["SLURM_PROCID": "2", "SLURM_NTASKS": "8"], "3/8"), ("auto/8", ["JOB_COMPLETION_INDEX": "7"], "8/8"),
        ("auto/4", ["SLURM_PROCID": "2", "SLURM_NTASKS": "8"], "3/4"), ("2/3", ["SLURM_PROCID": "7"], "2/3"),
    ])
    func automatic(text: String, environment: [String: String], part: String) throws {
        #expect(try PartChoice(parsing: text).resolved(in: environment).share?.text == part)
    }

    @Test("says what it found", arguments: [
        ("auto", ["SLURM_PROCID": "2", "SLURM_NTASKS": "8"], "SLURM_PROCID=2 and SLURM_NTASKS=8"),
        ("auto/8", ["JOB_COMPLETION_INDEX": "7"], "JOB_COMPLETION_INDEX=7"),
    ])
    func finding(text: String, environment: [String: String], words: String) throws {
        guard case .found(_, let found) = try PartChoice(parsing: text).resolved(in: environment) else {
            Issue.record("it was not looked for")
            return
        }
        #expect(found == words)
    }

    @Test("says what it did not find, and what to write instead", arguments: [
        ("auto", [:], "auto finds neither SLURM_PROCID and SLURM_NTASKS nor JOB_COMPLETION_INDEX in the environment; write 3/8 for the third of eight"),
        ("auto", ["JOB_COMPLETION_INDEX": "7"], "JOB_COMPLETION_INDEX=7 says which part this is, and not of how many; write auto/8 for one of eight"),
        ("auto/4", ["JOB_COMPLETION_INDEX": "7"], "JOB_COMPLETION_INDEX=7 names none of 4 parts, which are numbered from 0; write 3/8 for the third of eight"),
    ])
    func nothing(text: String, environment: [String: String], words: String) throws {
        let choice = try PartChoice(parsing: text)
        #expect(throws: SettingError("", words)) { try choice.resolved(in: environment) }
    }
}
