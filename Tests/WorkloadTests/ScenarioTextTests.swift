import Load
import Testing
import Workload

@Suite("The text of a scenario")
struct ScenarioTextTests {
    private func scenario(_ text: String, _ environment: [String: String] = [:], overrides: [String] = []) throws -> Scenario {
        try Scenario(parsing: "version: 1\n" + text, file: "s.yaml", overrides: overrides, environment: environment)
    }

    private func problem(_ text: String, _ environment: [String: String] = [:]) -> String {
        do {
            _ = try scenario(text, environment)
            return "none"
        } catch { return "\(error)" }
    }

    @Test("has variables of the environment in its values, quoted or not")
    func variables() throws {
        let text = """
            name: "run ${BUILD}"
            client: { connections: "${COUNT}", streams: "${STREAMS:-3}" }
            requests: [{ get: "/${PATH_:-bytes/${}" }, { post: /post, body: '$${NAME} $5 {{seq}}' }]
            phases: [{ name: steady, duration: 1s, rate: "${RATE:-1e3}" }]
            """
        let scenario = try scenario(text, ["BUILD": "17: ${COUNT}", "COUNT": "12", "STREAMS": "", "PATH_": "x"])
        // A value is not looked through again.
        #expect(scenario.name == "run 17: ${COUNT}")
        #expect(scenario.plan.client?.connections == 12 && scenario.plan.client?.streams == 3)
        #expect(scenario.plan.client?.kinds.map(\.path) == ["/x", "/post"])
        #expect(scenario.plan.client?.kinds[1].body == .text("${NAME} $5 {{seq}}"))
        #expect(scenario.plan.phases.first?.load == .open(OpenLoad(rate: 1_000)))
    }

    @Test("is refused where a variable is not set, or is none", arguments: [
        ("name: ${NOPE_}", "2:7", "NOPE_ is not set in the environment; set it, or write ${NOPE_:-default}"), ("name: ${a-b}", "2:7", "is not the name of a variable"),
        ("name: ${OPEN", "2:7", "has no end"),
    ])
    func refusals(text: String, place: String, words: String) {
        let problem = problem(text + "\nphases: [{ name: a, duration: 1s, load: closed }]")
        #expect(problem.contains("s.yaml:\(place)") && problem.contains(words), "\(problem)")
    }

    @Test("is quoted in errors as far as a line has room, whatever file it is", arguments: [
        "LONG", "version: 1\nLONG: 1", "version: 1\nname: ${LONG", "version: 1\nname: ${LONG-}", "version: 1\nclient: { connections: LONG }", "version: 1\nclient: LONG",
        "version: 1\nclient: { reconnect: LONG }", "version: 1\ntarget: LONG",
    ])
    func longValue(text: String) throws {
        let error = #expect(throws: ScenarioError.self) {
            try Scenario(parsing: text.replacing("LONG", with: String(repeating: "root_x ", count: 80).dropLast()), file: "s.yaml", overrides: [], environment: [:])
        }
        let words = error?.description.split(separator: "\n") ?? []
        #expect(words.contains { $0.contains("…") } && words.allSatisfy { $0.count < 400 }, "\(words)")
    }

    @Test("may have variables in what --set says")
    func overrides() throws {
        let scenario = try scenario("phases: [{ name: a, duration: 1s, load: closed }]", ["N": "5"], overrides: ["client.connections=${N}"])
        #expect(scenario.plan.client?.connections == 5)
    }

    @Test("may merge mappings, and what stands beside a merge key wins")
    func merge() throws {
        let text = """
            requests:
              - &usual { get: /bytes/1, weight: 3, headers: { accept: text/plain } }
              - { <<: *usual, name: other, weight: 5 }
              - &third { name: third, get: /third, weight: 7 }
              - { <<: [*third, *usual], name: both }
            phases: [{ name: a, duration: 1s, load: closed }]
            """
        let kinds = try #require(try scenario(text).plan.client?.kinds)
        #expect(kinds.map(\.weight) == [3, 5, 7, 7] && kinds.map(\.name) == ["", "other", "third", "both"])
        #expect(kinds[1].path == "/bytes/1" && kinds[1].headers == kinds[0].headers && kinds[3].path == "/third" && kinds[3].headers == kinds[0].headers)
        #expect(problem("client: { <<: 5 }\nphases: [{ name: a, duration: 1s, load: closed }]").contains("cannot be merged"))
    }
}
