import Load
import Measurements
import Testing
import Workload

@Suite("Servers of a plan's requests") struct OriginTests {
    private func clients(_ list: String) throws -> ClientPlan { try TargetList.clients(list, file: "urls") }

    @Test("are those of a list, each with its requests and its part of the number of all")
    func list() throws {
        var clients = try clients("http://a:1/x 2\nhttps://b/y\nPOST http://a:1/z\nhttps://b/y 2\n")
        clients.requests = 11
        #expect(clients.origins.map(\.text) == ["http://a:1", "https://b"])
        let parts = clients.byOrigin
        #expect(parts.map { $0.clients.kinds.map(\.title) } == [["GET http://a:1/x", "POST http://a:1/z"], ["GET https://b/y"]])
        #expect(parts.map { $0.clients.requests } == [5, 6] && parts.map(\.part.weights) == [[3, 3], [3, 3]])
        #expect(parts.map { $0.clients.origin } == clients.origins)
    }

    @Test("are kept by a plan's JSON, which a worker and a merge read")
    func json() throws {
        var plan = Plan(server: nil, client: try clients("http://[fe80::1%25lo]:8/x\nhttps://b/y 3\n"))
        plan.settle()
        let read = try Plan(json: plan.json)
        #expect(read.client == plan.client && read.client?.origins.count == 2)
    }

    @Test("leave a plan of one server as it was")
    func one() throws {
        let clients = try clients("http://a:1/x\nhttp://a:1/y\n")
        #expect(clients.kinds.map(\.origin) == [nil, nil] && clients.byOrigin.count == 1 && clients.byOrigin[0].part.isWhole)
        #expect(clients.byOrigin[0].clients == clients)
    }

    private func scenario(_ requests: String, _ rest: String = "") throws -> Plan {
        try Scenario(parsing: "version: 1\n\(rest)requests: [\(requests)]\nphases: [{ duration: 1s, rate: 5 }]\n", file: "s.yaml").plan
    }

    @Test("are the whole URLs of a scenario's requests, and its target for the others")
    func scenarios() throws {
        let several = try scenario("{ get: 'http://a:1/x' }, { post: 'https://b/y', weight: 3 }")
        #expect(several.server == nil && several.client?.origins.map(\.text) == ["http://a:1", "https://b"])
        let beside = try scenario("{ get: /x }, { get: 'https://b/y' }", "target: http://a:1\n")
        #expect(beside.client?.kinds.map(\.title) == ["GET http://a:1/x", "GET https://b/y"])
        let one = try scenario("{ get: 'http://a:1/x' }, { get: 'http://a:1/y' }")
        #expect(one.client?.kinds.map(\.title) == ["GET /x", "GET /y"] && one.client?.origin.text == "http://a:1")
    }

    @Test("that cannot be are refused in words", arguments: [
        ("{ get: 'http://a:1/x' }, { get: /y }", "", "the request 'GET /y' has no server, and others have whole URLs; write its URL, or 'target'"),
        ("{ get: 'http://a:1/x' }", "server: { loops: 1 }\n", "'server' is the embedded one, and requests with whole URLs go to others"),
        ("{ get: 'http://a:x/' }", "", "\"x\" is not a port"),
        ("{ get: 'http://a:1/x' }, { get: 'http://b:1/x' }", "client: { connections: 1 }\n", "'connections' is 1, fewer than the 2 servers of the requests; write 2 or more"),
    ])
    func refusals(requests: String, rest: String, words: String) {
        do {
            _ = try scenario(requests, rest)
            Issue.record("it was read")
        } catch { #expect("\(error)".contains(words), "\(error)") }
    }
}
