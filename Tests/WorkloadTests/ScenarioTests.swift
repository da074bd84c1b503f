import Load
import Measurements
import Reports
import Testing
import Workload

@Suite("A scenario file")
struct ScenarioTests {
    /// A right one, to break.
    private static let right = """
        version: 1
        name: right
        server: { loops: 2 }
        client: { connections: 8, streams: 4, timeout: 2s }
        requests:
          - { get: /bytes/1KiB, weight: 3 }
          - { get: /health }
        phases:
          - { name: warm, warmup: true, duration: 500ms, rate: 100 }
          - { name: climb, duration: 2s, rate: 100, ramp_to: 1k, steps: 4 }
          - { name: flood, duration: 1s, load: closed, connections: 16 }
        thresholds:
          - climb: client.response_time.p99 < 25ms
          - flood: { check: "server.writes.pending_bytes.max < 8MiB", abort: true, after: 500ms }
          - client.requests.failed == 0
        record: { file: run.ndjson, interval: 100ms }

        """

    /// What is said about a text, in order.
    private func issues(_ text: String, _ overrides: String...) -> [String] {
        do throws(ScenarioError) {
            _ = try Scenario(parsing: text, file: "s.yaml", overrides: overrides)
            return []
        } catch {
            return error.description.split(separator: "\n").filter { $0.hasPrefix("s.yaml:") || $0.hasPrefix("--set") }.map(String.init)
        }
    }

    private func issues(replacing old: String, with new: String) -> [String] {
        #expect(Self.right.contains(old))
        return issues(Self.right.replacing(old, with: new, maxReplacements: 1))
    }

    @Test("becomes a plan, phases and thresholds")
    func isRead() throws {
        let scenario = try Scenario(parsing: Self.right, file: "s.yaml")
        #expect(scenario.name == "right")
        #expect(scenario.recordFile == "run.ndjson")
        let plan = scenario.plan
        #expect(plan.server?.loops == 2)
        #expect(plan.interval == .milliseconds(100))
        #expect(plan.client?.connections == 8 && plan.client?.streams == 4 && plan.client?.options.requestTimeout == .seconds(2))
        #expect(plan.phases.map(\.name) == ["warm", "climb", "flood"])
        #expect(plan.phases.map(\.isWarmup) == [true, false, false])
        #expect(plan.phases.map(\.load) == [
            .open(OpenLoad(rate: 100)), .open(OpenLoad(rate: 100, endRate: 1_000, stepCount: 4)), .closed,
        ])
        #expect(plan.phases[2].connections == 16)
        #expect(plan.thresholds.map(\.phase) == ["climb", "flood", nil])
        #expect(plan.thresholds[0].limit == 0.025)
        #expect(plan.thresholds[1].limit == 8_388_608 && plan.thresholds[1].aborts && plan.thresholds[1].after == .milliseconds(500))
    }

    @Test("with trials is a plan for each, with its own values for some keys; the command line has the last word")
    func trials() throws {
        let text = Self.right + """
            trials:
              - { name: copy, set: { server.write_policy: copy, phases.climb.rate: 200, duration: 7s } }
              - name: mine
                set: { client.connections: 9, thresholds: [] }
                expect: fail
              - { name: plain }

            """
        let scenario = try Scenario(parsing: text, file: "s.yaml", overrides: ["client.streams=5"])
        let trials = scenario.trials
        #expect(trials.map(\.name) == ["copy", "mine", "plain"] && trials.map(\.expectation) == [.isClean, .fails, .isClean])
        #expect(trials.allSatisfy { $0.plan.isIsolated && $0.plan.client?.streams == 5 && $0.plan.server?.loops == 2 })
        #expect(trials.map { $0.plan.server?.writePolicy } == [.copy, .lease, .lease])
        #expect(trials.map { $0.plan.client?.connections } == [8, 9, 8])
        #expect(trials[0].plan.phases[1].load == .open(OpenLoad(rate: 200, endRate: 1_000, stepCount: 4)))
        #expect(trials[0].plan.phases[1].duration == .seconds(4) && trials[1].plan.phases == trials[2].plan.phases)
        #expect(trials[1].plan.thresholds.isEmpty && trials[2].plan.thresholds.count == 3)
        #expect(trials[0].changes == ["server.write_policy: copy", "phases.climb.rate: 200", "duration: 7s"])
        #expect(scenario.timeAxis.contains("\nplain  expect: clean\n"), "\(scenario.timeAxis)")
        let copied = try Scenario(parsing: text, file: "s.yaml", overrides: ["server.write_policy=copy", "trials.mine.expect=crash"]).trials
        #expect(copied.allSatisfy { $0.plan.server?.writePolicy == .copy } && copied[1].expectation == .crashes)
    }

    @Test(
        "with a trial that is wrong tells the place in the trial",
        arguments: [
            ("{ name: a, set: { server.lops: 2 } }", "s.yaml:18:23: unknown key 'lops'; did you mean 'loops'?"),
            ("{ name: a, set: { server.loops: two } }", "s.yaml:18:37: \"two\" is not a number; write 500, 20k or 1.5M"),
            ("{ name: a, set: { phases.clim.rate: 2 } }", "s.yaml:18:23: the list has no element 'clim'; did you mean 'climb'?"),
            ("{ name: a, set: { client..x: 2 } }", "s.yaml:18:23: this is not a key; write client.connections"),
            ("{ name: a, set: { trials: [] } }", "s.yaml:18:23: a trial has no trials"),
            ("{ name: a/b }", "s.yaml:18:5: the name of a trial becomes part of a file's; leave out the '/'"),
            ("{ name: a, expect: death }", "s.yaml:18:24: \"death\" is not one of clean, crash, fail"),
            ("{ name: ' ' }", "s.yaml:18:13: \" \" is blank; write a name"),
            ("{ set: { seed: 2 } }", "s.yaml:18:5: key 'name' is missing: What the table calls it, and its recording."),
            ("{ name: a, set: { phases: [{ duration: 1s, load: closed }] } }", "s.yaml:13:5: no phase 'climb'; there are phase-1, all"),
        ])
    func wrongTrial(trial: String, words: String) {
        let issues = issues(Self.right + "trials:\n  - \(trial)\n")
        #expect(issues.first == words, "\(issues)")
    }

    @Test("says what clients do about failures, and makes choices that only a worker process runs")
    func resilience() throws {
        let text = Self.right.replacing("timeout: 2s }", with: "timeout: 2s, retries: 3, retry_budget: 50%, circuit_breaker: '5 failures, 2s', cache_scope: unguarded }")
        let plan = try Scenario(parsing: text, file: "s.yaml").plan
        #expect(plan.client?.retries == 3 && plan.client?.retryBudget == 0.5 && plan.isUnsafe)
        #expect(plan.client?.circuitBreaker == BreakerPolicy(failures: 5, pause: .seconds(2)))
        let later = try Scenario(parsing: Self.right + "events: [{ at: 1s, do: write-policy, policy: reset-early }]", file: "s.yaml").plan
        #expect(later.isUnsafe && later.server?.writePolicy == .lease)
        #expect(issues(replacing: "timeout: 2s", with: "circuit_breaker: 5") == ["s.yaml:4:56: \"5\" is not a circuit breaker; write '5 failures, 10s'"])
    }

    @Test(
        "that is wrong is told where and how",
        arguments: [
            ("loops: 2", "lops: 2", "s.yaml:3:11: unknown key 'lops'; did you mean 'loops'?"),
            ("loops: 2", "loops: two", "s.yaml:3:18: \"two\" is not a number; write 500, 20k or 1.5M"),
            ("timeout: 2s", "timeout: 2", "s.yaml:4:48: \"2\" has no unit; write 500ms, 30s or 1m30s"),
            ("streams: 4", "connections: 4", "s.yaml:4:27: key 'connections' is there twice; first in line 4"),
            ("duration: 2s, ", "", "s.yaml:10:5: key 'duration' is missing: How long it takes."),
            ("duration: 2s", "duration: [2s]", "s.yaml:10:30: a list is not a time; write 500ms, 30s or 1m30s"),
            ("load: closed", "load: close", "s.yaml:11:40: \"close\" is not one of open, closed, pause; did you mean closed?"),
            ("warmup: true", "warmup: yes", "s.yaml:9:27: 'yes' is neither true nor false; write true or false"),
            ("name: flood", "name: ''", "s.yaml:11:13: \"\" is blank; write a name"),
            ("name: flood", "name: all", "s.yaml:11:5: a phase cannot be called 'all', which means every phase; write another name"),
            ("name: flood", "name: climb", "s.yaml:11:5: a phase 'climb' is there already, in line 10"),
            (
                "client.response_time.p99 <", "client.respons_time.p99 <",
                "s.yaml:13:12: unknown metric 'client.respons_time.p99'; did you mean 'client.response_time.p99'?"
            ),
            ("< 25ms", "< 25", "s.yaml:13:12: '25' is not a value of this metric; write 25ms, 1.5s or 100us"),
            ("client.response_time.p99", "client.response_time", "s.yaml:13:12: 'client.response_time' has many values; say which: .min .max .mean .count .p50 .p99 .p99.9"),
            ("- climb: client", "- clim: client", "s.yaml:13:5: no phase 'clim'; did you mean 'climb'?"),
            ("- climb: client", "- warm: client", "s.yaml:13:5: 'warm' is a warm-up, which is not judged"),
            ("client.response_time.p99 < 25ms", "achieved_rate > 9%}", "s.yaml:13:12: '9%}' is not a value of this metric; write 0.9 or 90%"),
            ("- flood: { check: \"server.writes.pending_bytes.max < 8MiB\"", "- flood: { check: \"achieved_rate > 1\"", "s.yaml:14:21: 'client.requests.achieved' can never be evaluated: without 'rate' there is no schedule"),
            ("after: 500ms", "after: 1s", "s.yaml:14:5: 'after' is as long as the phase: it can never be evaluated"),
            ("server: { loops: 2 }", "target: http://127.0.0.1:1", "s.yaml:14:21: 'server.writes.pending_bytes' can never be evaluated: the server of 'target' is not ours"),
            ("server: { loops: 2 }", "server: 2", "s.yaml:3:9: '2' is not a mapping; write { listen: ... }"),
            ("get: /health", "get: health", "s.yaml:7:12: \"health\" is not a path; write /bytes/1KiB or /get?x=1"),
            ("version: 1", "version: 2", "s.yaml:1:10: \"2\" is too large; write 1 to 1"),
        ])
    func isWrong(old: String, new: String, message: String) {
        #expect(issues(replacing: old, with: new).first == message)
    }

    @Test("without a phase is told once what is so: no key, an empty list, or no list", arguments: [
        ("", "s.yaml:1:1: key 'phases' is missing: the load, one part after the other"),
        ("phases: []", "s.yaml:2:9: an empty list has no load; write - { duration: 10s, rate: 500 }"),
        ("phases: 5", "s.yaml:2:9: '5' is not a list; begin each element with '- '"),
    ])
    func noPhases(line: String, words: String) {
        #expect(issues("version: 1\n\(line)\n") == [words])
    }

    @Test("and --phase refuse a name for the same reason", arguments: [
        ("all=1s:5", "a phase cannot be called 'all', which means every phase; write another name"),
        ("=1s:5", "\"\" is blank; write a name"),
        ("1s", "\"1s\" is not a phase; write 30s:500, 10s:500..20k, climb=1m:1k..5k,steps=5, 10s:closed or 5s:pause"),
    ])
    func phaseNames(text: String, words: String) {
        do throws(SettingError) {
            _ = try Phase(parsing: text, number: 1)
            Issue.record("it was read")
        } catch {
            #expect(error.description == words)
        }
    }

    @Test("that is shipped samples each load often enough to be compared, and judges peaks by what counts between samples", arguments: ShippedScenario.all.map(\.name))
    func shipped(name: String) throws {
        let text = try #require(ShippedScenario.all.first { $0.name == name }).text
        let plan = try Scenario(parsing: text, file: name).plan
        for phase in plan.phases where !phase.isWarmup && phase.load != .pause {
            #expect(phase.duration / plan.interval >= Double(Comparison.intervalMinimum), "\(phase.name)")
        }
        for metric in Metric.all where metric.name.hasSuffix("_high_water") {
            #expect(!text.contains("\(metric.name.dropLast("_high_water".count)).max <"))
        }
    }

    @Test("is told all of its errors at once, in their order, each with its line and a caret")
    func allAtOnce() throws {
        let text = Self.right
            .replacing("loops: 2", with: "lops: 2").replacing("streams: 4", with: "streams: 4, streams: 5")
            .replacing("rate: 100, ramp_to: 1k", with: "rate: fast, ramp_to: 1k").replacing("/health", with: "health")
        do {
            _ = try Scenario(parsing: text, file: "s.yaml")
            Issue.record("it was read")
        } catch {
            #expect(error.issues.map(\.place.line) == [3, 4, 7, 10])
            #expect(error.description.hasPrefix("""
                s.yaml:3:11: unknown key 'lops'; did you mean 'loops'?
                    server: { lops: 2 }
                              ^
                s.yaml:4:39: key 'streams' is there twice; first in line 4
                    client: { connections: 8, streams: 4, streams: 5, timeout: 2s }
                                                          ^

                """), "\(error.description)")
        }
    }

    @Test("from an editor of Windows, with a byte order mark and its line ends, is the same scenario")
    func windowsFile() throws {
        let windows = "\u{FEFF}" + Self.right.replacing("\n", with: "\r\n")
        #expect(try Scenario(parsing: windows, file: "s.yaml").plan == Scenario(parsing: Self.right, file: "s.yaml").plan)
    }

    @Test("that is no YAML is told so with the place", arguments: ["phases: [", "a: b: c", "\tversion: 1", "x: \"", "- 1\n- 2\n--- x\n...\n--- y", ""])
    func noYAML(text: String) {
        let issues = issues(text)
        #expect(issues.count == 1, "\(issues)")
        #expect(issues.first?.wholeMatch(of: /s.yaml:\d+:\d+: .+/) != nil)
    }

    @Test("that is made to exhaust memory or the stack is refused at once")
    func bombs() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        // The file says 80 aliases; those of the first six levels stand for more values than a scenario may have.
        #expect(issues(bomb) == ["s.yaml:7:10: more than 20000 values"])
        let names = (1...25).map { _ in "*a" }.joined(separator: ", ")
        #expect(issues("a: &a x\nb: [\(names)]\n") == ["s.yaml:2:101: more than 24 aliases (*name)"])
        var small = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 { small += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        #expect(issues(small).first?.hasSuffix("more than 20000 values") == true)
        #expect(issues(String(repeating: "[", count: 40) + String(repeating: "]", count: 40)).first?.hasSuffix("nested deeper than 32 levels") == true)
        #expect(issues(String(repeating: "[", count: 100_000)).count == 1)
        #expect(issues(String(repeating: "- ", count: 100_000)).count == 1)
        #expect(issues("x: " + String(repeating: "y", count: 300_000)) == ["s.yaml:1:1: larger than 256 KiB"])
    }

    @Test("survives every cut and every changed byte")
    func mutations() {
        let bytes = Array(Self.right.utf8)
        for length in stride(from: 0, to: bytes.count, by: 7) { _ = issues(String(decoding: bytes[..<length], as: UTF8.self)) }
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[index] = [0x7B, 0x3A, 0x0A, 0x26, 0xC3, 0x00, 0x2D][index % 7]
            _ = issues(String(decoding: changed, as: UTF8.self))
        }
    }

    @Test("takes other values from the command line, and tells their errors")
    func overrides() throws {
        let plan = try Scenario(
            parsing: Self.right, file: "s.yaml",
            overrides: ["client.connections=3", "phases.climb.rate=2k", "phases.2.duration=4s", "server.send_buffer=16KiB"]).plan
        #expect(plan.client?.connections == 3)
        #expect(plan.phases[1].load == .open(OpenLoad(rate: 2_000, endRate: 1_000, stepCount: 4)))
        #expect(plan.phases[2].duration == .seconds(4))
        #expect(plan.server?.sendBufferByteCount == 16_384)
        #expect(issues(Self.right, "client.conections=3") == ["--set client.conections=3: unknown key 'conections'; did you mean 'connections'?"])
        #expect(issues(Self.right, "phases.clim.rate=3") == ["--set phases.clim.rate=3: the list has no element 'clim'; did you mean 'climb'?"])
        #expect(issues(Self.right, "client.timeout=3") == ["--set client.timeout=3: \"3\" has no unit; write 500ms, 30s or 1m30s"])
        #expect(issues(Self.right, "nonsense").count == 1)
        #expect(issues(Self.right, "name.x=1").count == 1)
    }

    @Test("is shrunk to a duration of the whole, thresholds too")
    func scaled() throws {
        let plan = try Scenario(parsing: Self.right, file: "s.yaml", overrides: ["duration=700ms"]).plan
        #expect(plan.phases.map(\.duration) == [.milliseconds(100), .milliseconds(400), .milliseconds(200)])
        #expect(plan.thresholds[1].after == .milliseconds(100))
    }

    @Test("shows its phases on a time axis")
    func timeAxis() throws {
        let axis = try Scenario(parsing: Self.right, file: "s.yaml").timeAxis
        #expect(axis.contains("climb  |     #######################           |") || axis.contains("climb  |     ##"), "\(axis)")
        #expect(axis.contains("500ms to 2.5s") || axis.contains("0.5s to 2.5s"))
        for line in axis.split(separator: "\n") { #expect(line.count <= 80) }
    }
}
