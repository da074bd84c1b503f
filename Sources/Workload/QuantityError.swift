/// A number that is none, or not one that makes sense here.
package struct QuantityError: Error, Equatable {
    package var kind: Kind
    /// As it was written.
    package var text: String
    package var problem: Problem

    package init(kind: Kind, text: String, problem: Problem) {
        self.kind = kind
        self.text = text
        self.problem = problem
    }

    /// What the text should have been.
    package enum Kind: Sendable {
        case duration, count, byteCount, rate, share
    }

    /// What it was instead.
    package enum Problem: Error, Equatable {
        case notANumber
        case negative
        case missingUnit
        case unknownUnit(String)
        /// Half a request, a tenth of a nanosecond.
        case notWhole
        /// Beyond what 64 bits hold.
        case tooLarge
        /// Out of range, with the least or the most that is in it.
        case below(String)
        case above(String)
    }
}

extension QuantityError: CustomStringConvertible {
    /// What is wrong, and what would be right.
    package var description: String {
        switch problem {
        case .notANumber: "'\(text)' is no \(kind.noun); write \(kind.examples)"
        case .negative: "'\(text)' is negative; write \(kind.examples)"
        case .missingUnit: "'\(text)' needs a unit; write \(kind.examples)"
        case .unknownUnit(let unit): "'\(unit)' is no unit of a \(kind.noun); write \(kind.examples)"
        case .notWhole: "'\(text)' is finer than a \(kind.noun) can be; write \(kind.examples)"
        case .tooLarge: "'\(text)' is too large; write \(kind.examples)"
        case .below(let least): "'\(text)' is too small: at least \(least)"
        case .above(let most): "'\(text)' is too large: at most \(most)"
        }
    }
}

extension QuantityError.Kind {
    var noun: String {
        switch self {
        case .duration: "duration"
        case .count: "count"
        case .byteCount: "size"
        case .rate: "rate"
        case .share: "share"
        }
    }

    var examples: String {
        switch self {
        case .duration: "500ms, 30s, 1m30s or seconds"
        case .count: "100, 2.5k or 1m (a million)"
        case .byteCount: "512B, 64KiB or 1MB"
        case .rate: "500, 20k, 0.5 or 90/m"
        case .share: "5% or 0.05"
        }
    }
}
