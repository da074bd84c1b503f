package import Load
package import Measurements

/// The clients.
package struct ClientPlan: Sendable, Equatable, RequestSource {
    /// The server to connect to. With an embedded server the experiment puts that server's address here.
    package var host = "127.0.0.1"
    package var port = 80
    /// Whether to speak TLS; with an embedded server: whether that does.
    package var isSecure = false
    package var tls = ClientTLSPlan()
    package var http = HTTPChoice.negotiated
    /// Connect there instead; nil: to `host` and `port`.
    package var connectTo: ConnectTarget?
    /// Connect to this Unix socket instead; nil: to `host` and `port`.
    package var unixSocket: String?
    /// The proxy that the clients connect to; nil: to the server itself.
    package var proxy: ConnectTarget?
    /// The first line of this file is the user and the password for it: `user:password`.
    package var proxyUserFile: String?
    /// What the clients do as it stands here.
    package var options = ClientOptions()
    /// The requests, in turn.
    package var kinds = [RequestKind()]
    /// Compare every answer to a predictable target with what it has to be: status, length, each byte.
    package var checksBodies = false
    /// Clients beside the load that read at a trickle.
    package var slowReaders = 0
    /// Clients, each with one connection.
    package var connections = 50
    /// Most streams that a client opens at once.
    package var streams = 1
    /// Event loops, a thread each.
    package var loops = 1
    /// Requests per second of all clients together (open load). nil: each stream asks again
    /// as soon as it was answered (closed load).
    package var rate: Double?
    /// Requests in all. nil: no end but the plan's duration.
    package var requests: Int?
    package var cacheScope = CacheScope.client
    /// When a client leaves a connection that is still good for another.
    package var reconnect = ReconnectPolicy.never
    /// Attempts after the first, for requests that failed and may be sent twice.
    package var retries = 0
    /// Retries for each request, on the whole.
    package var retryBudget = 0.2
    /// nil: requests are sent whatever became of those before.
    package var circuitBreaker: BreakerPolicy?
    /// Initial flow-control window of a stream and of the connection, bytes.
    package var windowByteCount = (1 << 30) - 1

    package init() {}

    /// Both `host` and `port`.
    package var target: ConnectTarget {
        get { ConnectTarget(host: host, port: port) }
        set { (host, port) = (newValue.host, newValue.port) }
    }

    /// The text that is the body of every request. Empty without a body, and for one that is not a text.
    package var bodyText: String {
        get { String(decoding: body, as: UTF8.self) }
        set { body = Array(newValue.utf8) }
    }

    /// The file that is the body of every request.
    package var bodyFile: String? {
        get { if case .file(let path) = kinds.first?.body { path } else { nil } }
        set { for index in kinds.indices { kinds[index].body = newValue.map { .file($0) } ?? .none } }
    }
}

extension ClientPlan: SettingPart {
    /// More than the ports of one address: beyond, connecting can only fail.
    package static let connectionRange = 1...64_000
    /// No server allows more; h2o and nginx allow 100 to 128.
    package static let streamRange = 1...65_536
    /// From one in a quarter of an hour to what no machine reaches.
    package static let rateRange = 0.001...100_000_000.0
    /// The longest is what a latency histogram holds.
    private static let timeouts: ClosedRange<Duration> = .milliseconds(1)...(.seconds(600))
    /// From HTTP/2's initial window to its largest (RFC 9113, 6.9.2).
    private static let windowRange = 65_535...Int(Int32.max)

    package static let settings = ownSettings + targetSettings

    /// All but where the requests go.
    package static let ownSettings = amountSettings + requestSettings + checkSettings + protocolSettings + failureSettings + mannerSettings

    /// How much load.
    package static let amountSettings: [Setting<ClientPlan>] = [
        .init(
            "connections", \.connections, .count(connectionRange), "Clients, each with one connection. Several servers share them out by the weights of the requests to each.",
            letters: "c", standard: "50; with the dashboard 32"),
        .init(
            "streams", \.streams, .count(streamRange), "The most streams that a client opens at once; over HTTP/1.1, requests that it sends ahead (pipelined).",
            letters: "m", standard: "1; with the dashboard 8"),
        .init(
            "rate", \.rate, .rate(rateRange),
            "Requests per second of all clients together, sent on schedule whatever the answers do (open load). Without: each stream asks again as soon as it is answered (closed load).",
            in: [.flag, .plan], letters: "q"),
        .init("requests", \.requests, .count(1...Int.max), "End after so many requests in all (10k, 1M).", in: [.flag, .plan], letters: "n"),
        .init("threads", \.loops, .count(1...256), "Event loops of the clients, a thread each.", letters: "t"),
    ]

    /// What the requests have in common.
    package static let requestSettings: [Setting<ClientPlan>] = [
        .init(
            "method", \.method, .written("GET", RequestPart.method, text: { $0 }), "The method.",
            in: [.flag, .plan], letters: "X", standard: "GET, or POST with a body"),
        .init(
            "header", \.headers, .list(of: .written("accept: text/plain", { (text) throws(RequestPartError) in try HeaderField(parsing: text) }, text: { "\($0.name): \($0.value)" })),
            "A request header, 'name: value'. May be repeated, and may have templates.", in: [.flag, .plan], letters: "H"),
        .init(
            "data", \.bodyText, .written("a=1", { (text) throws(RequestTextError) in _ = try RequestText(parsing: text); return text }, text: { $0 }),
            "The request body; may have templates. @file and @- (standard input) are read as curl does: without line ends, and without templates. (-d is `duration`)", in: [.flag, .plan], placeholder: "text"),
        .init("data_file", \.bodyFile, .file, "A file that is the request body, as it is. (h2load's -d)", in: .flag, placeholder: "file"),
    ]

    /// What the answers are held against.
    package static let checkSettings: [Setting<ClientPlan>] = [
        .init(
            "body_check", \.checksBodies, .flag,
            "Compare every answer to /bytes, /stream-bytes and /drip with what it has to be: status, length and each byte. Each request asks for another ?seed=. Exit 99 when one was wrong."),
    ]

    /// The protocol, the server's identity and its addresses.
    package static let protocolSettings: [Setting<ClientPlan>] = [
        .init(
            "http", \.http, .choice, "The HTTP that is spoken; negotiated is what the server prefers.",
            words: [
                ("h1", "HTTP/1.1, with as many requests sent ahead as there are streams."), ("h2", "HTTP/2 and nothing else."),
                ("h2c", "HTTP/2 with prior knowledge, without TLS. What http:// means anyway."),
            ]),
        .init("insecure", \.tls.isInsecure, .flag, "Do not verify the server's certificate.", letters: "k"),
        .init(
            "cacert", \.tls.authorityFile, .file, "Trust these authorities, PEM, and no others.", placeholder: "file", standard: "the system's"),
        .init(
            "client_cert", \.tls.certificateFile, .file, "The clients' certificate and its chain, for a server that asks for one: PEM, or PKCS#12 with its key.",
            placeholder: "file"),
        .init("client_key", \.tls.keyFile, .file, "The key of `client_cert`, PEM.", placeholder: "file", standard: "in the file of the certificate"),
        .init(
            "client_password_file", \.tls.passwordFile, .file, "The password of an encrypted key, or of PKCS#12: the first line of this file.",
            placeholder: "file"),
        .init("key_log", \.tls.keyLogPath, .file, "The file for the secrets of TLS connections: SSLKEYLOGFILE.", in: .plan),
        .init("connect_to", \.connectTo, .connectTarget, "Connect there, whatever the URL says.", in: [.flag, .plan], placeholder: "host:port"),
        .init(
            "unix_socket", \.unixSocket, .file, "Connect to this Unix socket, whatever the URL says; its host is the authority.", placeholder: "path"),
        .init(
            "proxy", \.proxy, .proxyURL, "Connect through this proxy: with CONNECT for TLS and HTTP/2, else with the whole URL as the target, over HTTP/1.1. One that keeps no connections, such as tinyproxy, needs `reconnect` always there.",
            placeholder: "url"),
        .init(
            "proxy_user_file", \.proxyUserFile, .file,
            "The user and the password for the proxy, user:password, the first line of this file. Without: HIGHWATER_PROXY_USER, where it is set.",
            placeholder: "file"),
        .init(
            "resolve_all", \.options.usesAllAddresses, .flag,
            "Spread the clients over all addresses of the server's name. Without: all use the first that answers, in the resolver's order.",
            in: [.flag, .plan]),
        .init(
            "window", \.windowByteCount, .size(windowRange), "HTTP/2 flow-control window of a stream and of a connection (64KiB, 1MiB).",
            standard: "1GiB, less a byte"),
        .init(
            "cache_scope", \.cacheScope, .choice,
            "The clients that share caches of TLS sessions, strings and buffers: none (client: each has its own), those of a loop (loop), all behind one lock (shared), all without a lock (unguarded). off: no caches.",
            placeholder: CacheScope.allCases.map(\.rawValue).joined(separator: "|")),
    ]

    /// How long the clients wait, and how they react to failures. Nothing is retried by default: a load shows what fails.
    package static let failureSettings: [Setting<ClientPlan>] = [
        .init("timeout", \.options.requestTimeout, .time(timeouts), "The most time for one request."),
        .init("connect_timeout", \.options.connectTimeout, .time(timeouts), "The most time for one connection to be made."),
        .init(
            "reconnect", \.reconnect, .written("1000 requests", { (text) throws(SettingError) in try ReconnectPolicy(parsing: text) }, text: \.text),
            "When a client takes a new connection though the old one is good: '1000 requests', 5s, always (for each request), never.",
            placeholder: "when"),
        .init(
            "catch_up", \.options.catchUp, .choice,
            "Open load: what becomes of requests that were due while the program was stopped or had no CPU. all: they are sent at once, late. skip: they are left out, and counted.",
            placeholder: "all|skip"),
        .init(
            "retries", \.retries, .count(0...100),
            "Send a request that failed again, at most so often: only methods that may be sent twice, after 100ms, doubling to 5s, each pause drawn.",
            placeholder: "n"),
        .init(
            "retry_budget", \.retryBudget, .share(0...10), "Retries as a share of the requests, beyond which none are made.", placeholder: "percent"),
        .init(
            "circuit_breaker", \.circuitBreaker, .written("5 failures, 10s", { (text) throws(SettingError) in try BreakerPolicy(parsing: text) }, text: \.text),
            "After so many failures one after the other send nothing for so long, then one request as a probe: '5 failures, 10s'. One for each event loop of the clients and each server.",
            placeholder: "when", standard: "off"),
    ]

    /// How the clients trouble a server on purpose.
    package static let mannerSettings: [Setting<ClientPlan>] = [
        .init(
            "slow_readers", \.slowReaders, .count(0...connectionRange.upperBound),
            "Clients beside the load that read at a trickle. They ask for /bytes/4MiB, and from a server that is not ours for what the load asks for; each for two answers at a time (over HTTP/1.1 pipelined), whatever `streams` says."),
        .init("early_close", \.options.earlyCloseShare, .share(), "The share of requests whose connection is closed within the answer (5%, 0.05). Other requests on it fail with it, and an answer that comes in one piece is whole."),
        .init(
            "half_close", \.options.halfCloses, .flag,
            "HTTP/1.1: shut down the sending side behind the requests of a connection (`streams` of them), take the answers, connect again."),
    ]

    /// The targets and the server. `load URL` and a scenario say them otherwise.
    package static let targetSettings: [Setting<ClientPlan>] = [
        .init(
            "path", \.paths, .list(of: .written("/bytes/1KiB", RequestPart.path, text: { $0 })), "A request target; several are asked in turn.",
            in: [.flag, .plan], standard: "/bytes/1KiB; with the dashboard mostly that, some /bytes/128KiB and /delay/0.05"),
        // After the path, method, headers and body, which say the same where all requests are alike.
        .init(member: "request_kinds", "The requests, each with its own method, path, headers and body.") {
            .array($0.kinds.map { RequestDraft($0).shortJSON })
        } read: { (json, plan) throws(SettingError) in
            plan.kinds = try json.elements { (json) throws(SettingError) in try RequestDraft(json: json).checkedKind() }
            if plan.kinds.isEmpty { throw SettingError("", "an empty list has no requests") }
        },
        .init("target", \.target, .connectTarget, "The server: HOST:PORT.", in: .plan),
        .init("tls", \.isSecure, .flag, "Whether the clients speak TLS.", in: .plan),
    ]
}
