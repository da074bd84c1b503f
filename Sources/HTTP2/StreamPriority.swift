/// A request's priority (RFC 9218, 4): which answers go first.
struct StreamPriority: Equatable {
    /// From 0, before all others, to 7.
    private(set) var urgency: UInt32 = 3
    /// Its answer may go in turn with others of the same urgency.
    private(set) var isIncremental = false

    /// Takes over what a `priority` field says.
    /// - Returns: false for a field that cannot be read; the priority is then as it was.
    mutating func read(_ field: FieldText) -> Bool {
        var dictionary = StructuredDictionary(field)
        var priority = self
        while let member = dictionary.next() {
            switch (member.key, member.value) {
            case (UInt8(ascii: "i"), .boolean(let isIncremental)): priority.isIncremental = isIncremental
            case (UInt8(ascii: "u"), .integer(let urgency)) where urgency >= 0 && urgency <= 7:
                priority.urgency = UInt32(urgency)
            case (UInt8(ascii: "i"), _), (UInt8(ascii: "u"), _): return false
            default: break
            }
        }
        guard dictionary.isWellFormed else { return false }
        self = priority
        return true
    }
}
