/// Taking turns by weight.
package enum WeightedTurns {
    /// A turn of each weight's index as often as the weight says, with the least bunching: each time
    /// the one that is furthest behind its share.
    package static func order(_ weights: [Int]) -> [Int] {
        let divisor = weights.reduce(0) { greatestCommonDivisor($0, $1) }
        guard divisor > 0 else { return [] }
        let shares = weights.map { $0 / divisor }
        let total = shares.reduce(0, +)
        // Many targets of one weight: nothing to weigh.
        if total == shares.count { return Array(shares.indices) }
        var credit = shares.map { _ in 0 }
        return (0..<total).map { _ in
            for index in shares.indices { credit[index] += shares[index] }
            let next = credit.indices.max { credit[$0] < credit[$1] } ?? 0
            credit[next] -= total
            return next
        }
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
}
