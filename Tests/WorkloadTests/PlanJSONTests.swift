import Load
import Measurements
import Testing
import Workload

@Suite("A plan as JSON") struct PlanJSONTests {
    /// No choice is the one that it has by itself.
    private var plan: Plan {
        var server = ServerPlan()
        server.host = "::1"
        server.port = 9_001
        server.loops = 3
        server.connectionLimit = 77
        server.unsentByteLimit = 1_234
        server.bodyByteLimit = 4_321
        server.sendBufferByteCount = 16_384
        server.writePolicy = .resetEarly
        server.audits = false
        server.tls = ServerTLSPlan(host: "127.0.0.1", port: 8_443, files: .init(certificate: "a.pem", key: "b.pem"))
        server.handshakeTimeout = .milliseconds(1_100)
        server.headerTimeout = .milliseconds(1_200)
        server.idleTimeout = .milliseconds(1_300)
        server.requestTimeout = .milliseconds(1_400)
        var client = ClientPlan()
        client.host = "example.com"
        client.port = 8_080
        client.isSecure = true
        client.tls.isInsecure = true
        client.tls.authorityFile = "ca.pem"
        client.tls.keyLogPath = "keys"
        client.http = .http1
        client.connectTo = try? ConnectTarget("127.0.0.1:7000")
        client.paths = ["/a", "/b?c=d"]
        client.method = "POST"
        client.headers = [.init(name: "x-a", value: "b: c"), .init(name: "x-empty", value: "")]
        client.body = Array("bödy\u{0}\n".utf8)
        client.checksBodies = true
        client.slowReaders = 5
        client.earlyCloseShare = 0.25
        client.halfCloses = true
        client.connections = 501
        client.streams = 7
        client.loops = 4
        client.rate = 1_234.5
        client.requests = 10_000
        client.cacheScope = .unguarded
        client.reconnect = .requests(1_000)
        client.retries = 3
        client.retryBudget = 0.5
        client.circuitBreaker = BreakerPolicy(failures: 5, pause: .milliseconds(1_250))
        client.connectTimeout = .milliseconds(1_500)
        client.requestTimeout = .milliseconds(1_600)
        client.windowByteCount = 70_000
        var plan = Plan(server: server, client: client, duration: .milliseconds(1_001))
        plan.interval = .milliseconds(333)
        plan.drainTime = .milliseconds(2_500)
        plan.isIsolated = true
        plan.seed = 7
        plan.phases = [
            Phase(name: "warm", duration: .milliseconds(1_500), load: .open(OpenLoad(rate: 12.5)), isWarmup: true),
            Phase(name: "stairs", duration: .seconds(2), load: .open(OpenLoad(rate: 1, endRate: 9, stepCount: 3, arrivals: .poisson))),
            Phase(name: "flood", duration: .seconds(3), load: .closed), Phase(name: "rest", duration: .seconds(4), load: .pause),
        ]
        plan.phases[2].connections = 70
        plan.phases[2].streams = 6
        plan.events = [
            .init(time: .milliseconds(250), action: .slowReader(.milliseconds(1_250))), .init(time: .seconds(1), action: .writePolicy(.resetEarly)),
            .init(time: .seconds(2), action: .connections(9)), .init(time: .seconds(3), action: .dropConnections(4)),
            .init(time: .seconds(4), action: .drainServer),
        ]
        return plan
    }

    @Test("is understood as what was written, every choice of it")
    func roundTrip() throws {
        let text = plan.json.text
        #expect(try Plan(json: JSON(parsing: Array(text.utf8))) == plan)
    }

    @Test("is understood without a server, clients or an end", arguments: [
        Plan(server: ServerPlan(), client: nil), Plan(server: nil, client: ClientPlan()),
    ])
    func parts(plan: Plan) throws {
        #expect(try Plan(json: JSON(parsing: Array(plan.json.text.utf8))) == plan)
    }

    /// A choice that is added and not written would be lost on its way to a worker process.
    @Test("has all that the plan has")
    func isWhole() {
        func changed(_ part: Any, from standard: Any) -> [String] {
            zip(Mirror(reflecting: part).children, Mirror(reflecting: standard).children)
                .filter { String(describing: $0.value) == String(describing: $1.value) }.compactMap(\.0.label)
        }
        // What the round trip above does not change it does not prove; these two are the worker's own to set.
        #expect(changed(plan.server as Any, from: ServerPlan() as Any).isEmpty)
        if let server = plan.server, let client = plan.client {
            #expect(changed(server, from: ServerPlan()) == ["allowsUnsafe"])
            #expect(changed(client, from: ClientPlan()).isEmpty)
        }
        // Thresholds are written for readers: a run is judged where it was made.
        #expect(changed(plan, from: Plan(server: nil, client: nil)) == ["thresholds", "isInWorker"])
    }

    @Test("that cannot be is refused by the name of what is wrong", arguments: [
        (#"{"server":{"loops":-1}}"#, "server.loops"), (#"{"client":{"connections":1.5}}"#, "client.connections"),
        (#"{"client":{"cache_scope":"mine"}}"#, "client.cache_scope"), (#"{"server":{"write_policy":1}}"#, "server.write_policy"),
        (#"{"interval":-1}"#, "interval"), (#"{"client":{"path":["/",1]}}"#, "client.path"), (#"{"server":{"listen":"nowhere"}}"#, "server.listen"),
        (#"{"phases":[{"name":"a","duration":1}]}"#, "phases"), (#"{"phases":[{"name":"a","duration":1,"rate":1,"arrivals":"x"}]}"#, "phases"),
        (#"{"events":[{"at":1,"do":"connections"}]}"#, "events"), (#"{"events":{}}"#, "events"),
        ("[]", "plan"), (#"{"client":{"early_close":2}}"#, "client.early_close"), (#"{"client":{"reconnect":"sometimes"}}"#, "client.reconnect"),
    ])
    func refusals(text: String, name: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: PlanError(name: name)) { try Plan(json: json) }
    }
}
