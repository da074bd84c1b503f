import Measurements
import Server
import Testing
import TestSupport

@Suite("Over HTTP/1.1 the server", .waiting) struct RouteTests {
    @Test("answers its routes", arguments: [
        ("GET", "/health", 200, "OK\n"), ("GET", "/bytes/0", 200, ""),
        ("GET", "/stream-bytes/0", 200, ""), ("POST", "/status/200", 200, ""),
        ("GET", "/status/404", 404, ""), ("GET", "/status/204", 204, ""), ("GET", "/status/304", 304, ""),
        ("GET", "/status/599", 599, ""), ("DELETE", "/status/201", 201, ""),
    ])
    func routes(method: String, target: String, status: Int, text: String) throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.request(method, target)
            let response = try #require(try peer.response())
            #expect(response.status == status && response.text == text)
            #expect(response.fields["date"]?.hasSuffix(" GMT") == true)
            #expect(try peer.get("/health")?.status == 200)
        }
    }

    @Test("makes predictable bodies", arguments: [
        ("/bytes/5", 200, 5, 0), ("/bytes/3?seed=10", 200, 3, 10), ("/bytes/64KiB?x=y&seed=18446744073709551615", 200, 65_536, UInt64.max),
        ("/stream-bytes/5", 200, 5, 0), ("/stream-bytes/700?chunk_size=3&seed=9", 200, 700, 9),
        ("/drip?numbytes=3&duration=0", 200, 3, 0), ("/drip?numbytes=3&duration=0.01&code=203", 203, 3, 0),
        ("/drip?numbytes=30&duration=0.01&delay=0.01&seed=5", 200, 30, 5),
    ])
    func predictable(target: String, status: Int, count: Int, seed: UInt64) throws {
        try withServer { server in
            let peer = try server.connect()
            let response = try peer.get(target)
            #expect(response?.status == status && response?.body == patternBytes(count, seed: seed))
        }
    }

    @Test("refuses arguments that make no sense with 400, and goes on", arguments: [
        "/bytes/x", "/bytes/-1", "/bytes/67108865", "/bytes/65MiB", "/bytes/9999999999999999999", "/bytes/1?seed=x",
        "/bytes/99999999999999999MiB", "/stream-bytes/17179869185", "/stream-bytes/1?chunk_size=0",
        "/stream-bytes/1?chunk_size=1048577", "/delay/11", "/delay/x", "/delay/-1", "/delay/1e3", "/status/199",
        "/status/600", "/status/x", "/status/200x", "/drip?numbytes=0", "/drip?numbytes=11MiB", "/drip?duration=61",
        "/drip?delay=61", "/drip?code=99", "/drip?duration=x", "/bytes/1?seed=1&seed=2x&seed",
        "/bytes/1?seed=18446744073709551616", "/bytes/1?seed=", "/drip?seed=-1",
    ])
    func badArguments(target: String) throws {
        try withServer { server in
            let peer = try server.connect()
            let status = target == "/bytes/1?seed=1&seed=2x&seed" ? 200 : 400
            #expect(try peer.get(target)?.status == status)
            #expect(try peer.get("/health")?.status == 200)
        }
    }

    @Test("has no other routes", arguments: [
        "/nothing", "/healthy", "/health/x", "/bytes", "/bytes/", "/HEALTH", "//", "/status", "/delay/", "/get/x",
    ])
    func notFound(target: String) throws {
        try withServer { server in
            let peer = try server.connect()
            #expect(try peer.get(target)?.status == 404)
        }
    }

    @Test("says which methods a route takes", arguments: [
        ("POST", "/health", "GET, HEAD, OPTIONS"), ("GET", "/post", "POST, OPTIONS"),
        ("POST", "/put", "PUT, OPTIONS"), ("GET", "/delete", "DELETE, OPTIONS"), ("PATCH", "/anything",
        "GET, HEAD, POST, PUT, DELETE, OPTIONS"), ("PUT", "/bytes/10", "GET, HEAD, OPTIONS"), ("DELETE", "/",
        "GET, HEAD, OPTIONS"),
    ])
    func allow(method: String, target: String, allow: String) throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.request(method, target)
            let refused = try #require(try peer.response())
            #expect(refused.status == 405 && refused.fields["allow"] == allow)
            try peer.request("OPTIONS", target)
            let options = try #require(try peer.response())
            #expect(options.status == 204 && options.fields["allow"] == allow && options.body.isEmpty)
            #expect(options.fields["content-length"] == nil)
        }
    }

    @Test("sends to HEAD what it would to GET, without the body", arguments: [
        "/", "/health", "/get", "/bytes/1000", "/stream-bytes/1000", "/anything/x", "/nothing", "/status/418",
        "/drip?numbytes=9&duration=0", "/delay/0.01",
    ])
    func head(target: String) throws {
        try withServer { server in
            let peer = try server.connect()
            let get = try #require(try peer.get(target))
            try peer.request("HEAD", target)
            let head = try #require(try peer.response(hasBody: false))
            #expect(head.status == get.status)
            for name in ["content-type", "transfer-encoding", "allow"] {
                #expect(head.fields[name] == get.fields[name])
            }
            if !target.hasPrefix("/get") && !target.hasPrefix("/any") && !target.hasPrefix("/delay") {
                #expect(head.fields["content-length"] == get.fields["content-length"])
            }
            #expect(try peer.get("/health")?.status == 200)
        }
    }

    @Test("echoes the request as JSON")
    func echo() throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.request(
                "POST", "/anything/a?x=1&y=%22q%22&x=2", fields: "X-Two: a\r\nx-two: b\r\nContent-Length: 3\r\n", body: "a\"\n")
            let response = try #require(try peer.response())
            #expect(response.fields["content-type"] == "application/json")
            for part in [
                "\"method\": \"POST\"", "\"data\": \"a\\\"\\n\"", "\"origin\": \"127.0.0.1\"", "\"y\": \"\\\"q\\\"\"",
                "\"X-Two\": \"a, b\"", "\"url\": \"http://test/anything/a?x=1&y=%22q%22&x=2\"",
            ] {
                #expect(response.text.contains(part), "\(part) in \(response.text)")
            }
        }
    }

    @Test("answers OPTIONS * and an absolute target")
    func formsOfTarget() throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.request("OPTIONS", "*")
            #expect(try peer.response()?.status == 204)
            #expect(try peer.get("http://test/bytes/4")?.body == patternBytes(4))
        }
    }

    @Test("gives large bodies byte for byte", arguments: ["/bytes/", "/stream-bytes/"])
    func large(route: String) throws {
        try withServer { server in
            let peer = try server.connect()
            #expect(try peer.get("\(route)5000001?seed=77")?.body == patternBytes(5_000_001, seed: 77))
        }
    }

    @Test("answers after the delay that was asked for")
    func delay() throws {
        try withServer { server in
            let peer = try server.connect()
            let start = monotonicSeconds()
            #expect(try peer.get("/delay/0.1")?.status == 200)
            #expect(monotonicSeconds() - start >= 0.1)
        }
    }
}
