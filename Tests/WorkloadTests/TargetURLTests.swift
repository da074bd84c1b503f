import Load
import Testing
import Workload

@Suite("A target URL")
struct TargetURLTests {
    @Test("is taken apart", arguments: [
        ("http://127.0.0.1:8080/bytes/64?x=1#part", "127.0.0.1", 8080, "/bytes/64?x=1"),
        ("HTTP://example.test", "example.test", 80, "/"), ("http://host?q=a:b@c", "host", 80, "/?q=a:b@c"),
        ("http://[::1]:9000/a", "::1", 9000, "/a"), ("http://[fe80::1]", "fe80::1", 80, "/"),
        ("https://host/x", "host", 443, "/x"), ("https://host:8443", "host", 8443, "/"),
        ("http://host:65535//a/../b", "host", 65535, "//a/../b"),
    ])
    func parts(text: String, host: String, port: Int, target: String) throws {
        let url = try TargetURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
    }

    @Test("that cannot be asked says why", arguments: [
        ("127.0.0.1:8080", TargetURLError.Problem.noScheme), ("ftp://host/", .otherScheme("ftp")),
        ("http://", .host), ("http:///path", .host), ("http://:80/", .host), ("http://a b/", .characters), ("http://h/\u{e9}", .characters), ("http://b\u{fc}cher.example/", .hostBeyondASCII("b\u{fc}cher.example")),
        ("http://me:pw@host/", .userInformation), ("http://::1/", .bareIPv6), ("http://[::1/", .host), ("http://[::1]x/", .host),
        ("http://[name]/", .host), ("http://host:0/", .port("0")), ("http://host:65536/", .port("65536")), ("http://host:/", .port("")),
        ("http://host:-1/", .port("-1")), ("http://ho%st/", .host), ("", .noScheme),
    ])
    func refusals(text: String, problem: TargetURLError.Problem) {
        #expect(throws: TargetURLError(text: text, problem: problem)) { try TargetURL(text) }
    }

    @Test("of another server makes each request name its own")
    func severalServers() throws {
        let one = try ClientPlan(targets: ["http://h:1/a", "http://h:1/b"])
        #expect(one.kinds.map(\.title) == ["GET /a", "GET /b"] && one.origins == [Origin(isSecure: false, host: "h", port: 1)])
        let two = try ClientPlan(targets: ["http://h:1/a", "https://h/b", "http://h:1/c"])
        #expect(two.kinds.map(\.title) == ["GET http://h:1/a", "GET https://h/b", "GET http://h:1/c"])
        #expect(two.origins.map(\.text) == ["http://h:1", "https://h"] && two.origin == two.origins[0])
    }

    @Test("of IPv6 gets its brackets back")
    func brackets() throws {
        #expect(try TargetURL("http://[::1]:8/").authority == "[::1]:8")
    }

    @Test("shows no password, whatever is wrong with it", arguments: [
        "http://me:secret@host/", "ftp://me:secret@host/", "me:secret@host", "http://me:secret@host:0/", "http://me:secret@h\u{e9}/",
    ])
    func password(text: String) {
        do {
            _ = try TargetURL(text)
            Issue.record("\(text) is a URL")
        } catch {
            #expect(!error.description.contains("secret"), "\(error.description)")
        }
    }
}
