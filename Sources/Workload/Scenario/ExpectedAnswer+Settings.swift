package import Load
internal import Measurements

extension ExpectedAnswer: SettingPart {
    package static let settings: [Setting<ExpectedAnswer>] = [
        .init("status", \.statuses, .statuses, "200, 2xx, or a list of such."),
        .init("headers", \.headers, .headers(limit: headerLimit, hasTemplates: false), "{ name: value }: each is there with exactly this value."),
        .init(
            "grpc_status", \.grpcStatus, .count(0...16),
            "gRPC: the grpc-status of the trailers; 0 is success. A request whose answer has another one, or none, has failed."),
        .init("body_length", \.bodyByteCount, .size(0...(1 << 40)), "Bytes of the body: 1KiB, 20B."),
        .init(
            "body_crc32", \.bodyChecksum, .written("cbf43926", checksum, text: { text(checksum: $0) }),
            "CRC-32 of the body as zlib and gzip have it, eight digits: cbf43926."),
    ]

    @Sendable private static func checksum(_ text: String) throws(SettingError) -> UInt32 {
        guard text.utf8.count == 8, let checksum = UInt32(text, radix: 16), text.allSatisfy(\.isHexDigit) else {
            throw SettingError("", "\"\(text)\" is not a CRC-32; write its eight digits, such as cbf43926")
        }
        return checksum
    }
}

extension ValueForm<[ClosedRange<Int>]> {
    /// Statuses of an answer: one, or a list.
    fileprivate static var statuses: Self {
        let one = ValueForm<ClosedRange<Int>>.written("200", { (text) throws(SettingError) in
            guard let range = ExpectedAnswer.statuses(text) else {
                let isOfGRPC = Int(text).map { (0...16).contains($0) } ?? false
                throw SettingError("", "\"\(text)\" is not a status; write 200, 2xx or [200, 404]" + (isOfGRPC ? "; the status of gRPC is 'grpc_status'" : ""))
            }
            return range
        }, text: { ExpectedAnswer.text($0) })
        let list = ValueForm.list(of: one)
        let single = ValueType.either([.count(200...599), .choice(["2xx", "3xx", "4xx", "5xx"])])
        return ValueForm(
            .either([.count(200...599), .choice(["2xx", "3xx", "4xx", "5xx"]), .list(of: single)]), read: list.read,
            readNode: { node, reader in
                guard case .list = node.content else { return one.readNode(node, &reader).map { [$0] } }
                return reader.list(node, limit: ExpectedAnswer.statusLimit)?.compactMap { one.readNode($0, &reader) }
            },
            readJSON: list.readJSON, text: list.text, json: list.json)
    }
}

extension ValueForm<[HeaderField]> {
    /// A mapping of names to values; in JSON a list of pairs, which keeps their order.
    static func headers(limit: Int, hasTemplates: Bool) -> Self {
        ValueForm(
            .texts,
            read: { (texts, _) throws(SettingError) in throw SettingError("", "headers do not fit into one text") },
            readNode: { node, reader in HeaderField.read(node, &reader, limit: limit, hasTemplates: hasTemplates) },
            readJSON: { (json) throws(SettingError) in
                let fields = try json.elements { (json) throws(SettingError) in
                    guard case .array(let texts) = json, texts.count == 2, let name = texts[0].string, let value = texts[1].string
                    else { throw SettingError("", "\(json.text) is not a pair of a name and a value") }
                    return HeaderField(name: name, value: value)
                }
                guard fields.count <= limit else { throw SettingError("", "there are more than \(limit) headers") }
                return fields
            },
            text: { $0.map { "\($0.name): \($0.value)" }.joined(separator: ", ") },
            json: { .array($0.map { .array([.string($0.name), .string($0.value)]) }) })
    }
}

extension HeaderField {
    fileprivate static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, limit: Int, hasTemplates: Bool) -> [HeaderField] {
        guard let entries = reader.entries(node, example: "accept: text/plain") else { return [] }
        if entries.count > limit { reader.note(node.place, "there are more than \(limit) headers") }
        return entries.prefix(limit).compactMap { entry in
            guard let value = reader.text(entry.value, .text) else { return nil }
            do throws(RequestPartError) {
                let field = try HeaderField(name: entry.key, checking: value)
                if hasTemplates { _ = try RequestPart.text(value) }
                return field
            } catch {
                // All problems of a value are known from those of a name.
                let isOfValue = switch error.problem { case .controlCharacter, .template: true; default: false }
                reader.note(isOfValue ? entry.value.place : entry.keyPlace, error.description)
                return nil
            }
        }
    }
}
