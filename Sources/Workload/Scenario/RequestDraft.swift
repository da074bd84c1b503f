internal import Load
internal import Measurements

/// A kind of request as a scenario and a plan's JSON say it.
struct RequestDraft: SettingPart {
    var name = ""
    var weight = 1
    var method: String?
    /// Of a whole URL; nil: the target's.
    var origin: Origin?
    var path: String?
    var headers: [HeaderField] = []
    var body: String?
    var bodyFile: String?
    var bodySize: Int?
    var expectation: ExpectedAnswer?
    /// The key that said the path: `get`, or `path`.
    private var pathKey: String?
    private var methodPlace: ScenarioPlace?
    private var bodyKey: String?

    private static let headerLimit = 100

    /// Methods that are keys: `post: /path`. The others are said with `method`.
    private static let methods = ["get", "post", "put", "patch", "delete", "head", "options"]
    private static let pathForm = ValueForm.written("/bytes/1KiB", RequestPart.path, text: { $0 })
    private static let methodForm = ValueForm.written("PROPFIND", RequestPart.method, text: { $0 })
    private static let urlForm = ValueForm.written(
        "http://127.0.0.1:8080/", { (text) throws(TargetURLError) in try TargetURL(text) }, text: { $0.origin.text + $0.target })
    private static let originForm = ValueForm.written(
        "http://127.0.0.1:8080", { (text) throws(TargetURLError) in try TargetURL(text).origin }, text: \.text)
    private static let bodyForm = ValueForm.written(
        "a=1", { (text) throws(RequestTextError) in _ = try RequestText(parsing: text); return text }, text: { $0 })
    private static let sizeForm = ValueForm.size(0...RequestBody.byteLimit)

    static let settings: [Setting<RequestDraft>] =
        [.init("name", \.name, .text, "A title for people.")]
        + methods.map { method in
            .init(key: method, .text, "\(method.uppercased()) this path, with perhaps a query: /bytes/1KiB. Templates: /get?id={{seq}}. A whole URL goes to its own server.") { node, reader, draft in
                draft.readPath(node, &reader, key: method)
                draft.method = method.uppercased()
            }
        } + [
            .init(key: "path", pathForm.type, "The same, with `method`.") { node, reader, draft in draft.readPath(node, &reader, key: "path") },
            .init(key: "method", methodForm.type, "Any other method, with `path`.") { node, reader, draft in
                guard let method = methodForm.readNode(node, &reader) else { return }
                draft.method = method
                draft.methodPlace = node.place
            },
            .init("method", \.method, methodForm, "The method.", in: .plan),
            .init("origin", \.origin, originForm, "The server, where there are several.", in: .plan),
            .init("path", \.path, pathForm, "The path, with perhaps a query.", in: .plan),
            .init("headers", \.headers, .headers(limit: headerLimit, hasTemplates: true), "Request headers, { name: value }; values may have templates."),
            .init(key: "body", bodyForm.type, "The request body; may have templates.") { node, reader, draft in
                draft.noteBody(node, &reader, key: "body")
                draft.body = bodyForm.readNode(node, &reader)
            },
            .init(key: "body_file", .file, "A file that is the request body, as it is; from where the scenario lies.") { node, reader, draft in
                draft.noteBody(node, &reader, key: "body_file")
                draft.bodyFile = reader.file(node)
            },
            .init(key: "body_size", sizeForm.type, "A request body of so many bytes, as /bytes has them.") { node, reader, draft in
                draft.noteBody(node, &reader, key: "body_size")
                draft.bodySize = sizeForm.readNode(node, &reader)
            },
            .init("body", \.body, bodyForm, "The request body.", in: .plan),
            .init("body_file", \.bodyFile, .file, "The file that is the request body.", in: .plan),
            .init("body_size", \.bodySize, sizeForm, "The size of the request body.", in: .plan),
            .init("expect", \.expectation, .part(), "What the answer has to be; others count as client.responses.unexpected."),
            .init("weight", \.weight, .count(1...1_000), "How often, beside the others: each connection sends them in turn, spread evenly, and begins with another one."),
        ]

    init() {}

    init(_ kind: RequestKind) {
        name = kind.name
        weight = kind.weight
        method = kind.method
        origin = kind.origin
        path = kind.path
        headers = kind.headers
        expectation = kind.expectation
        switch kind.body {
        // The bytes of a file have no place in a plan.
        case .none, .bytes: break
        case .text(let text): body = text
        case .size(let count): bodySize = count
        case .file(let path): bodyFile = path
        }
    }

    /// Reads the list of requests.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: RequestKind.limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list has no requests; write - { get: /bytes/1KiB }") }
        for element in list {
            let issueCount = reader.issues.count
            var request = RequestDraft()
            guard reader.map(element, into: &request) else { continue }
            // After another error in the element, missing keys are not reported.
            if reader.issues.count == issueCount { request.check(&reader, element.place) }
            draft.requests.append(request.kind)
        }
    }

    private mutating func readPath(_ node: ScenarioNode, _ reader: inout ScenarioReader, key: String) {
        if let pathKey { reader.note(node.place, "'\(pathKey)' says the path already; begin another request with '- '") }
        pathKey = key
        if case .scalar(let text, _) = node.content, !text.hasPrefix("/"), text.contains("://") {
            let url = RequestDraft.urlForm.readNode(node, &reader)
            (origin, path) = (url?.origin, url?.target)
        } else {
            path = RequestDraft.pathForm.readNode(node, &reader)
        }
    }

    private mutating func noteBody(_ node: ScenarioNode, _ reader: inout ScenarioReader, key: String) {
        if let bodyKey { reader.note(node.place, "'\(bodyKey)' says the body already; leave out one of them") }
        bodyKey = key
    }

    private func check(_ reader: inout ScenarioReader, _ place: ScenarioPlace) {
        guard let pathKey else { return reader.note(place, "the path is missing; write 'get: /path', or 'method: PROPFIND' and 'path: /path'") }
        if let methodPlace, pathKey != "path" { reader.note(methodPlace, "'\(pathKey)' says the method already; leave out 'method', or write 'path'") }
        if method == "HEAD", let expectation, expectation.looksAtBody {
            reader.note(place, "the answer to HEAD has no body; leave out 'body_length' and 'body_crc32'")
        }
    }

    /// Errors: there is no path.
    func checkedKind() throws(SettingError) -> RequestKind {
        guard path != nil else { throw SettingError("path", "is missing") }
        return kind
    }

    var kind: RequestKind {
        var kind = RequestKind(path ?? "/")
        kind.name = name
        kind.weight = weight
        kind.method = method ?? "GET"
        kind.origin = origin
        kind.headers = headers
        kind.expectation = expectation?.isEmpty == true ? nil : expectation
        if let body, !body.isEmpty { kind.body = .text(body) }
        if let bodyFile { kind.body = .file(bodyFile) }
        if let bodySize { kind.body = .size(bodySize) }
        return kind
    }
}

extension ValueForm where Value: SettingPart {
    /// Options of a part, in a mapping of their own.
    static func part() -> ValueForm {
        ValueForm(
            Value.mapType,
            read: { (_, _) throws(SettingError) in throw SettingError("", "options of its own do not fit into one text") },
            readNode: { node, reader in
                var part = Value()
                return reader.map(node, into: &part) ? part : nil
            },
            readJSON: { (json) throws(SettingError) in try Value(json: json) },
            text: { $0.shortJSON.text }, json: { $0.shortJSON })
    }
}
