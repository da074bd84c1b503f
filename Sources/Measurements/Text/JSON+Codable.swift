internal import FoundationEssentials

extension JSON {
    /// A value as its own `Encodable` writes it. Members come in the order of their names.
    ///
    /// - Throws: Foundation's `EncodingError`: a number that is infinite or none.
    package init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try self.init(parsing: Array(encoder.encode(value)))
    }

    /// The value that a type's own `Decodable` reads here.
    ///
    /// - Throws: Foundation's `DecodingError` for what that type cannot be.
    package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
