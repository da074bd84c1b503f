/// The part of a load that one of its origins has: by the weights of the requests to each.
///
/// Every event loop has its part of each origin's load. Parts of a count add up to it exactly; so do the requests of an
/// open load where the weights are equal, and else to within one for each origin.
package struct OriginPart: Sendable, Equatable {
    /// Which of the origins, from 0.
    package let index: Int
    /// Of the requests to each origin; all above 0.
    package let weights: [Int]

    /// All of a load with one origin.
    package static let whole = OriginPart(0, of: [1])

    package init(_ index: Int, of weights: [Int]) {
        precondition(weights.indices.contains(index) && weights.allSatisfy { $0 > 0 }, "origin \(index) of \(weights)")
        self.index = index
        self.weights = weights
    }

    package var isWhole: Bool { weights.count == 1 }

    private var total: Int { weights.reduce(0, +) }

    /// Of the requests, 0 to 1.
    package var share: Double { Double(weights[index]) / Double(total) }

    /// Origins take turns in the schedule of a load; the rate by which that of this one is higher than the load's.
    package var pace: Double { Double(weights.count) * share }

    /// How many of a count are this origin's.
    package func count(among count: Int) -> Int {
        let before = weights[..<index].reduce(0, +)
        func part(_ weight: Int) -> Int { Int(UInt128(count) * UInt128(weight) / UInt128(total)) }
        return part(before + weights[index]) - part(before)
    }

    /// How many of a loop's connections are this origin's: at least one, so that there are as many as origins at least.
    package func connections(among count: Int) -> Int {
        let total = Double(total)
        let ideal = weights.map { Double(count) * Double($0) / total }
        var parts = ideal.map { max(1, Int($0)) }
        while parts.reduce(0, +) < count, let last = parts.indices.max(by: { ideal[$0] - Double(parts[$0]) < ideal[$1] - Double(parts[$1]) }) { parts[last] += 1 }
        while parts.reduce(0, +) > count,
            let most = parts.indices.filter({ parts[$0] > 1 }).max(by: { Double(parts[$0]) - ideal[$0] < Double(parts[$1]) - ideal[$1] })
        { parts[most] -= 1 }
        return parts[index]
    }

    /// The fewest connections of a loop of which each origin gets about its share.
    package static func leastConnections(_ weights: [Int]) -> Int {
        let least = 2 * (weights.min() ?? 1)
        return max(weights.count, weights.count == 1 ? 1 : (weights.reduce(0, +) + least - 1) / least)
    }
}

extension OpenLoad {
    /// The same at so many times the rate, as far as a schedule goes.
    package func scaled(by factor: Double) -> OpenLoad {
        var scaled = self
        scaled.rate = min(rate * factor, Schedule.rateLimit)
        scaled.endRate = endRate.map { min($0 * factor, Schedule.rateLimit) }
        return scaled
    }
}
