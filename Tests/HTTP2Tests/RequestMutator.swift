import Memory

/// Makes requests with something wrong with them from good ones, and from one with a pseudo-field in its trailers. The same for the same seed.
struct RequestMutator {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private mutating func one<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// The next request: good, or with up to three things changed.
    mutating func next() -> RequestScript {
        var script = one(RequestMutator.seeds)
        script.usesTable = below(3) == 0
        script.isAnsweredEarly = below(4) == 0
        for _ in 0..<below(4) { change(&script) }
        return script
    }

    /// Changes one thing.
    mutating func change(_ script: inout RequestScript) {
        switch below(10) {
        case 0...2: mutateFrames(&script)
        case 3, 4: declareLength(&script)
        case 5: mutateTrailers(&script)
        default: mutate(&script.head)
        }
    }

    /// The next value of a `priority` field: good, or with up to three bytes changed.
    mutating func nextPriority() -> String {
        var text = Array(one(RequestMutator.priorities).utf8)
        for _ in 0..<below(4) {
            let byte = one(Array("0179ui*=,;:?()\"\\.- \tabZ/+_".utf8))
            let place = below(text.count + 1)
            switch below(3) {
            case 0 where place < text.count: text[place] = byte
            case 1 where place < text.count: text.remove(at: place)
            default: text.insert(byte, at: place)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let priorities = [
        "u=0", "u=1", "u=2", "u=3", "u=4", "u=5", "u=6", "u=7", "i", "u=1, i", "i=?0", "i=?1,u=5", "u=2;a=1, i;b", "u=-0", "u=07",
        "u=123456789012345", "u=1.5", "u=6, x=\"a\\\"b\"", "u=4, y=:aGk=:, z=(1 2.5 tok;p=1 \"s\");q=?1", "u=0 , \t i", "*a=b/c:d",
        "u=5, a_-.*=*t, b=123456789012.123", "abc, u=6", "u=1, u=2", "",
    ]

    private mutating func mutateFrames(_ script: inout RequestScript) {
        switch below(5) {
        case 0: script.body.append(one([0, 1, 5, 300]))
        case 1: script.body = Array(script.body.dropLast())
        case 2: script.ends.toggle()
        case 3: script.padding = UInt8(below(20))
        default: script.continuation = below(80)
        }
    }

    /// A length that the body has, or nearly has.
    private mutating func declareLength(_ script: inout RequestScript) {
        let count = script.body.reduce(0, +)
        let text = below(3) > 0
            ? one(["\(count)", "0\(count)", "\(count + 1)", "\(max(0, count - 1))", "\(count / 2)"])
            : one([
                "+\(count)", "\(count),\(count)", "", " \(count)", "9223372036854775807", "9223372036854775808",
                "18446744073709551616", "-1", "1a", "\u{1}",
            ])
        if below(2) == 0 { script.head.removeAll { $0.name == Array("content-length".utf8) } }
        insert(RequestScript.Field("content-length", text), into: &script.head)
    }

    private mutating func mutateTrailers(_ script: inout RequestScript) {
        var trailers = script.trailers ?? [RequestScript.Field("x-sum", "1")]
        switch below(4) {
        case 0: script.trailers = nil
        case 1:
            insert(RequestScript.Field("content-length", "\(script.body.reduce(0, +) + one([0, 0, 1]))"), into: &trailers)
            script.trailers = trailers
        default:
            mutate(&trailers)
            script.trailers = trailers
        }
    }

    private mutating func insert(_ field: RequestScript.Field, into fields: inout [RequestScript.Field]) {
        fields.insert(field, at: below(fields.count + 1))
    }

    private mutating func mutate(_ fields: inout [RequestScript.Field]) {
        guard !fields.isEmpty else { return }
        let place = below(fields.count)
        switch below(13) {
        case 0: fields.swapAt(place, below(fields.count))
        case 1: insert(fields[place], into: &fields)
        case 2: fields.remove(at: place)
        case 3, 4, 5: insert(one(RequestMutator.strange), into: &fields)
        case 6: fields[place].value = one(RequestMutator.strange).value
        case 7: fields.append(fields.remove(at: place))
        case 8: mutate(&fields[place].name)
        case 9: mutate(&fields[place].value)
        case 10: fields[place].value = one([[0x20], [0x09], []]) + fields[place].value + one([[0x20], [0x09], []])
        case 11: fields[place].value = []
        default: insert(RequestScript.Field(String("accept-encoding-of-others".prefix(below(25))), "a"), into: &fields)
        }
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let byte = one([0, 1, 9, 10, 13, 31, 32, 34, 40, 47, 58, 65, 90, 91, 95, 96, 123, 126, 127, 128, 255, UInt8(below(256))])
        let place = below(bytes.count + 1)
        if place == bytes.count || below(2) == 0 {
            bytes.insert(byte, at: place)
        } else if below(3) == 0 {
            bytes.remove(at: place)
        } else if below(2) == 0 {
            bytes[place] = byte
        } else {
            bytes[place] ^= 0x20
        }
    }

    private static let get = [
        RequestScript.Field(":method", "GET"), RequestScript.Field(":scheme", "http"),
        RequestScript.Field(":path", "/a?b=c"), RequestScript.Field(":authority", "127.0.0.1:8080"),
    ]

    private static let post: [RequestScript.Field] = [
        RequestScript.Field(":method", "POST"), RequestScript.Field(":authority", "example.org"),
        RequestScript.Field(":scheme", "https"), RequestScript.Field(":path", "/"),
    ]

    private static let seeds: [RequestScript] = {
        var all = [
            RequestScript(get), RequestScript(get + [RequestScript.Field("accept", "*/*"), RequestScript.Field("user-agent", "a test/1.0")]),
            RequestScript([
                RequestScript.Field(":method", "HEAD"), RequestScript.Field(":path", "/index.html"),
                RequestScript.Field(":scheme", "https"), RequestScript.Field("host", "example.org"),
            ]),
            RequestScript([
                RequestScript.Field(":method", "OPTIONS"), RequestScript.Field(":scheme", "http"),
                RequestScript.Field(":path", "*"), RequestScript.Field(":authority", "[::1]:80"),
            ]),
            RequestScript([RequestScript.Field(":method", "CONNECT"), RequestScript.Field(":authority", "example.org:443")]),
            RequestScript([
                RequestScript.Field(":method", "GET"), RequestScript.Field(":scheme", "ftp"),
                RequestScript.Field(":path", "a"), RequestScript.Field("host", "h"),
            ]),
            RequestScript(get + [RequestScript.Field("priority", "u=1, i"), RequestScript.Field("te", "trailers")]),
            RequestScript(get + [RequestScript.Field("content-length", "0")]),
        ]
        for body in [[5], [5, 6], [0, 11, 0], [300]] {
            var script = RequestScript(post)
            script.body = body
            all.append(script)
            script.head.append(RequestScript.Field("content-length", "\(body.reduce(0, +))"))
            all.append(script)
            script.trailers = [RequestScript.Field("x-sum", "1")]
            all.append(script)
        }
        // Only such a request has neither a field nor a pseudo-field that this one could be behind.
        var tunnel = RequestScript([RequestScript.Field(":method", "CONNECT"), RequestScript.Field(":authority", "example.org:443")])
        tunnel.body = [5]
        tunnel.trailers = [RequestScript.Field(":path", "/")]
        all.append(tunnel)
        return all
    }()

    /// Fields that a rule is about, or that are near one.
    private static let strange: [RequestScript.Field] = [
        ("te", "trailers"), ("te", "Trailers"), ("te", "gzip"), ("te", ""), ("te", "trailers\u{1}"), ("tf", "a"),
        ("connection", "close"), ("connection", "\u{7f}"), ("connectioN", "close"), ("connections", "close"),
        ("keep-alive", "1"), ("keep-alivf", "1"), ("proxy-connection", "close"), ("proxy-connections", "a"),
        ("transfer-encoding", "chunked"), ("transfer-encodinh", "a"), ("upgrade", "h2c"), ("upgradf", "a"),
        ("host", "example.org"), ("host", "a/b"), ("host", ""), ("host", "a b"), ("hosu", "a b"),
        ("content-length", "1"), ("content-lengti", "a"), ("priority", "u=0"), ("priority", "u=9"), ("priority", "i, u=2"),
        (":status", "200"), (":protocol", "websocket"), (":", "a"), (":path", "/"), (":path", "*"), (":path", "/\u{e4}"), (":path", "/ "),
        (":scheme", "HTTP"), (":scheme", "hTTPs"), (":scheme", "h2+x-1.0"), (":scheme", "1h"), (":scheme", "h_t"),
        (":method", "CONNECT"), (":method", "OPTIONS"), (":method", "get-it"), (":method", "G T"), (":authority", "user@h%41"),
        (":authority", "a#b"), (":authority", "exa_mple.org:80"), (":Path", "/"), (":unknown", "a"),
        ("", "a"), ("x y", "a"), ("X", "a"), ("x_y", "a"), ("x:y", "a"), ("x\u{e4}", "a"), ("cookie", "a=b; c=\td"),
        ("x-empty", ""), ("x-tab", "a\tb"), ("x-blank", " a"), ("x-nul", "a\u{0}"), ("x-latin", "\u{e4}\u{f6}"),
        ("x-long-and-good-name", "a value of more than eight bytes"), ("x-long-and-baD-name", "a"),
    ].map { RequestScript.Field($0.0, $0.1) }
}
