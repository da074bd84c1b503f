import Foundation
import Load
import Measurements
import Recording
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
        server.speaksTLS = true
        server.tlsAddress = ListenAddress(host: "127.0.0.1", port: 8_443)
        server.certificateFile = "a.pem"
        server.keyFile = "b.pem"
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
        client.options.usesAllAddresses = true
        client.paths = ["/a", "/b?c=d"]
        client.method = "POST"
        client.headers = [.init(name: "x-a", value: "b: c"), .init(name: "x-empty", value: "")]
        client.body = Array("bödy\u{0}\n".utf8)
        client.checksBodies = true
        client.slowReaders = 5
        client.options.earlyCloseShare = 0.25
        client.options.halfCloses = true
        client.connections = 501
        client.streams = 7
        client.loops = 4
        client.rate = 1_234.5
        client.options.catchUp = .skip
        client.requests = 10_000
        client.cacheScope = .unguarded
        client.reconnect = .requests(1_000)
        client.retries = 3
        client.retryBudget = 0.5
        client.circuitBreaker = BreakerPolicy(failures: 5, pause: .milliseconds(1_250))
        client.options.connectTimeout = .milliseconds(1_500)
        client.options.requestTimeout = .milliseconds(1_600)
        client.windowByteCount = 70_000
        var plan = Plan(server: server, client: client, duration: .milliseconds(1_001))
        plan.interval = .milliseconds(333)
        plan.drainTime = .milliseconds(2_500)
        plan.isIsolated = true
        plan.name = "Checkout, slow"
        plan.seed = 7
        plan.startTime = .at(unixNanoseconds: 1_700_000_000_250_000_000)
        plan.share = .part(RunShare(2, of: 8))
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
        #expect((plan.json["server"] == nil) == (plan.server == nil) && (plan.json["client"] == nil) == (plan.client == nil))
    }

    @Test("that cannot be is refused by the name of what is wrong, and what would be right", arguments: [
        (#"{"server":{"loops":-1}}"#, #"server.loops: "-1" is too small; write 1 to 256"#),
        (#"{"client":{"connections":1.5}}"#, #"client.connections: "1.5" is not a whole number; write 500, 20k or 1.5M"#),
        (#"{"client":{"connections":true}}"#, "client.connections: true is not a number; write 500, 20k or 1.5M"),
        (#"{"client":{"cache_scope":"mine"}}"#, #"client.cache_scope: "mine" is not one of client, shared, off, loop, unguarded"#),
        (#"{"server":{"write_policy":1}}"#, "server.write_policy: 1 is not a choice; write lease, copy, reset-early"),
        (#"{"interval":-1}"#, #"interval: "-1" is too small; write 10ms to 1h"#),
        (#"{"client":{"path":["/",1]}}"#, "client.path.1: 1 is not a text; write '/bytes/1KiB'"),
        (#"{"server":{"listen":"nowhere"}}"#, #"server.listen: "nowhere" has no port; write 127.0.0.1:9000 or [::1]:9000"#),
        (#"{"phases":[{"name":"a","duration":1}]}"#, "phases.0: the phase has no load; write 'rate: 500', 'load: closed' or 'pause: true'"),
        (#"{"phases":[{"name":"a","duration":1,"rate":1,"arrivals":"x"}]}"#, #"phases.0.arrivals: "x" is not one of constant, poisson"#),
        (#"{"events":[{"at":1,"do":"connections"}]}"#, "events.0: the number of connections is missing; write 'count: 100'"),
        (#"{"events":{}}"#, "events: {} is not a list"), ("[]", "[] is not an object"),
        (#"{"client":{"early_close":2}}"#, #"client.early_close: "200%" is too large; write 0% to 100%"#),
        (#"{"client":{"reconnect":"sometimes"}}"#,
         #"client.reconnect: "sometimes" is not a time to reconnect; write never, always, '1000 requests' or 30s"#),
        (#"{"client":{"request_kinds":[]}}"#, "client.request_kinds: an empty list has no requests"),
    ])
    func refusals(text: String, words: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        do throws(SettingError) {
            _ = try Plan(json: json)
            Issue.record("it was read")
        } catch {
            #expect(error.description == words)
        }
    }
}

/// Recordings of version 0.1.0, from before options stood in a table.
@Suite("A recording of before") struct FormerRecordingTests {
    private func plan(_ name: String) throws -> Plan {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try Plan(json: RecordingReader(path: folder.appending(path: name + ".jsonl").path).header.plan)
    }

    @Test("of a plain run has the plan that was run")
    func plain() throws {
        var server = ServerPlan()
        server.port = 35_345
        server.connectionLimit = 10_000
        var client = ClientPlan()
        client.port = 35_345
        client.paths = ["/bytes/1KiB"]
        client.connections = 2
        client.requests = 20
        #expect(try plan("plain") == Plan(server: server, client: client))
    }

    @Test("of an isolated run has its policies, its header and its body")
    func isolated() throws {
        let plan = try plan("isolated")
        let client = try #require(plan.client)
        #expect(plan.isIsolated && plan.seed == 5 && plan.drainTime == .seconds(1) && plan.interval == .milliseconds(100))
        #expect(client.rate == 100 && client.reconnect == .after(.seconds(5)) && client.circuitBreaker == BreakerPolicy(failures: 5, pause: .seconds(10)))
        #expect(client.retries == 2 && client.options.earlyCloseShare == 0.05)
        var kind = RequestKind("/post")
        kind.method = "POST"
        kind.headers = [.init(name: "x-a", value: "b")]
        kind.body = .text("x={{seq}}")
        #expect(client.kinds == [kind])
    }

    @Test("with TLS speaks it")
    func secure() throws {
        let plan = try plan("tls")
        #expect(plan.server?.tls == ServerTLSPlan(host: "127.0.0.1", port: 41_963) && plan.clientsUseTLS && plan.client?.http == .http2)
        #expect(plan.client?.windowByteCount == 65_536)
    }

    @Test("of phases has them in their order")
    func phases() throws {
        let phases = try plan("phases").phases
        #expect(phases.map(\.name) == ["warm", "phase-2", "phase-3", "phase-4"] && phases.map(\.isWarmup) == [true, false, false, false])
        #expect(phases.map(\.load) == [
            .open(OpenLoad(rate: 50)), .open(OpenLoad(rate: 50, endRate: 200, stepCount: 4, arrivals: .poisson)), .closed, .pause,
        ])
        #expect(phases.map(\.connections) == [nil, 3, nil, nil] && phases.map(\.streams) == [nil, nil, 2, nil])
        #expect(phases.allSatisfy { $0.duration == .milliseconds(100) })
    }

    @Test("of a scenario has its events, its requests and what was expected of them")
    func scenario() throws {
        let plan = try plan("scenario")
        #expect(plan.events == [
            .init(time: .milliseconds(10), action: .slowReader(.milliseconds(1_250))), .init(time: .milliseconds(200), action: .writePolicy(.copy)),
            .init(time: .milliseconds(300), action: .connections(5)), .init(time: .milliseconds(350), action: .dropConnections(1)),
            .init(time: .milliseconds(550), action: .drainServer),
        ])
        let kinds = try #require(plan.client).kinds
        #expect(kinds.map(\.method) == ["GET", "POST", "PUT", "PROPFIND"] && kinds.map(\.weight) == [3, 1, 1, 1])
        #expect(kinds.map(\.body) == [.none, .text("a={{random.int 1 5}}"), .size(1_024), .none])
        var expectation = ExpectedAnswer()
        expectation.statuses = [200...200, 404...404, 500...599]
        expectation.headers = [.init(name: "x-b", value: "c")]
        expectation.bodyByteCount = 64
        expectation.bodyChecksum = 0xCBF4_3926
        #expect(kinds[0].expectation == expectation && kinds[0].headers.map(\.value) == ["b: c", ""])
        #expect(plan.server?.audits == true && plan.server?.connectionLimit == 77 && plan.client?.cacheScope == .loop)
    }

    @Test("without a server or clients is a plan without them")
    func halves() throws {
        #expect(try plan("load").server == nil && plan("load").client?.requests == 1)
        #expect(try plan("serve").client == nil && plan("serve").duration == .milliseconds(200))
    }
}
