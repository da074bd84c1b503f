/// A kind of request, and the response that it has to get.
///
/// Path, values of headers and the text of a body may have templates: see `RequestText`.
package struct RequestKind: Sendable, Equatable {
    /// For people; empty: the method and the path say it.
    package var name = ""
    /// How often, beside the others.
    package var weight = 1
    /// A token, in capitals as a rule (RFC 9110, 9).
    package var method = "GET"
    /// The server; nil: that of all requests.
    package var origin: Origin?
    /// The target: "/bytes/1KiB", "/get?x={{seq}}".
    package var path = "/"
    /// Beside those that the client adds.
    package var headers: [HeaderField] = []
    package var body = RequestBody.none
    /// nil: any response will do.
    package var expectation: ExpectedAnswer?

    package init() {}

    package init(_ path: String) { self.path = path }

    /// Takes a method that has been said for this request alone. One that only asks has no body.
    package mutating func setOwnMethod(_ own: String) {
        method = own
        if ["GET", "HEAD", "OPTIONS", "TRACE"].contains(own) { body = .none }
    }

    /// For people: "small", "POST /post", or "GET http://127.0.0.1:8080/" where there are several servers.
    package var title: String { name.isEmpty ? "\(method) \(origin?.text ?? "")\(path)" : name }

    /// The titles of kinds. Where several are the same, the later ones have a number: no two are alike.
    package static func names(of kinds: [RequestKind]) -> [String] {
        var names: [String] = []
        for title in kinds.map(\.title) {
            let others = (2...).lazy.map { "\(title) (\($0))" }
            names.append(names.contains(title) ? others.first { !names.contains($0) } ?? title : title)
        }
        return names
    }

    /// The most bytes that its head has: names and values of its fields, and what HTTP adds to each (RFC 7541, 4.1).
    package var headByteCount: Int {
        func size(_ name: String, _ value: String) -> Int {
            name.utf8.count + ((try? RequestText(parsing: value))?.byteLimit ?? value.utf8.count) + RequestKind.fieldByteCount
        }
        return headers.reduce(RequestKind.ownHeadByteCount + size(method, path)) { $0 + size($1.name, $1.value) }
    }

    private static let fieldByteCount = 32
    /// Room for the fields that the client adds: authority, agent, length, credentials for a proxy.
    private static let ownHeadByteCount = 16 << 10

    /// Bytes of a head that are sent at most: more than any server takes, and a fault of the plan beyond.
    package static let headByteLimit = 1 << 20

    /// Kinds of one run. Each loop prepares all of them.
    package static let limit = 64
}

/// A header of a request.
package struct HeaderField: Sendable, Equatable {
    /// In lower case.
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// The body of a request.
package enum RequestBody: Sendable, Equatable {
    case none
    /// May have templates.
    case text(String)
    /// As they are.
    case bytes([UInt8])
    /// So many predictable bytes, as in responses of `/bytes`.
    case size(Int)
    /// The content of a file when the run begins, as it is.
    case file(String)

    /// Largest body, bytes. Each loop of the clients has one copy, and over TLS a part of it sealed:
    /// as many bytes as the server's `/bytes` answers with at most.
    package static let byteLimit = 64 << 20
}

/// A description of clients that says what their requests are.
package protocol RequestSource {
    /// In turn, each as often as its weight says. Never empty.
    var kinds: [RequestKind] { get set }
}

// Most sources have one method, one body and the same headers for several targets.
extension RequestSource {
    /// The targets, asked in turn.
    package var paths: [String] {
        get { kinds.map(\.path) }
        set {
            let first = kinds.first ?? RequestKind()
            kinds = (newValue.isEmpty ? ["/"] : newValue).map { path in
                var kind = first
                kind.path = path
                return kind
            }
        }
    }

    /// Of every request.
    package var method: String {
        get { kinds.first?.method ?? "GET" }
        set { for index in kinds.indices { kinds[index].method = newValue } }
    }

    /// Of every request, beside those that the client adds.
    package var headers: [HeaderField] {
        get { kinds.first?.headers ?? [] }
        set { for index in kinds.indices { kinds[index].headers = newValue } }
    }

    /// Of every request. UTF-8 is text, and may have templates.
    package var body: [UInt8] {
        get {
            switch kinds.first?.body {
            case .text(let text): Array(text.utf8)
            case .bytes(let bytes): bytes
            case nil, .some(.none), .size, .file: []
            }
        }
        set {
            let text = String(validating: newValue, as: UTF8.self)
            let body = newValue.isEmpty ? RequestBody.none : text.map { .text($0) } ?? .bytes(newValue)
            for index in kinds.indices { kinds[index].body = body }
        }
    }
}
