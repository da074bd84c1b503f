/// Whether the requests that fail for one reason have numbers at regular steps: a server that fails every 97th request.
///
/// Kept by integers alone, whatever the number of failures: the first numbers, and the least, the greatest and the common
/// step from one to the next. Requests are numbered in the order in which they are sent. With several connections a server
/// takes them in a slightly other order, so steps may swing; what a swing allows is counted against the regularity.
package struct FailureRhythm: Sendable {
    /// What can be said for certain.
    package struct Finding: Sendable, Equatable {
        /// How regular the steps are.
        package enum Kind: String, Sendable {
            /// Each step is as long as the others.
            case each
            /// Each step is nearly as long as the others.
            case about
            /// Each step is a multiple of one length.
            case multiple
        }

        package var kind: Kind
        /// Requests from one failure to the next.
        package var step: UInt64
        /// Of the first failures, from 1 on.
        package var numbers: [UInt64]

        package init(kind: Kind, step: UInt64, numbers: [UInt64]) {
            self.kind = kind
            self.step = step
            self.numbers = numbers
        }

        /// "every 97th request: 97, 194, 291 ..."
        package var text: String {
            let rule =
                switch kind {
                case .each: "every \(Figure.ordinal(step)) request"
                case .about: "about every \(Figure.ordinal(step)) request"
                case .multiple where (numbers.first ?? 1) % max(1, step) == 0: "only requests whose number is a multiple of \(step)"
                case .multiple: "requests that are a multiple of \(step) apart"
                }
            return rule + (numbers.isEmpty ? "" : ": \(numbers.map { "\($0)" }.joined(separator: ", ")) ...")
        }
    }

    /// Requests in which the kinds of requests take turns: a kind that always fails has its own rhythm.
    private let turnCount: UInt64
    private var count: UInt64 = 0
    private var first: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var last: UInt64 = 0
    private var leastStep = UInt64.max
    private var greatestStep: UInt64 = 0
    private var commonStep: UInt64 = 0
    /// A number came after a higher one: the failures are as close together as the requests in flight.
    private var isOutOfOrder = false

    /// Numbers that are named.
    package static let namedLimit = 3
    /// Regular numbers by chance are rarer than one in 2 to this power.
    private static let certaintyBits = 12.0
    /// A swing of more than this share of the step is no regularity.
    private static let swingShare = 0.5

    /// - Parameter turnCount: requests in which the kinds of requests take turns; 1: there is one kind.
    package init(turnCount: Int) { self.turnCount = UInt64(max(1, turnCount)) }

    /// The request of this number has failed.
    package mutating func add(_ number: UInt64) {
        count &+= 1
        switch count {
        case 1: first.0 = number
        case 2: first.1 = number
        case 3: first.2 = number
        default: break
        }
        defer { last = number }
        guard count > 1 else { return }
        guard number > last else { return isOutOfOrder = true }
        let step = number - last
        leastStep = min(leastStep, step)
        greatestStep = max(greatestStep, step)
        commonStep = FailureRhythm.commonDivisor(commonStep, step)
    }

    /// Numbers count from the next one on.
    package mutating func restart() { self = FailureRhythm(turnCount: Int(turnCount)) }

    /// nil: the numbers are not regular, or there are too few to be certain.
    package var finding: Finding? {
        guard count > 2, !isOutOfOrder else { return nil }
        let numbers = [first.0, first.1, first.2], steps = Double(count - 1)
        let mean = Double(last - first.0) / steps, swing = Double(greatestStep - leastStep)
        if swing <= FailureRhythm.swingShare * mean, isCertain(choices: mean / (swing + 1)) {
            return Finding(kind: swing == 0 ? .each : .about, step: UInt64(mean.rounded()), numbers: numbers)
        }
        guard isCertain(choices: Double(commonStep)) else { return nil }
        return Finding(kind: .multiple, step: commonStep, numbers: numbers)
    }

    /// Whether chance is no explanation: each step after the first had so many lengths to choose from, or a multiple of the
    /// turns of its kind, and took the same.
    private func isCertain(choices: Double) -> Bool {
        let choices = choices / Double(turnCount)
        guard choices >= 2 else { return false }
        var bits = 0.0, rest = choices
        while rest >= 2 {
            rest /= 2
            bits += 1
        }
        return bits * Double(count - 2) >= FailureRhythm.certaintyBits
    }

    private static func commonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
