internal import HTTP1
internal import Memory

extension ArenaBytes {
    /// The value of a decimal number of at most 18 digits, or nil.
    var decimal: Int? { count <= 18 ? decimalNumber.flatMap(Int.init(exactly:)) : nil }

    /// The value of a decimal number of at most 20 digits that fits 64 bits, or nil.
    var decimal64: UInt64? { count <= 20 ? decimalNumber : nil }

    /// A number of bytes: "64", "4KiB", "1MiB", or nil.
    var byteCountArgument: Int? {
        if count > 3, self[count - 3..<count].equalsIgnoringCase("kib") { return scaled(by: 1 << 10) }
        if count > 3, self[count - 3..<count].equalsIgnoringCase("mib") { return scaled(by: 1 << 20) }
        return decimal
    }

    private func scaled(by unit: Int) -> Int? {
        guard let number = self[0..<count - 3].decimal, number <= Int.max / unit else { return nil }
        return number * unit
    }

    /// Seconds with an optional fraction, in nanoseconds, or nil: "2", "0.25".
    var secondsArgument: UInt64? {
        var point = 0
        while point < count && self[point] != UInt8(ascii: ".") { point += 1 }
        guard point > 0, point <= 6, let whole = self[0..<point].decimal else { return nil }
        var nanoseconds = UInt64(whole) * 1_000_000_000
        var unit: UInt64 = 100_000_000
        var index = point + 1
        while index < count {
            let digit = UInt64(self[index]) &- 0x30
            guard digit <= 9 else { return nil }
            nanoseconds += digit * unit
            unit /= 10
            index += 1
        }
        return nanoseconds
    }

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
