internal import HTTP1
internal import Measurements
internal import Memory

extension ArenaBytes {
    /// The value of a decimal number of at most 18 digits, or nil.
    var decimal: Int? { count <= 18 ? decimalNumber.flatMap(Int.init(exactly:)) : nil }

    /// The value of a decimal number of at most 20 digits that fits 64 bits, or nil.
    var decimal64: UInt64? { count <= 20 ? decimalNumber : nil }

    /// A number of bytes: "64", "4KiB", "1MiB", or nil.
    var byteCountArgument: Int? { try? Quantity.size.whole(unsafe Span(_unsafeBytes: buffer)) }

    /// A time in nanoseconds: "2" and "0.25" are seconds, "50ms"; or nil.
    var nanosecondsArgument: UInt64? { (try? Quantity.time.whole(unsafe Span(_unsafeBytes: buffer))).map { UInt64($0) } }

    /// The value of `name` in a query, the first one, not decoded. nil when it is not there.
    func queryValue(_ name: StaticString) -> ArenaBytes? {
        var found: ArenaBytes?
        forEachQueryPair { key, value in
            if found == nil && key.equals(name) { found = value }
        }
        return found
    }

    /// Calls `body` with each pair of a query, not decoded.
    func forEachQueryPair(_ body: (_ name: ArenaBytes, _ value: ArenaBytes) -> Void) {
        var start = 0
        while start < count {
            var end = start
            var equals = -1
            while end < count && self[end] != UInt8(ascii: "&") {
                if equals < 0 && self[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            if end > start {
                let split = equals < 0 ? end : equals
                body(self[start..<split], self[min(split + 1, end)..<end])
            }
            start = end + 1
        }
    }
}
