import Load
import Measurements
import Testing
import Workload

/// Every row of the tables, at both ends of what it may be and beyond them.
@Suite("An option") struct SettingTests {
    @Test("of the server means the same as flag, as key and in JSON, at both ends of its range", arguments: ServerPlan.settings.map(\.name))
    func server(name: String) throws {
        try check(name, ServerPlan.self, part: "server") { Plan(server: $0, client: nil) } of: { $0.server }
    }

    @Test("of the clients means the same as flag, as key and in JSON, at both ends of its range", arguments: ClientPlan.settings.map(\.name))
    func client(name: String) throws {
        try check(name, ClientPlan.self, part: "client") { Plan(server: nil, client: $0) } of: { $0.client }
    }

    @Test("of the whole run means the same as flag, as key and in JSON, at both ends of its range", arguments: (Plan.courseSettings + Plan.partSettings + Plan.endSettings).map(\.name))
    func whole(name: String) throws { try check(name, Plan.self, part: nil) { $0 } of: { $0 } }

    /// A property that no row sets would be lost on its way to a worker process.
    @Test("is there for every property of a plan, but for parts and for what only the worker decides")
    func isWhole() throws {
        #expect(try unsaid(ServerPlan.self) == [])
        #expect(try unsaid(ClientPlan.self) == [])
        #expect(try unsaid(Plan.self) == ["server", "watch", "client", "events", "thresholds", "isInWorker"])
    }

    /// The properties that no flag or key changes, by the samples of all rows.
    private func unsaid<Part: SettingPart>(_ type: Part.Type) throws -> [String] {
        func properties(_ part: Any, _ prefix: String = "") -> [(name: String, value: String)] {
            Mirror(reflecting: part).children.flatMap { child in
                let name = prefix + (child.label ?? "")
                return child.value is ClientTLSPlan ? properties(child.value, name + ".") : [(name, String(describing: child.value))]
            }
        }
        let standard = properties(Part())
        var said: Set<String> = []
        for row in Part.settings {
            for text in Samples(row.type, name: row.name)?.right ?? [] {
                var part = Part()
                try row.read([text], into: &part)
                said.formUnion(zip(properties(part), standard).filter { $0.value != $1.value }.map(\.0.name))
            }
        }
        return standard.map(\.name).filter { !said.contains($0) }
    }

    /// - Parameters:
    ///   - part: the key that the options stand under; nil: none.
    ///   - plan: a plan with this part.
    private func check<Part: SettingPart & Equatable>(
        _ name: String, _ type: Part.Type, part key: String?, _ plan: (Part) -> Plan, of part: (Plan) -> Part?
    ) throws {
        for row in Part.settings where row.name == name {
            let samples = try #require(Samples(row.type, name: name), "\(name) has no samples")
            var changes = row.places.isDisjoint(with: .flag)
            for text in samples.right {
                var said = Part()
                if row.places.contains(.flag) { try row.read([text], into: &said) }
                changes = changes || said != Part()
                if row.places.isSuperset(of: [.flag, .plan]) {
                    let copy = try Plan(json: JSON(parsing: Array(plan(said).json.text.utf8)))
                    #expect(part(copy) == said, "\(name) \(text): \(plan(said).json.text)")
                }
                if row.places.isSuperset(of: [.flag, .key]) {
                    let read = try Scenario(parsing: scenario(key, name, text), file: "s.yaml").plan
                    let isSame = part(read).map { part in row.json(of: part) == row.json(of: said) }
                    #expect(isSame == true, "\(name) \(text)")
                }
            }
            #expect(changes, "\(name) changes nothing")
            for wrong in samples.wrong {
                var words: Set<String> = []
                if row.places.contains(.flag) { words.insert(refusal { var part = Part(); try row.read([wrong.text], into: &part) }) }
                if row.places.contains(.plan) {
                    let member = JSON.object([.init(name, wrong.json)])
                    words.insert(refusal { _ = try Plan(json: key.map { .object([.init($0, member)]) } ?? member) })
                }
                if row.places.contains(.key) {
                    do throws(ScenarioError) {
                        _ = try Scenario(parsing: scenario(key, name, wrong.text), file: "s.yaml")
                        words.insert("the scenario was read")
                    } catch {
                        words.formUnion(error.issues.map(\.text))
                    }
                }
                #expect(words.count == 1 && words.first?.hasPrefix("\"\(wrong.text)\" ") == true, "\(name) \(wrong): \(words)")
            }
        }
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "it was read"
        } catch let error as SettingError { return error.words } catch { return "\(error)" }
    }

    private func scenario(_ part: String?, _ name: String, _ text: String) -> String {
        let value = text == "true" || text == "false" ? text : JSON.string(text).text
        let head = "version: 1\nphases: [{ duration: 1s, load: closed }]\n"
        // Some options need another beside them.
        let partner = [
            "cert": "key: b.pem", "key": "cert: a.pem", "client_key": "client_cert: a.pem", "client_password_file": "client_cert: a.pem",
            "proxy_user_file": "proxy: 'http://a.test:1'", "client_ca": "tls: true",
        ][name].map { ", " + $0 } ?? ""
        // A way to another server.
        let target = ["proxy", "proxy_user_file", "unix_socket"].contains(name) ? "target: http://a.test:1\n" : ""
        let place = name == "interval" ? "record" : part
        return head + target + (place.map { "\($0): { \(name): \(value)\(partner) }" } ?? "\(name): \(value)") + "\n"
    }
}

/// Texts for a type of value: at both ends of it, and one beyond each.
private struct Samples {
    var right: [String]
    var wrong: [(text: String, json: JSON)] = []

    init?(_ type: ValueType, name: String) {
        switch type {
        case .flag: right = ["true"]
        case .count(let range):
            right = [range.lowerBound, range.upperBound].map(Quantity.count.text)
            add(range.lowerBound == 0 ? -1 : range.lowerBound - 1) { Double($0) } text: { Quantity.count.text($0) }
            if range.upperBound < .max { add(range.upperBound + 1) { Double($0) } text: { Quantity.count.text($0) } }
        case .size(let range):
            right = [range.lowerBound, range.upperBound].map(Quantity.size.text)
            if range.lowerBound > 0 { add(range.lowerBound - 1) { Double($0) } text: { Quantity.size.text($0) } }
            add(range.upperBound + 1) { Double($0) } text: { Quantity.size.text($0) }
        case .time(let range):
            right = [range.lowerBound, range.upperBound].map(\.quantityText)
            if range.lowerBound > .zero { add(range.lowerBound - .nanoseconds(1)) { $0.inSeconds } text: { $0.quantityText } }
            add(range.upperBound + .seconds(1)) { $0.inSeconds } text: { $0.quantityText }
        case .rate(let range):
            right = [range.lowerBound, range.upperBound].map(Quantity.rate.text)
            add(range.lowerBound / 2) { $0 } text: { Quantity.rate.text($0) }
            add(range.upperBound + 1) { $0 } text: { Quantity.rate.text($0) }
        case .share(let range):
            right = [range.lowerBound, range.upperBound].map(Quantity.share.text)
            add(range.upperBound * 1.01) { $0 } text: { Quantity.share.text($0) }
        case .choice(let words):
            right = words
            wrong = [("nonsense", .string("nonsense"))]
        case .file: right = ["a b.pem"]
        default:
            guard let texts = Samples.texts[name] else { return nil }
            right = texts.right
            wrong = texts.wrong.map { ($0, .string($0)) }
        }
    }

    private mutating func add<Value>(_ value: Value, _ number: (Value) -> Double, text: (Value) -> String) {
        wrong.append((text(value), .number(number(value))))
    }

    /// Of values with a form of their own.
    private static let texts: [String: (right: [String], wrong: [String])] = [
        "listen": (["127.0.0.1:0", "[::1]:65535", "unix:/tmp/s"], ["127.0.0.1"]), "socket_mode": (["0", "777"], ["800"]), "proxy": (["http://a.test:1", "http://[::1]:65535"], ["a.test:1"]),
        "tls_listen": (["127.0.0.1:0", "[::1]:65535"], ["127.0.0.1"]),
        "target": (["a.test:1", "[::1]:65535"], []), "connect_to": (["a.test:1", "[::1]:65535"], []),
        "header": (["a: b", "x-empty:"], []), "method": (["GET", "PROPFIND"], []), "data": (["", "{{seq}}"], []),
        "reconnect": (["never", "always", "1 requests", "1000000000 requests", "1ms", "24h", "1.5s"], ["sometimes", "24h1s", "500us"]),
        "circuit_breaker": (["1 failures, 1ms", "1000000 failures, 1h", "5 failures, 1.25s"], ["5", "5 failures"]),
        "share": (["1/1", "4096/4096", "auto", "auto/8"], ["0/8", "9/8", "1/4097", "3", "a/b", "1/2/3"]),
        "start_at": (["2026-12-01T12:00:00Z", "2024-02-29T23:59:59.25Z", "+0s", "+24h"], ["2026-13-01T12:00:00Z", "2023-02-29T00:00:00Z", "noon", "2026-12-01T12:00:00"]),
        "name": (["checkout", "Checkout, slow: ä"], []), "path": (["/", "/a?b={{seq}}"], []), "request_kinds": ([], []), "phase": (["30s:500..20k,poisson", "w=10ms:1"], []), "phases": ([], []),
    ]
}
