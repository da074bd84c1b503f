import Measurements
import Reports
import Testing
import Workload

@Suite("A server that is watched")
struct WatchPlanTests {
    private static let right = """
        version: 1
        name: watched
        server: { watch: ["./server", "9000"], send_buffer: 16KiB, trap: true }
        target: http://127.0.0.1:9000
        client: { connections: 8 }
        phases: [{ name: load, duration: 1s, rate: 100 }]
        thresholds: [watch.findings == 0, server.writes.pending_bytes.max < 8MiB]

        """

    private func issues(replacing old: String, with new: String) -> String {
        #expect(Self.right.contains(old))
        do throws(ScenarioError) {
            _ = try Scenario(parsing: Self.right.replacing(old, with: new), file: "s.yaml")
            return ""
        } catch {
            return error.description
        }
    }

    @Test("is a key of a scenario: the program with its arguments, and what the probe does")
    func scenario() throws {
        let plan = try Scenario(parsing: Self.right, file: "s.yaml").plan
        #expect(plan.server == nil && plan.client?.port == 9_000)
        #expect(plan.watch?.command == ["./server", "9000"] && plan.watch?.sendBufferByteCount == 16_384 && plan.watch?.traps == true)
        #expect(plan.thresholds.map(\.text) == ["watch.findings == 0", "server.writes.pending_bytes.max < 8MiB"])
    }

    @Test("has its keys checked", arguments: [
        ("target: http://127.0.0.1:9000\n", "", "a watched server needs 'target': where the clients send their requests"),
        (#"watch: ["./server", "9000"], "#, "", "keys of a watched server need 'watch'"),
        ("trap: true", "loops: 2", "only 'send_buffer' of the embedded server's keys can be beside 'watch'"),
        ("watch.findings == 0", "server.requests.completed > 0", "can never be evaluated: a watched server does not tell it"),
        (#"["./server", "9000"]"#, "./server", "is not a list; begin each element with '- '"),
        (#"["./server", "9000"]"#, "[]", #"the list is empty; write ["./server", "9000"]"#),
    ])
    func mistakes(old: String, new: String, words: String) {
        let issues = issues(replacing: old, with: new)
        #expect(issues.contains(words), "\(issues)")
    }

    @Test("goes through a plan's JSON as it is")
    func json() throws {
        var plan = Plan(server: nil, client: nil)
        var watch = WatchPlan()
        watch.command = ["./server", "a b"]
        (watch.dropsBytes, watch.detours, watch.sendBufferByteCount) = (true, true, 4_096)
        plan.watch = watch
        plan = plan.watching("server figures: from the probe")
        #expect(try Plan(json: plan.json) == plan)
        var outside = WatchPlan()
        outside.port = 8_080
        #expect(try WatchPlan(json: outside.json) == outside && outside.name == "port 8080")
        #expect(Plan(server: nil, client: nil).json["watch"] == nil)
    }
}
