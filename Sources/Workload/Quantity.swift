/// Numbers with units as people write them: `1m30s`, `10k`, `64KiB`, `2.5k/s`.
///
/// Exact: decimal digits are never put through a binary fraction, so `0.3s` is
/// 300 000 000 nanoseconds.
package enum Quantity {
    /// A length of time: numbers with units one after another (`1m30s`, `1.5h`, `500ms`), or
    /// a bare number of seconds.
    package static func duration(_ text: String, in range: ClosedRange<Duration>) throws(QuantityError) -> Duration {
        do throws(QuantityError.Problem) {
            var rest = text[...]
            var nanoseconds: Int64 = 0
            repeat {
                let number = try Decimal(takingFrom: &rest)
                let unit = takeUnit(from: &rest)
                if unit.isEmpty && !(rest.isEmpty && nanoseconds == 0) { throw .missingUnit }
                guard let scale = durationUnits[unit.isEmpty ? "s" : unit] else { throw .unknownUnit(unit) }
                let (sum, overflow) = nanoseconds.addingReportingOverflow(try number.whole(times: scale))
                guard !overflow else { throw .tooLarge }
                nanoseconds = sum
            } while !rest.isEmpty
            let duration = Duration.nanoseconds(nanoseconds)
            if duration < range.lowerBound { throw .below("\(shortText(range.lowerBound))") }
            if duration > range.upperBound { throw .above("\(shortText(range.upperBound))") }
            return duration
        } catch {
            throw QuantityError(kind: .duration, text: text, problem: error)
        }
    }

    /// A whole number, also with `k`, `m` (million) or `g`: `10k`, `2.5k`.
    package static func count(_ text: String, in range: ClosedRange<Int>) throws(QuantityError) -> Int {
        do throws(QuantityError.Problem) {
            var rest = text[...]
            let number = try Decimal(takingFrom: &rest)
            return try within(range, try number.whole(times: try countScale(rest)))
        } catch {
            throw QuantityError(kind: .count, text: text, problem: error)
        }
    }

    /// Bytes: `64KiB`, `1MB`, `512B`, and a bare number of bytes where a bare number cannot be misread.
    package static func byteCount(
        _ text: String, in range: ClosedRange<Int>, allowsBareNumber: Bool
    ) throws(QuantityError) -> Int {
        do throws(QuantityError.Problem) {
            var rest = text[...]
            let number = try Decimal(takingFrom: &rest)
            if rest.isEmpty && !allowsBareNumber { throw .missingUnit }
            guard let scale = byteUnits[rest.isEmpty ? "B" : String(rest)] else { throw .unknownUnit(String(rest)) }
            return try within(range, try number.whole(times: scale))
        } catch {
            throw QuantityError(kind: .byteCount, text: text, problem: error)
        }
    }

    /// Events a second: `500`, `20k`, `0.5`, `90/m`.
    package static func rate(_ text: String, in range: ClosedRange<Double>) throws(QuantityError) -> Double {
        do throws(QuantityError.Problem) {
            var rest = text[...]
            let number = try Decimal(takingFrom: &rest)
            let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let seconds = ["s": 1.0, "m": 60, "h": 3_600][parts.count > 1 ? String(parts[1]) : "s"] else {
                throw .unknownUnit("/\(parts[1])")
            }
            let rate = number.approximation * Double(try countScale(parts.first ?? "")) / seconds
            if rate < range.lowerBound { throw .below("\(range.lowerBound)") }
            if rate > range.upperBound { throw .above("\(range.upperBound)") }
            return rate
        } catch {
            throw QuantityError(kind: .rate, text: text, problem: error)
        }
    }

    /// A part of a whole, 0 to 1: `5%`, `0.05`.
    package static func share(_ text: String) throws(QuantityError) -> Double {
        do throws(QuantityError.Problem) {
            var rest = text[...]
            let number = try Decimal(takingFrom: &rest)
            guard rest.isEmpty || rest == "%" else { throw .unknownUnit(String(rest)) }
            let share = number.approximation / (rest == "%" ? 100 : 1)
            if share > 1 { throw .above("100%") }
            return share
        } catch {
            throw QuantityError(kind: .share, text: text, problem: error)
        }
    }

    private static let durationUnits: [String: Int64] = [
        "ns": 1, "us": 1_000, "\u{b5}s": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    private static let byteUnits: [String: Int64] = [
        "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "KB": 1_000, "kB": 1_000, "MB": 1_000_000,
        "GB": 1_000_000_000,
    ]

    private static func countScale(_ unit: Substring) throws(QuantityError.Problem) -> Int64 {
        switch unit {
        case "": 1
        case "k", "K": 1_000
        case "m", "M": 1_000_000
        case "g", "G": 1_000_000_000
        default: throw .unknownUnit(String(unit))
        }
    }

    private static func within(_ range: ClosedRange<Int>, _ number: Int64) throws(QuantityError.Problem) -> Int {
        if number < range.lowerBound { throw .below("\(range.lowerBound)") }
        if number > range.upperBound { throw .above("\(range.upperBound)") }
        return Int(number)
    }

    private static func takeUnit(from rest: inout Substring) -> String {
        let unit = rest.prefix { !$0.isNumber && $0 != "." }
        rest = rest.dropFirst(unit.count)
        return String(unit)
    }

    private static func shortText(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms"
    }
}

/// Digits with a point, as written.
private struct Decimal {
    var digits: Int64
    /// How many of them stand behind the point.
    var scale: Int64 = 1

    /// Takes the number at the front. More than 18 digits are more than anybody means.
    init(takingFrom rest: inout Substring) throws(QuantityError.Problem) {
        guard let first = rest.first else { throw .notANumber }
        if first == "-" { throw .negative }
        let text = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let all = parts.joined()
        guard parts.count <= 2, !all.isEmpty, !(parts.first?.isEmpty ?? true), !(parts.last?.isEmpty ?? true) else {
            throw .notANumber
        }
        guard all.count <= 18, let digits = Int64(all) else { throw .tooLarge }
        self.digits = digits
        if parts.count == 2 { for _ in parts[1] { scale *= 10 } }
        rest = rest.dropFirst(text.count)
    }

    var approximation: Double { Double(digits) / Double(scale) }

    func whole(times factor: Int64) throws(QuantityError.Problem) -> Int64 {
        let product = digits.multipliedFullWidth(by: factor)
        guard product.high < scale else { throw .tooLarge }
        let (quotient, remainder) = scale.dividingFullWidth(product)
        guard quotient >= 0 else { throw .tooLarge }
        guard remainder == 0 else { throw .notWhole }
        return quotient
    }
}
