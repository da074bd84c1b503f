// Quantities of options and scenarios: within a range, and with an error for people.
extension Quantity {
    /// A length of time: `1m30s`, `500ms`, or a bare number of seconds unless it needs a unit.
    package static func duration(
        _ text: String, in range: ClosedRange<Duration>, needsUnit: Bool = false
    ) throws(QuantityError) -> Duration {
        let bounds = range.lowerBound.wholeNanoseconds...range.upperBound.wholeNanoseconds
        return .nanoseconds(try time.whole(text, in: bounds, needsUnit: needsUnit))
    }

    /// A whole number: `10k`, `2.5k`.
    package static func count(_ text: String, in range: ClosedRange<Int>) throws(QuantityError) -> Int {
        try count.whole(text, in: range)
    }

    /// Bytes: `64KiB`, `1MB`, or a bare number of bytes unless it needs a unit.
    package static func byteCount(_ text: String, in range: ClosedRange<Int>, needsUnit: Bool = false) throws(QuantityError) -> Int {
        try size.whole(text, in: range, needsUnit: needsUnit)
    }

    /// Events a second: `500`, `20k`, `90/m`.
    package static func rate(_ text: String, in range: ClosedRange<Double>) throws(QuantityError) -> Double {
        try rate.real(text, in: range)
    }

    /// A part of a whole: `5%`, `0.05`.
    package static func share(_ text: String, in range: ClosedRange<Double> = 0...1) throws(QuantityError) -> Double {
        try share.real(text, in: range)
    }

    private func whole(_ text: String, in range: ClosedRange<Int>, needsUnit: Bool = false) throws(QuantityError) -> Int {
        do throws(Problem) { return try within(range, try whole(text.utf8.span, needsUnit: needsUnit)) } catch {
            throw QuantityError(kind: self, text: text, problem: error, range: self.text(of: range))
        }
    }

    private func real(_ text: String, in range: ClosedRange<Double>) throws(QuantityError) -> Double {
        do throws(Problem) { return try within(range, try real(text.utf8.span)) } catch {
            throw QuantityError(kind: self, text: text, problem: error, range: self.text(of: range))
        }
    }

    private func within<Number: Comparable>(_ range: ClosedRange<Number>, _ number: Number) throws(Problem) -> Number {
        if number < range.lowerBound { throw .below }
        if number > range.upperBound { throw .above }
        return number
    }
}

// As this parser reads them again, to the last digit.
extension Quantity {
    /// `64KiB`, `1m30s`, `10k`: a whole number of the base unit.
    package func text(_ number: Int) -> String {
        switch self {
        case .time: Quantity.timeText(number)
        case .size, .throughput: Quantity.sizeText(number) + (self == .throughput ? "/s" : "")
        case .count, .rate: Quantity.countText(number)
        case .share: "\(number * 100)%"
        }
    }

    /// `0.5`, `20%`: for rates and shares.
    package func text(_ number: Double) -> String {
        if self == .share {
            // A product of binary fractions may be a hair beside the percentage that was meant.
            let percent = (number * 1e11).rounded() / 1e9
            return percent / 100 == number ? Quantity.plainText(percent) + "%" : Quantity.plainText(number)
        }
        return Int(exactly: number).map(text) ?? Quantity.plainText(number)
    }

    /// `10ms to 1h`, or `1 or more` where the largest is the largest there is.
    package func text(of range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "\(text(range.lowerBound)) or more" : "\(text(range.lowerBound)) to \(text(range.upperBound))"
    }

    /// The same for rates and shares.
    package func text(of range: ClosedRange<Double>) -> String { "\(text(range.lowerBound)) to \(text(range.upperBound))" }

    private static func timeText(_ nanoseconds: Int) -> String {
        for (unit, scale) in [("ns", 1), ("us", 1_000), ("ms", 1_000_000)] where nanoseconds > 0 && nanoseconds < scale * 1_000 {
            return decimalText(nanoseconds, scale) + unit
        }
        let minute = 60_000_000_000
        let hours = nanoseconds / (60 * minute), minutes = nanoseconds / minute % 60, rest = nanoseconds % minute
        let parts = (hours > 0 ? "\(hours)h" : "") + (minutes > 0 ? "\(minutes)m" : "")
        return rest > 0 || parts.isEmpty ? parts + decimalText(rest, 1_000_000_000) + "s" : parts
    }

    /// `number / scale`, where `scale` is a power of ten.
    private static func decimalText(_ number: Int, _ scale: Int) -> String {
        guard number % scale > 0 else { return "\(number / scale)" }
        var digits = String(number % scale + scale).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(number / scale).\(digits)"
    }

    private static func sizeText(_ byteCount: Int) -> String {
        for (unit, scale) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where byteCount > 0 && byteCount % scale == 0 {
            return "\(byteCount / scale)\(unit)"
        }
        return "\(byteCount)B"
    }

    /// Thousands have a letter where there are at least ten of them: 1000 reads well as it is.
    private static func countText(_ count: Int) -> String {
        for (unit, scale) in [("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)] where count >= 10_000 && count % scale == 0 {
            return "\(count / scale)\(unit)"
        }
        return "\(count)"
    }

    private static func plainText(_ number: Double) -> String { JSON.number(number).text }
}
