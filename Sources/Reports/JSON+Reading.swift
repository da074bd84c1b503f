internal import Measurements

// What the readers of recordings and summaries have in common.
extension JSON {
    /// With the members of objects by name: JSON that was read has them in no order, and two outputs should be the same.
    var sorted: JSON {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let values): .array(values.map(\.sorted))
        case .object(let members): .object(members.map { .init($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        }
    }

    /// The values of an array; empty for anything else.
    var elements: [JSON] { if case .array(let values) = self { values } else { [] } }

    /// The texts of an array; empty for anything else.
    var strings: [String] {
        if case .array(let values) = self { values.compactMap(\.string) } else { [] }
    }
}
