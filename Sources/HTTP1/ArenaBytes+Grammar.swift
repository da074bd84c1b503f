package import Memory

/// The pieces of HTTP's grammar that requests, responses and routes share.
extension ArenaBytes {
    /// A view of bytes that live as long as the call that looks at them.
    init(viewing bytes: UnsafeRawBufferPointer) { unsafe self.init(start: bytes.baseAddress, count: bytes.count) }

    /// The value of decimal digits and nothing else: no sign, no list. nil without a digit, and beyond 64 bits.
    package var decimalNumber: UInt64? {
        guard !isEmpty else { return nil }
        var number: UInt64 = 0
        for index in 0..<count {
            guard let digit = ASCII.decimal(self[index]) else { return nil }
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooMuchStill) = tens.addingReportingOverflow(UInt64(digit))
            if isTooMuch || isTooMuchStill { return nil }
            number = sum
        }
        return number
    }

    /// Without the blanks at both ends.
    @inline(__always)
    var trimmed: ArenaBytes {
        var start = 0
        var end = count
        while start < end && ASCII.isBlank(self[start]) { start += 1 }
        while end > start && ASCII.isBlank(self[end - 1]) { end -= 1 }
        return self[start..<end]
    }

    /// Walks a comma-separated list, blanks around its elements removed.
    @inline(__always)
    func forEachElement(_ body: (ArenaBytes) -> Void) {
        var start = 0
        while start <= count {
            var end = start
            while end < count && self[end] != 0x2C { end += 1 }
            body(self[start..<end].trimmed)
            start = end + 1
        }
    }
}
