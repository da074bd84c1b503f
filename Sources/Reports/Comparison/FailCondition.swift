/// A change that is not to be: `client.response_time.p99 > +10%`, or with a bare number, a
/// value of the later run: `client.requests.failed.rate > 0`. With a phase before it, of that
/// phase: `steady: client.response_time.p99 > +10%`.
///
/// A share must also be more than the noise floor: a run that differs by chance fails nobody's
/// build. Where the floor is not known, neither is whether it is chance, and the condition is not
/// judged. A figure that either run lacks fails: it was asked for.
package struct FailCondition: Sendable, Equatable {
    /// nil: of the whole run.
    package let phase: String?
    package let name: String
    package let relation: Relation
    /// A share of the base when `isShare`: 0.1 for 10 %; else in the figure's unit.
    package let limit: Double
    package let isShare: Bool

    /// How the change stands to the limit for the condition to hold.
    package enum Relation: String, Sendable, CaseIterable {
        // Longer ones first: they begin with the shorter.
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
    }

    /// What is wrong with the text of a condition.
    package enum ParseError: Error, Equatable {
        case noRelation
        case noName
        case notANumber(String)
    }

    package init(parsing text: String) throws(ParseError) {
        guard let start = text.firstIndex(where: { "<>".contains($0) }),
            let relation = Relation.allCases.first(where: { text[start...].hasPrefix($0.rawValue) })
        else { throw .noRelation }
        // p99.9 is how people write it, p99_9 is the name.
        let colon = text[..<start].firstIndex(of: ":")
        phase = colon.map { String(text[..<$0]).split(separator: " ").joined(separator: " ") }
        guard phase != "" else { throw .noName }
        let words = text[(colon.map { text.index(after: $0) } ?? text.startIndex)..<start].split(separator: " ")
        guard words.count == 1, let word = words.first else { throw .noName }
        name = FailCondition.percentileSpelling.reduce(String(word)) { name, spelling in
            name.hasSuffix(spelling.written) ? name.dropLast(spelling.written.count) + spelling.name : name
        }
        self.relation = relation
        var rest = text[text.index(start, offsetBy: relation.rawValue.count)...].filter { $0 != " " }
        isShare = rest.hasSuffix("%")
        if isShare { rest.removeLast() }
        guard let number = Double(rest), number.isFinite else { throw .notANumber(rest) }
        limit = isShare ? number / 100 : number
    }

    private static let percentileSpelling = [(written: ".p99.99", name: ".p99_99"), (written: ".p99.9", name: ".p99_9")]

    /// What a comparison says of a condition.
    package enum Judgement: Sendable, Equatable {
        /// It did not come to that, or by no more than noise.
        case passed
        case failed
        /// It came to that, but with too few intervals to tell whether by chance.
        case unknown(intervals: Int)
    }

    /// Whether it came to what is not to be.
    package func judge(_ comparison: Comparison) -> Judgement {
        guard let change = comparison.change(of: name, inPhase: phase), let base = change.base,
            let other = change.other
        else { return .failed }
        guard isShare else { return holds(other) ? .failed : .passed }
        // From nothing to something is more than any share; and what is the same needs no noise to be so.
        guard base != other, holds(change.share ?? (other > base ? .infinity : -.infinity)) else { return .passed }
        guard let noiseFloor = change.noiseFloor else { return .unknown(intervals: change.intervalCount) }
        return (other - base).magnitude > noiseFloor ? .failed : .passed
    }

    private func holds(_ value: Double) -> Bool {
        switch relation {
        case .above: value > limit
        case .below: value < limit
        case .atLeast: value >= limit
        case .atMost: value <= limit
        }
    }
}
