import Load
import Testing

@Suite("The parts of a load that its origins have") struct OriginPartTests {
    static let weights = [[1, 1], [3, 1], [9, 1], [1, 1, 1], [1000, 1], [5, 3, 2, 7]]

    private func parts(_ weights: [Int]) -> [OriginPart] { weights.indices.map { OriginPart($0, of: weights) } }

    @Test("of a count add up to it, each its weight's share of it to within one", arguments: weights)
    func counts(weights: [Int]) {
        for count in [0, 1, 7, 100, 4_099, Int.max] {
            let counts = parts(weights).map { $0.count(among: count) }
            #expect(counts.reduce(0, +) == count)
            for (part, own) in zip(parts(weights), counts) where count < 1 << 40 { #expect(abs(Double(own) - Double(count) * part.share) <= 1) }
        }
    }

    @Test("of connections add up to them, with one for each origin", arguments: weights)
    func connections(weights: [Int]) {
        for count in weights.count...200 {
            let connections = parts(weights).map { $0.connections(among: count) }
            #expect(connections.reduce(0, +) == count && connections.allSatisfy { $0 > 0 }, "\(connections)")
        }
        #expect(OriginPart(0, of: [9, 1]).connections(among: 50) == 45)
    }

    @Test("of an even schedule are all of its requests, once, where the weights are equal", arguments: [1, 3])
    func evenSchedule(loops: Int) {
        let phases = [Phase(name: "a", duration: .seconds(1), load: .open(OpenLoad(rate: 100, endRate: 300)))]
        let whole = times(phases, .whole)
        let together = (0..<loops).flatMap { loop in
            parts([1, 1]).flatMap { part in times(scaled(phases, part), RunShare(loop, of: loops).part(part.index, of: 2)) }
        }
        #expect(together.sorted() == whole && !whole.isEmpty)
    }

    @Test("of a schedule have their weights' shares of its requests", arguments: weights)
    func schedule(weights: [Int]) {
        let phases = [Phase(name: "a", duration: .seconds(2), load: .open(OpenLoad(rate: 5_000)))]
        for part in parts(weights) {
            let count = times(scaled(phases, part), RunShare(part.index, of: weights.count)).count
            #expect(abs(Double(count) - 10_000 * part.share) <= 1, "\(weights) \(part.index): \(count)")
        }
    }

    @Test("of a change of a loop's rate and connections are those of its load")
    func change() {
        let parts = parts([3, 1])
        #expect(parts.map { RunChange.rate(100).part($0) } == [.rate(75), .rate(25)])
        #expect(parts.map { RunChange.connections(8).part($0) } == [.connections(6), .connections(2)])
        #expect(parts.map { RunChange.hold(true).part($0) } == [.hold(true), .hold(true)])
        #expect(RunChange.rate(100).part(.whole) == .rate(100))
    }

    private func scaled(_ phases: [Phase], _ part: OriginPart) -> [Phase] {
        phases.map { phase in
            guard case .open(let open) = phase.load else { return phase }
            var phase = phase
            phase.load = .open(open.scaled(by: part.pace))
            return phase
        }
    }

    private func times(_ phases: [Phase], _ share: RunShare) -> [UInt64] {
        var schedule = PhaseSchedule(phases, startNanoseconds: 0, share: share, seed: 1)
        var times: [UInt64] = []
        while let next = schedule.nextNanoseconds {
            times.append(next)
            schedule.advance()
        }
        return times
    }
}
