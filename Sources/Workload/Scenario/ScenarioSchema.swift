package import Measurements

/// The JSON Schema of a scenario file, from the keys that read it.
package enum ScenarioSchema {
    /// Draft 2020-12, which editors know.
    package static var json: JSON {
        var json = type(ScenarioDraft.mapType)
        if case .object(let members) = json {
            json = .object(
                [
                    .init("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                    .init("title", .string("A Highwater scenario")),
                ] + members)
        }
        return json
    }

    private static func object(_ keys: [SettingDescription]) -> JSON {
        let properties = keys.map { key in
            var schema = type(key.type)
            if case .object(let members) = schema { schema = .object([.init("description", .string(key.meaning))] + members) }
            return JSON.Member(key.name, schema)
        }
        var members: [JSON.Member] = [
            .init("type", .string("object")), .init("additionalProperties", .bool(false)), .init("properties", .object(properties)),
        ]
        let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        return .object(members)
    }

    private static func type(_ type: ValueType) -> JSON {
        switch type {
        case .text, .file, .written: .object([.init("type", .array([.string("string"), .string("number"), .string("boolean")]))])
        case .name:
            .object([.init("type", .array([.string("string"), .string("number"), .string("boolean")])), .init("pattern", .string("\\S"))])
        case .threshold: .object([.init("type", .string("string")), .init("pattern", .string("^.+ *(<=|>=|==|!=|<|>) *.+$"))])
        case .time: pattern("^([0-9]+(\\.[0-9]+)?(ns|us|\u{b5}s|ms|s|m|h))+$")
        case .size: pattern("^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB|KB|kB|MB|GB)$")
        case .rate(let range): number("^[0-9]+(\\.[0-9]+)?[kKmMgG]?(/[smh])?$", range.lowerBound, range.upperBound)
        case .share(let range): number("^[0-9]+(\\.[0-9]+)?%?$", range.lowerBound, range.upperBound)
        case .count(let range):
            number("^[0-9]+(\\.[0-9]+)?[kKmMgG]?$", Double(range.lowerBound), range.upperBound == .max ? nil : Double(range.upperBound))
        case .flag: .object([.init("type", .string("boolean"))])
        case .choice(let words): .object([.init("enum", .array(words.map { .string($0) }))])
        case .list(let element): .object([.init("type", .string("array")), .init("items", self.type(element))])
        case .map(let keys): object(keys)
        case .texts:
            .object([.init("type", .string("object")), .init("additionalProperties", self.type(.text))])
        case .changes: .object([.init("type", .string("object")), .init("minProperties", .number(1))])
        case .named(let value):
            .object([
                .init("type", .string("object")), .init("minProperties", .number(1)), .init("maxProperties", .number(1)),
                .init("additionalProperties", self.type(value)),
            ])
        case .either(let types): .object([.init("anyOf", .array(types.map(self.type)))])
        }
    }

    private static func pattern(_ pattern: String) -> JSON {
        .object([.init("type", .string("string")), .init("pattern", .string(pattern))])
    }

    /// A number within bounds, or a text with a unit.
    private static func number(_ pattern: String, _ least: Double, _ most: Double?) -> JSON {
        .object(
            [
                .init("type", .array([.string("number"), .string("string")])), .init("pattern", .string(pattern)),
                .init("minimum", .number(least)),
            ] + (most.map { [.init("maximum", .number($0))] } ?? []))
    }
}
