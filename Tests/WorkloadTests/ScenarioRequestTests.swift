import Load
import Measurements
import Reports
import Testing
import Workload

@Suite("The requests of a scenario")
struct ScenarioRequestTests {
    private func scenario(_ requests: String..., thresholds: String = "[]") throws(ScenarioError) -> Scenario {
        let list = requests.map { "  - \($0)\n" }.joined()
        return try Scenario(
            parsing: "version: 1\nrequests:\n\(list)phases: [{ duration: 1s, rate: 1 }]\nthresholds: \(thresholds)\n", file: "s.yaml"
        ) { (path) throws(BodyFileError) in
            if path == "none" { throw BodyFileError("none: there is no such file") }
            return "folder/\(path)"
        }
    }

    private func issues(_ requests: String...) -> [String] {
        do throws(ScenarioError) {
            _ = try scenario(requests.joined(separator: "\n  - "))
            return []
        } catch {
            return error.description.split(separator: "\n").filter { $0.hasPrefix("s.yaml:") }.map(String.init)
        }
    }

    @Test("become kinds with all that they say")
    func areRead() throws {
        let kinds = try #require(try scenario(
            "{ name: small, get: /bytes/64, weight: 9 }",
            "{ post: '/post?n={{seq}}', headers: { Content-Type: application/json, x-id: '{{random.uuid}}' }, body: '{\"id\":{{seq}}}', expect: { status: [200, 3xx], headers: { Server: a b }, body_length: 1KiB, body_crc32: 00c0FFEE } }",
            "{ method: PROPFIND, path: /p, body_file: some.xml }", "{ put: /put, body_size: 64KiB }", "{ head: /h, expect: { status: 2xx } }",
            "{ delete: /d }", "{ patch: /p }", "{ options: /o }"
        ).plan.client?.kinds)
        #expect(kinds.map(\.method) == ["GET", "POST", "PROPFIND", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"])
        #expect(kinds[0].name == "small" && kinds[0].weight == 9 && kinds[0].expectation == nil)
        #expect(kinds[1].headers == [HeaderField(name: "content-type", value: "application/json"), HeaderField(name: "x-id", value: "{{random.uuid}}")])
        #expect(kinds[1].body == .text(#"{"id":{{seq}}}"#))
        var expected = ExpectedAnswer()
        expected.statuses = [200...200, 300...399]
        expected.headers = [HeaderField(name: "server", value: "a b")]
        expected.bodyByteCount = 1_024
        expected.bodyChecksum = 0x00C0_FFEE
        #expect(kinds[1].expectation == expected)
        #expect(kinds[2].body == .file("folder/some.xml"))
        #expect(kinds[3].body == .size(65_536))
    }

    @Test("survive the way to a worker process, every word of them")
    func roundTrip() throws {
        let plan = try scenario(
            "{ name: a, weight: 3, post: /x, headers: { b: 'c: d' }, body: '{{seq}}', expect: { status: [2xx, 404], headers: { e: f }, body_length: 0B, body_crc32: 0000000f } }",
            "{ put: /y, body_file: z }", "{ put: /y, body_size: 1B }", "{ get: / }"
        ).plan
        let copy = try Plan(json: JSON(parsing: Array(plan.json.text.utf8)))
        #expect(copy.client == plan.client)
        #expect(throws: SettingError("client.request_kinds.0.path", "is missing")) {
            try Plan(json: JSON(parsing: Array(#"{"client":{"request_kinds":[{"method":"GET"}]}}"#.utf8)))
        }
    }

    @Test("that expect something bring a threshold along, unless there is one")
    func impliedThreshold() throws {
        #expect(try scenario("{ get: / }").plan.thresholds.isEmpty)
        #expect(try scenario("{ get: /, expect: {} }").plan.thresholds.isEmpty)
        #expect(try scenario("{ get: /, expect: { status: 200 } }").plan.thresholds.map(\.title) == ["all: client.responses.unexpected == 0 (from expect)"])
        let own = try scenario("{ get: /, expect: { status: 200 } }", thresholds: "[client.responses.unexpected_status < 10]")
        #expect(own.plan.thresholds.map(\.text) == ["client.responses.unexpected_status < 10"])
    }

    @Test("that are wrong are told where and how", arguments: [
        ("{ gett: / }", "s.yaml:3:7: unknown key 'gett'; did you mean 'get'?"),
        ("{ weight: 2 }", "s.yaml:3:5: the path is missing; write 'get: /path', or 'method: PROPFIND' and 'path: /path'"),
        ("{ get: /a, post: /b }", "s.yaml:3:22: 'get' says the path already; begin another request with '- '"),
        ("{ get: /a, method: PUT }", "s.yaml:3:24: 'get' says the method already; leave out 'method', or write 'path'"),
        ("{ method: CONNECT, path: / }", "s.yaml:3:15: CONNECT opens a tunnel, which this client cannot use; write another method"),
        ("{ get: '/{{seq}}{{random.uid}}' }", "s.yaml:3:12: unknown template '{{random.uid}}'; did you mean '{{random.uuid}}'?"),
        ("{ get: '/{{random.choice a é}}' }", "s.yaml:3:12: \"/{{random.choice a é}}\" is not a path; write /bytes/1KiB or /get?x=1"),
        ("{ post: /, body: '{{random.hex}}' }", "s.yaml:3:22: write {{random.hex 16}}, at most 1024"),
        ("{ post: /, body: a, body_size: 1KiB }", "s.yaml:3:36: 'body' says the body already; leave out one of them"),
        ("{ post: /, body_size: 1GiB }", "s.yaml:3:27: \"1GiB\" is too large; write 0B to 64MiB"),
        ("{ post: /, body_file: none }", "s.yaml:3:27: none: there is no such file"),
        ("{ get: /, headers: { host: a } }", "s.yaml:3:26: \"host\" is set by the connection itself; leave it out"),
        ("{ get: /, headers: { a: '{{' } }", "s.yaml:3:29: '{{' without '}}'; two braces themselves are {{\"{{\"}}"),
        ("{ get: /, headers: [a] }", "s.yaml:3:24: a list is not a mapping; write { accept: text/plain }"),
        ("{ get: /, expect: { status: 99 } }", "s.yaml:3:33: \"99\" is not a status; write 200, 2xx or [200, 404]"),
        ("{ get: /, expect: { statu: 200 } }", "s.yaml:3:25: unknown key 'statu'; did you mean 'status'?"),
        ("{ get: /, expect: { body_crc32: 1234567 } }", "s.yaml:3:37: \"1234567\" is not a CRC-32; write its eight digits, such as cbf43926"),
        ("{ get: /, expect: { body_length: 7 } }", "s.yaml:3:38: \"7\" has no unit; write 512B, 64KiB or 1MB"),
        ("{ head: /, expect: { body_length: 7B } }", "s.yaml:3:5: the answer to HEAD has no body; leave out 'body_length' and 'body_crc32'"),
    ])
    func areWrong(request: String, message: String) {
        #expect(issues(request) == [message])
    }

    @Test("are told all at once")
    func allAtOnce() {
        #expect(issues("{ get: a }", "{ pot: / }", "{ get: /, body: '{{x}}' }").count == 3)
    }
}
