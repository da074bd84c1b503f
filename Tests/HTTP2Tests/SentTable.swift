import TestSupport

/// HPACK's dynamic table of an end that sends (RFC 7541, 2.3.2): a field that is in it goes as a number, and any other as
/// a literal that both ends add to it.
struct SentTable {
    /// SETTINGS_HEADER_TABLE_SIZE, by default.
    private static let byteLimit = 4096
    private static let staticCount = 61

    /// Newest first.
    private var fields: [RequestScript.Field] = []

    mutating func block(_ field: RequestScript.Field) -> [UInt8] {
        if let place = fields.firstIndex(of: field) { return SentTable.number(SentTable.staticCount + 1 + place) }
        fields.insert(field, at: 0)
        while fields.reduce(0, { $0 + $1.name.count + $1.value.count + 32 }) > SentTable.byteLimit { fields.removeLast() }
        return [0x40] + Frame.literal(field.name) + Frame.literal(field.value)
    }

    /// An indexed field: seven bits in the first byte (5.1).
    private static func number(_ index: Int) -> [UInt8] {
        index < 127 ? [0x80 | UInt8(index)] : [0xFF, UInt8(index - 127)]
    }
}
