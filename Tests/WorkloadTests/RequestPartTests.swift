import Load
import Measurements
import Testing
import Workload

@Suite("A header on the command line")
struct HeaderFieldTests {
    @Test("is a name in lower case and a value without spaces around it", arguments: [
        ("Accept: text/plain", "accept", "text/plain"), ("x-empty:", "x-empty", ""), ("x:a: b \t", "x", "a: b"), ("X-\u{7e}: \u{e9}", "x-~", "\u{e9}"),
    ])
    func readings(text: String, name: String, value: String) throws {
        let field = try HeaderField(parsing: text)
        #expect(field == HeaderField(name: name, value: value))
    }

    @Test("that cannot be sent says why", arguments: [
        ("accept", RequestPartError.Problem.noColon), (":path: /", .pseudoHeader), ("a b: c", .notToken("a b")), ("\u{e9}: x", .notToken("\u{e9}")),
        ("Host: other", .connectionField("host")), ("Transfer-Encoding: chunked", .connectionField("transfer-encoding")),
        ("x: a\r\nb: c", .controlCharacter), ("x: \u{0}", .controlCharacter), ("", .noColon),
    ])
    func refusals(text: String, problem: RequestPartError.Problem) {
        #expect(throws: RequestPartError(text: text, problem: problem)) { try HeaderField(parsing: text) }
    }
}

@Suite("A method or a path on the command line")
struct RequestPartTests {
    @Test("is kept as it is")
    func readings() throws {
        #expect(try RequestPart.method("PATCH") == "PATCH")
        #expect(try RequestPart.path("/bytes/1KiB?x=%20") == "/bytes/1KiB?x=%20")
    }

    @Test("that cannot be sent is refused")
    func refusals() {
        for method in ["", "GE T", "GET\n", "CONNECT"] {
            #expect(throws: RequestPartError.self) { try RequestPart.method(method) }
        }
        for path in ["", "bytes", "/a b", "/a#b", "/\u{e9}", "/a\n"] {
            #expect(throws: RequestPartError(text: path, problem: .notPath)) { try RequestPart.path(path) }
        }
    }
}

@Suite("A listen address")
struct ListenAddressTests {
    @Test("is read as people write it", arguments: [
        ("127.0.0.1:9000", "127.0.0.1", 9000), ("9000", "127.0.0.1", 9000), ("localhost:0", "127.0.0.1", 0), ("[::1]:80", "::1", 80), ("0.0.0.0:65535", "0.0.0.0", 65535),
    ])
    func readings(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test("that is none says why", arguments: [
        (":9000", ListenAddressError.Problem.noHost), ("127.0.0.1", .noPort), ("[::1]", .noPort), ("::1:80", .bareIPv6), ("example.test:80", .notNumeric),
        ("127.0.0.1:", .port("")), ("127.0.0.1:65536", .port("65536")), ("127.0.0.1:-1", .port("-1")), ("", .noPort), ("[x]:1", .notNumeric),
    ])
    func refusals(text: String, problem: ListenAddressError.Problem) {
        #expect(throws: ListenAddressError(text: text, problem: problem)) { try ListenAddress(text) }
    }
}
