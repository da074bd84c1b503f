import Reports
import Testing

@Suite("A condition")
struct ConditionTests {
    @Test("is read as people write it, a value or a change", arguments: [
        ("client.response_time.p99 > +10%", "client.response_time", Condition.Relation.above, 0.1, true),
        ("client.response_time.p99.9>=5%", "client.response_time", .atLeast, 0.05, true),
        ("client.requests.rate < -5 %", "client.requests.rate", .below, -0.05, true),
        ("client.requests.failed.rate <= 0", "client.requests.failed", .atMost, 0, false),
        ("client.service_time.p95 != 2ms", "client.service_time", .unequal, 0.002, false),
        ("process.memory.resident.slope > -1KiB/s", "process.memory.resident", .above, -1_024, false),
        ("response_time.max == 1.5s", "client.response_time", .equal, 1.5, false),
        ("client.response_time.p99 > 0.05", "client.response_time", .above, 0.05, false),
        ("client.bytes.sent.rate < 2000000", "client.bytes.sent", .below, 2_000_000, false),
    ])
    func parsing(text: String, metric: String, relation: Condition.Relation, limit: Double, isChange: Bool) throws {
        let condition = try Condition(parsing: text)
        #expect(condition.phase == nil && condition.figure.metric == metric)
        #expect(condition.relation == relation && condition.isChange == isChange)
        #expect((condition.limit - limit).magnitude < 1e-12)
    }

    @Test("on a share takes a per cent for the share, and with a sign for a change")
    func shares() throws {
        let share = try Condition(parsing: "client.cache.strings.hit_rate < 90%")
        #expect(share.limit == 0.9 && !share.isChange)
        let change = try Condition(parsing: "client.cache.strings.hit_rate < -10%")
        #expect(change.limit == -0.1 && change.isChange)
    }

    @Test("on a plain rate is one on the requests that succeeded: refusals are fast")
    func rate() throws {
        #expect(try Condition(parsing: "rate > 100").figure.metric == "client.requests.succeeded_rate")
    }

    @Test("may begin with a phase, and 'all' is the whole run", arguments: [
        ("steady: client.requests.failed > 0", "steady"), ("steady:client.requests.failed > 0", "steady"),
        ("  a  long name : client.requests.failed > 0", "a long name"), ("8:00: client.requests.failed > 0", "8:00"),
        ("all: client.requests.failed > 0", nil), ("client.requests.failed > 0", nil),
    ] as [(String, String?)])
    func phases(text: String, phase: String?) throws {
        let condition = try Condition(parsing: text)
        #expect(condition.phase == phase && condition.text == "client.requests.failed > 0")
    }

    @Test("is refused with what is wrong", arguments: [
        ("p99", ConditionError.noRelation), ("> 5%", .noFigure), ("a b > 5%", .unknownMetric("a b", nearest: nil)),
        ("client.requests.done > ", .noLimit), ("client.requests.done > x%", .change("x%")), ("client.requests.done > +inf%", .change("+inf%")),
        ("client.requests.done > inf", .limit("inf", examples: "5, 10k or 1m (a million)")),
        ("client.response_time.p99 > 5x", .limit("5x", examples: "25ms, 1.5s or 100us")),
        ("client.response_time > 5ms", .missingAggregate(metric: "client.response_time", possible: ["min", "max", "mean", "count", "p50", "p99", "p99.9"])),
        ("client.requests.done.max > 5", .unknownAggregate("max", metric: "client.requests.done", possible: ["rate"])),
        ("client.requests.failed_share < 5", .shareAboveAll("5")), ("achieved_rate >= 99", .shareAboveAll("99")),
        ("client.cache.strings.hit_rate > 101%", .shareAboveAll("101%")), (": client.requests.done > 5", .noPhase),
        ("client.responsetime.p99 > +10%", .unknownMetric("client.responsetime.p99", nearest: "client.response_time.p99")),
    ])
    func refusal(text: String, error: ConditionError) {
        #expect(throws: error) { try Condition(parsing: text) }
    }

    @Test("is no threshold when it is a change, when its phase is named twice, or when a time has no unit")
    func thresholds() throws {
        #expect(throws: ConditionError.limit("0.05", examples: "25ms, 1.5s or 100us")) { try Threshold(parsing: "response_time.p99 > 0.05") }
        #expect(throws: ConditionError.noBase("client.requests.done > +10%")) { try Threshold(parsing: "client.requests.done > +10%") }
        #expect(throws: ConditionError.phaseTwice) { try Threshold(parsing: "steady: client.requests.done > 10", phase: "steady") }
        #expect(try Threshold(parsing: "steady: client.requests.done > 10").phase == "steady")
        #expect(try Threshold(parsing: "client.requests.done > 10", phase: "steady").phase == "steady")
    }
}
