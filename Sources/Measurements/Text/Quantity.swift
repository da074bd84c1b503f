/// A number with a unit as people and peers write it: `1m30s`, `10k`, `1e4`, `64KiB`, `90/m`, `5%`.
///
/// This is the only parser of such texts in the program. It reads bytes and allocates nothing, so the
/// server's routes read `/bytes/64KiB` with it on every request. Nothing is rounded on the way to a
/// whole number: `0.3s` is 300 000 000 nanoseconds. The case of a unit's letters does not matter.
package enum Quantity: Sendable, Equatable {
    /// A length of time, in nanoseconds: units one after another (`1m30s`, `1.5h`), or a bare number of seconds.
    case time
    /// Bytes: `64KiB`, `1MB`, `512B`, or a bare number of them.
    case size
    /// `10k`, `2.5k`, `1M`.
    case count
    /// Events a second: `500`, `20k`, `0.5`, `90/m`.
    case rate
    /// A part of a whole: `5%`, `0.05`.
    case share
    /// Bytes a second: `8MiB/s`.
    case throughput

    /// What can be wrong with a text. Without the text, so that it is thrown without an allocation.
    package enum Problem: Error, Equatable {
        case notANumber
        case negative
        /// A bare number where the reader could not be sure of its unit.
        case missingUnit
        case unknownUnit
        /// Half a request, a tenth of a nanosecond.
        case notWhole
        case below
        case above
    }

    /// The text as a whole number of the base unit: nanoseconds, bytes, events.
    ///
    /// - Parameter needsUnit: refuse a bare number where there are units.
    package func whole(_ text: Span<UInt8>, needsUnit: Bool = false) throws(Problem) -> Int {
        var sum = 0
        var position = 0
        repeat {
            let (number, unit) = try term(text, &position, needsUnit: needsUnit)
            let (next, overflows) = sum.addingReportingOverflow(try number.whole(times: unit))
            guard !overflows else { throw .above }
            sum = next
        } while position < text.count
        return sum
    }

    /// The text as a number of the base unit, to the nearest double: nanoseconds, bytes, a share of 1.
    ///
    /// - Parameter needsUnit: refuse a bare number where there are units.
    package func real(_ text: Span<UInt8>, needsUnit: Bool = false) throws(Problem) -> Double {
        var sum = 0.0
        var position = 0
        repeat {
            let (number, unit) = try term(text, &position, needsUnit: needsUnit)
            sum += number.real(times: unit)
        } while position < text.count
        return sum
    }

    /// Reads one number and its unit. Only a time may have more behind it.
    private func term(_ text: Span<UInt8>, _ position: inout Int, needsUnit: Bool) throws(Problem) -> (Decimal, Unit) {
        let isFirst = position == 0
        let number = try Decimal(text, from: &position)
        let start = position
        while position < text.count, !(self == .time && Decimal.isPart(text[position])) { position += 1 }
        // "1m30" is ambiguous even where a bare number has a meaning.
        guard position > start || isFirst && !(needsUnit && hasUnits) else { throw .missingUnit }
        guard let unit = unit(Unit.key(text, start..<position)) else { throw .unknownUnit }
        return (number, unit)
    }

    /// A count and a share have no units, only letters for thousands and a sign for hundredths.
    private var hasUnits: Bool { self == .time || self == .size || self == .throughput }

    /// Linear search on purpose: a kind has at most 16 units, and a comparison is one of integers.
    private func unit(_ key: UInt64?) -> Unit? {
        guard let key else { return nil }
        let units = Unit.all(of: self)
        var index = 0
        // An iterator allocates in debug builds, whose servers are measured too.
        while index < units.count {
            if units[index].key == key { return units[index] }
            index += 1
        }
        return nil
    }
}

/// A decimal number without a sign, as it was written.
private struct Decimal {
    /// Without the point.
    var digits: Int64 = 0
    /// Ten to the number of digits behind the point.
    var scale: Int64 = 1

    /// Takes the number at `position`: digits, and perhaps a point with digits on both sides.
    init(_ text: Span<UInt8>, from position: inout Int) throws(Quantity.Problem) {
        guard position < text.count else { throw .notANumber }
        if text[position] == UInt8(ascii: "-") { throw .negative }
        var pointIndex: Int?
        let start = position
        while position < text.count, Decimal.isPart(text[position]) {
            if text[position] == UInt8(ascii: ".") {
                guard pointIndex == nil else { throw .notANumber }
                pointIndex = position
            } else {
                let (tens, isTooLarge) = digits.multipliedReportingOverflow(by: 10)
                let (sum, isStillTooLarge) = tens.addingReportingOverflow(Int64(text[position] - UInt8(ascii: "0")))
                guard !isTooLarge && !isStillTooLarge else { throw .above }
                digits = sum
                if pointIndex != nil {
                    let (tenfold, isTooFine) = scale.multipliedReportingOverflow(by: 10)
                    guard !isTooFine else { throw .notWhole }
                    scale = tenfold
                }
            }
            position += 1
        }
        guard position > start, pointIndex != start, pointIndex != position - 1 else { throw .notANumber }
        try takeExponent(text, &position)
    }

    /// Takes `e3`, `e+3` or `e-3`, where it follows. An `e` without digits is left, as the beginning of a unit.
    private mutating func takeExponent(_ text: Span<UInt8>, _ position: inout Int) throws(Quantity.Problem) {
        guard position < text.count, text[position] | 0x20 == UInt8(ascii: "e") else { return }
        var next = position + 1
        let isNegative = next < text.count && text[next] == UInt8(ascii: "-")
        if isNegative || next < text.count && text[next] == UInt8(ascii: "+") { next += 1 }
        guard next < text.count, text[next] &- UInt8(ascii: "0") <= 9 else { return }
        var exponent = 0
        while next < text.count, text[next] &- UInt8(ascii: "0") <= 9 {
            exponent = min(100, exponent * 10 + Int(text[next] - UInt8(ascii: "0")))
            next += 1
        }
        position = next
        for _ in 0..<exponent {
            if isNegative {
                let (tenfold, isTooFine) = scale.multipliedReportingOverflow(by: 10)
                guard !isTooFine else { throw .notWhole }
                scale = tenfold
            } else if scale > 1 {
                scale /= 10
            } else {
                let (tenfold, isTooLarge) = digits.multipliedReportingOverflow(by: 10)
                guard !isTooLarge else { throw .above }
                digits = tenfold
            }
        }
    }

    /// The number of base units. Errors: there is none, or more than 64 bits hold.
    func whole(times unit: Unit) throws(Quantity.Problem) -> Int {
        guard unit.divisor == 1 else { throw .notWhole }
        let product = digits.multipliedFullWidth(by: unit.multiplier)
        guard product.high < scale else { throw .above }
        let (quotient, remainder) = scale.dividingFullWidth(product)
        guard quotient >= 0 else { throw .above }
        guard remainder == 0 else { throw .notWhole }
        return Int(quotient)
    }

    func real(times unit: Unit) -> Double { Double(digits) * Double(unit.multiplier) / (Double(scale) * Double(unit.divisor)) }

    static func isPart(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte &- UInt8(ascii: "0") <= 9 }
}

/// A unit: its name, and how many base units it is.
private struct Unit {
    /// The name's bytes in lower case, the first in the lowest eight bits.
    let key: UInt64
    let multiplier: Int64
    let divisor: Int64

    init(_ name: String, _ multiplier: Int64, dividedBy divisor: Int64 = 1) {
        key = Unit.key(name.utf8.span, 0..<name.utf8.count) ?? 0
        self.multiplier = multiplier
        self.divisor = divisor
    }

    /// nil: longer than any unit.
    static func key(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
        guard range.count <= 8 else { return nil }
        var key: UInt64 = 0
        for index in range {
            let byte = text[index]
            let isUpperCase = byte &- UInt8(ascii: "A") < 26
            key |= UInt64(isUpperCase ? byte | 0x20 : byte) << UInt64(8 * (index - range.lowerBound))
        }
        return key
    }

    static func all(of kind: Quantity) -> [Unit] {
        switch kind {
        case .time: times
        case .size: sizes
        case .count: counts
        case .rate: rates
        case .share: shares
        case .throughput: throughputs
        }
    }

    private static let times = [
        Unit("", 1_000_000_000), Unit("s", 1_000_000_000), Unit("ms", 1_000_000), Unit("us", 1_000), Unit("\u{b5}s", 1_000), Unit("ns", 1),
        Unit("m", 60_000_000_000), Unit("min", 60_000_000_000), Unit("h", 3_600_000_000_000),
    ]
    private static let sizes = [Unit("", 1)] + sizeNames.map { Unit($0, $1) }
    private static let throughputs = sizeNames.map { Unit("\($0)/s", $1) }
    private static let counts = countNames.map { Unit($0, $1) }
    private static let rates = [("", 1), ("/s", 1), ("/m", 60), ("/h", 3_600)].flatMap { ending, seconds in
        countNames.map { Unit($0 + ending, $1, dividedBy: seconds) }
    }
    private static let shares = [Unit("", 1), Unit("%", 1, dividedBy: 100)]

    private static let countNames: [(String, Int64)] = [("", 1), ("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000)]
    private static let sizeNames: [(String, Int64)] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ]
}
