internal import Load
internal import Measurements

/// A kind of request as its keys fill it.
struct RequestDraft {
    var place: ScenarioPlace
    var kind = RequestKind()
    /// The key that said what is asked for: `get`, or `path`.
    private var pathKey: String?
    private var methodPlace: ScenarioPlace?
    private var bodyKey: String?

    init(_ place: ScenarioPlace) { self.place = place }

    private static let weightRange = 1...1_000

    /// Methods that are keys: `post: /path`. The others are said with `method`.
    private static let methods = ["get", "post", "put", "patch", "delete", "head", "options"]

    static let keys: [ScenarioKey<RequestDraft>] =
        [.text("name", "For people") { $0.kind.name = $1 }]
        + methods.map { method in
            .init(method, .text, "\(method.uppercased()) this path, with perhaps a query: /bytes/1KiB. Templates: /get?id={{seq}}") { value, reader, draft in
                draft.readPath(value, &reader, key: method)
                draft.kind.method = method.uppercased()
            }
        } + [
            .init("path", .text, "The same, with 'method'") { value, reader, draft in draft.readPath(value, &reader, key: "path") },
            .init("method", .text, "Any other method, with 'path'") { value, reader, draft in
                guard let method = reader.parse(value, RequestPart.method) else { return }
                draft.kind.method = method
                draft.methodPlace = value.place
            },
            .init("headers", .texts, "Request headers, { name: value }; values may have templates") { value, reader, draft in
                draft.kind.headers = HeaderField.read(value, &reader, limit: RequestDraft.headerLimit, hasTemplates: true)
            },
            .init("body", .text, "The request body; may have templates") { value, reader, draft in
                draft.noteBody(value, &reader, key: "body")
                guard let text = reader.text(value), reader.parse(value, RequestText.init(parsing:)) != nil else { return }
                draft.kind.body = text.isEmpty ? .none : .text(text)
            },
            .init("body_file", .text, "A file that is the request body, as it is; from where the scenario lies") { value, reader, draft in
                draft.noteBody(value, &reader, key: "body_file")
                let findFile = reader.findFile
                if let path = reader.parse(value, findFile) { draft.kind.body = .file(path) }
            },
            .init("body_size", .size, "A request body of so many bytes, as /bytes has them") { value, reader, draft in
                draft.noteBody(value, &reader, key: "body_size")
                if let count = reader.size(value, 0...RequestBody.byteLimit) { draft.kind.body = .size(count) }
            },
            .map("expect", ExpectationKeys.all, "What the answer has to be; what is not counts as client.responses.unexpected", { ExpectedAnswer() }) {
                draft, expectation, _ in
                draft.kind.expectation = expectation.isEmpty ? nil : expectation
            },
            .count("weight", weightRange, "How often, beside the others") { $0.kind.weight = $1 },
        ]

    private static let headerLimit = 100

    /// Reads the list of requests.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: RequestKind.limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list asks for nothing") }
        for element in list {
            let issueCount = reader.issues.count
            var request = RequestDraft(element.place)
            guard reader.map(element, keys, into: &request) else { continue }
            // What is missing for another fault is not missed.
            if reader.issues.count == issueCount { request.check(&reader) }
            draft.requests.append(request.kind)
        }
    }

    private mutating func readPath(_ node: ScenarioNode, _ reader: inout ScenarioReader, key: String) {
        if let pathKey { reader.note(node.place, "one request asks for one thing, and '\(pathKey)' is there already; begin another element with '- '") }
        pathKey = key
        if let path = reader.parse(node, RequestPart.path) { kind.path = path }
    }

    private mutating func noteBody(_ node: ScenarioNode, _ reader: inout ScenarioReader, key: String) {
        if let bodyKey { reader.note(node.place, "one request has one body, and '\(bodyKey)' is there already") }
        bodyKey = key
    }

    private func check(_ reader: inout ScenarioReader) {
        guard let pathKey else { return reader.note(place, "what is asked for? Write 'get: /path', or 'method: PROPFIND' and 'path: /path'") }
        if let methodPlace, pathKey != "path" { reader.note(methodPlace, "'\(pathKey)' says the method: leave out 'method', or write 'path'") }
        if kind.method == "HEAD", let expectation = kind.expectation, expectation.looksAtBody {
            reader.note(place, "the answer to HEAD has no body: leave out 'body_length' and 'body_crc32'")
        }
    }
}

extension HeaderField {
    /// A mapping of names to values.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, limit: Int, hasTemplates: Bool) -> [HeaderField] {
        guard let entries = reader.entries(node, example: "accept: text/plain") else { return [] }
        if entries.count > limit { reader.note(node.place, "more than \(limit) headers") }
        return entries.prefix(limit).compactMap { entry in
            guard let value = reader.text(entry.value) else { return nil }
            do throws(RequestPartError) {
                let field = try HeaderField(name: entry.key, checking: value)
                if hasTemplates { _ = reader.parse(entry.value, RequestText.init(parsing:)) }
                return field
            } catch {
                // Which of the two it is: the name has no control characters of its own.
                reader.note(error.problem == .controlCharacter ? entry.value.place : entry.keyPlace, error.description)
                return nil
            }
        }
    }
}

/// The keys of `expect`.
enum ExpectationKeys {
    static let all: [ScenarioKey<ExpectedAnswer>] = [
        .init("status", .either([.count(200...599), .choice(["2xx", "3xx", "4xx", "5xx"]), .list(of: .either([.count(200...599), .choice(["2xx", "3xx", "4xx", "5xx"])]))]), "200, 2xx, or a list of such") {
            value, reader, expectation in
            var nodes = [value]
            if case .list = value.content { nodes = reader.list(value, limit: ExpectedAnswer.statusLimit) ?? [] }
            for node in nodes {
                guard let text = reader.text(node) else { continue }
                guard let range = ExpectedAnswer.statuses(text) else {
                    reader.note(node.place, "'\(text)' is no status; write 200, 2xx or [200, 404]")
                    continue
                }
                expectation.statuses.append(range)
            }
        },
        .init("headers", .texts, "{ name: value }: each is there with exactly this value") { value, reader, expectation in
            expectation.headers = HeaderField.read(value, &reader, limit: ExpectedAnswer.headerLimit, hasTemplates: false)
        },
        .size("body_length", 0...(1 << 40), "Bytes of the body: 1KiB, 20B") { $0.bodyByteCount = $1 },
        .init("body_crc32", .text, "CRC-32 of the body as zlib and gzip have it, eight digits: cbf43926") { value, reader, expectation in
            guard let text = reader.text(value) else { return }
            guard text.utf8.count == 8, let checksum = UInt32(text, radix: 16), text.allSatisfy(\.isHexDigit) else {
                return reader.note(value.place, "'\(text)' is no CRC-32; write its eight digits, such as cbf43926")
            }
            expectation.bodyChecksum = checksum
        },
    ]
}
