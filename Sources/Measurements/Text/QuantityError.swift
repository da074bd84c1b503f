/// A text that is not the quantity it should be.
package struct QuantityError: Error, Equatable {
    /// What the text should have been.
    package var kind: Quantity
    /// As it was written.
    package var text: String
    package var problem: Quantity.Problem
    /// What is possible, for people: "1 to 64k".
    package var range: String

    package init(kind: Quantity, text: String, problem: Quantity.Problem, range: String) {
        self.kind = kind
        self.text = text
        self.problem = problem
        self.range = range
    }
}

extension QuantityError: CustomStringConvertible {
    /// What is wrong, and what would be right.
    package var description: String {
        let text = text.quotable
        return switch problem {
        case .notANumber, .unknownUnit: "\"\(text)\" is not a \(kind.noun); write \(kind.examples)"
        case .missingUnit: "\"\(text)\" has no unit; write \(kind.examples)"
        case .notWhole: "\"\(text)\" is not a whole number\(kind.part); write \(kind.examples)"
        case .negative, .below: "\"\(text)\" is too small; write \(range)"
        case .above: "\"\(text)\" is too large; write \(range)"
        }
    }
}

extension Quantity {
    /// What a text of this kind is called.
    package var noun: String {
        switch self {
        case .time: "time"
        case .size: "size"
        case .count, .rate: "number"
        case .share: "share"
        case .throughput: "throughput"
        }
    }

    /// How it is written, for people.
    package var examples: String {
        switch self {
        case .time: "500ms, 30s or 1m30s"
        case .size: "512B, 64KiB or 1MB"
        case .count: "500, 20k or 1.5M"
        case .rate: "500, 20k or 1.5M"
        case .share: "5% or 0.05"
        case .throughput: "8MiB/s or 1GB/s"
        }
    }

    fileprivate var part: String {
        switch self {
        case .time: " of nanoseconds"
        case .size, .throughput: " of bytes"
        case .count, .rate, .share: ""
        }
    }
}
