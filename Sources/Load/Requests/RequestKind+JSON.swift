package import Measurements

extension RequestKind {
    /// Under the names that a scenario has. Bytes that are no text have no place in a plan, and are left out.
    package var json: JSON {
        var members: [JSON.Member] = []
        if !name.isEmpty { members.append(.init("name", .string(name))) }
        if weight != 1 { members.append(.init("weight", .number(Double(weight)))) }
        members.append(.init("method", .string(method)))
        members.append(.init("path", .string(path)))
        if !headers.isEmpty { members.append(.init("headers", HeaderField.json(headers))) }
        switch body {
        case .none, .bytes: break
        case .text(let text): members.append(.init("body", .string(text)))
        case .size(let count): members.append(.init("body_size", .number(Double(count))))
        case .file(let path): members.append(.init("body_file", .string(path)))
        }
        if let expectation { members.append(.init("expect", expectation.json)) }
        return .object(members)
    }

    /// nil: this is none.
    package init?(json: JSON) {
        guard let path = json["path"]?.string, let method = json["method"]?.string else { return nil }
        self.path = path
        self.method = method
        name = json["name"]?.string ?? ""
        weight = json["weight"]?.number.flatMap { Int(exactly: $0) } ?? 1
        guard let headers = HeaderField.list(json["headers"]), weight > 0 else { return nil }
        self.headers = headers
        if let text = json["body"]?.string { body = .text(text) }
        if let path = json["body_file"]?.string { body = .file(path) }
        if let count = json["body_size"]?.number.flatMap({ Int(exactly: $0) }), (0...RequestBody.byteLimit).contains(count) {
            body = .size(count)
        }
        if let part = json["expect"] {
            guard let expectation = ExpectedAnswer(json: part) else { return nil }
            self.expectation = expectation
        }
    }
}

extension HeaderField {
    static func json(_ fields: [HeaderField]) -> JSON { .array(fields.map { .array([.string($0.name), .string($0.value)]) }) }

    /// nil: these are none.
    static func list(_ json: JSON?) -> [HeaderField]? {
        guard let json else { return [] }
        guard case .array(let pairs) = json else { return nil }
        let fields = pairs.compactMap { pair -> HeaderField? in
            guard case .array(let texts) = pair, texts.count == 2, let name = texts[0].string, let value = texts[1].string
            else { return nil }
            return HeaderField(name: name, value: value)
        }
        return fields.count == pairs.count ? fields : nil
    }
}

extension ExpectedAnswer {
    var json: JSON {
        var members: [JSON.Member] = []
        if !statuses.isEmpty { members.append(.init("status", .array(statuses.map { .string(ExpectedAnswer.text($0)) }))) }
        if !headers.isEmpty { members.append(.init("headers", HeaderField.json(headers))) }
        if let bodyByteCount { members.append(.init("body_length", .number(Double(bodyByteCount)))) }
        if let bodyChecksum { members.append(.init("body_crc32", .string(ExpectedAnswer.text(checksum: bodyChecksum)))) }
        return .object(members)
    }

    init?(json: JSON) {
        if let list = json["status"] {
            guard case .array(let texts) = list else { return nil }
            statuses = texts.compactMap { $0.string.flatMap(ExpectedAnswer.statuses) }
            if statuses.count != texts.count { return nil }
        }
        guard let headers = HeaderField.list(json["headers"]), headers.count <= ExpectedAnswer.headerLimit else { return nil }
        self.headers = headers
        bodyByteCount = json["body_length"]?.number.flatMap { Int(exactly: $0) }
        bodyChecksum = json["body_crc32"]?.string.flatMap { UInt32($0, radix: 16) }
    }
}
