internal import Measurements

/// Which kinds of request fail for a reason, where they are few of several and chance is no explanation.
struct FailingKinds {
    let failure: FailureCount
    /// What became of each kind of request in the run.
    let requests: [RequestSample]

    /// Columns of a kind that is named, and those of its end: what differs is often there.
    private static let nameWidth = 60
    private static let nameEnd = 25
    /// So many failures would all be of these kinds by chance, if each kind failed alike, less often than this.
    private static let chanceLimit = 0.001

    /// "each of the 23 GET /search?q={{random.string 39}}, and no other", "402 of the 1200 GET /x, and no other"; nil: it cannot be said.
    var text: String? {
        guard let kinds = failure.kinds, !kinds.isEmpty, failure.count > 1 else { return nil }
        let asked = requests.filter { $0.done > 0 && $0.name != RequestSample.unsentName }
        guard asked.count > kinds.count, kinds.reduce(0.0, { $0 + Double($1.count) }) == Double(failure.count) else { return nil }
        let totals = kinds.map { kind in asked.first { $0.name == kind.name }?.done ?? 0 }
        // A recording may have any numbers.
        guard zip(kinds, totals).allSatisfy({ $0.count <= $1 }) else { return nil }
        let isEach = zip(kinds, totals).allSatisfy { $0.count == $1 }
        guard isEach || isNoChance(of: totals, asked) else { return nil }
        let parts = zip(kinds, totals).map { kind, total in
            "\(isEach ? "the \(total)" : "\(kind.count) of the \(total)") \(kind.name.cut(toColumns: FailingKinds.nameWidth, keepingEnd: FailingKinds.nameEnd))"
        }
        return (isEach ? "each of " : "") + parts.joined(separator: " and ") + ", and no other"
    }

    private func isNoChance(of totals: [UInt64], _ asked: [RequestSample]) -> Bool {
        let share = totals.reduce(0.0) { $0 + Double($1) } / asked.reduce(0.0) { $0 + Double($1.done) }
        var chance = 1.0, rest = failure.count
        while rest > 0, chance > FailingKinds.chanceLimit, share < 1 {
            chance *= share
            rest -= 1
        }
        return chance <= FailingKinds.chanceLimit
    }
}
