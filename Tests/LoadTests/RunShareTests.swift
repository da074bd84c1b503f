import Load
import Measurements
import Testing

@Suite("The parts of a run") struct RunShareTests {
    /// Whatever the whole comes to, the parts come to together.
    @Test("have all numbers below any total, each once", arguments: [1, 2, 3, 7, 8, 63, 64])
    func numbers(parts: Int) {
        for total in [0, 1, parts - 1, parts, parts + 1, 1_000, 4_099] {
            let numbers = (0..<parts).flatMap { index in
                let share = RunShare(index, of: parts)
                return (0..<UInt64(share.count(among: total))).map(share.number)
            }
            #expect(numbers.sorted() == Array(0..<UInt64(total)))
        }
    }

    @Test("have parts, which have the numbers of their part, each once", arguments: [1, 2, 5], [1, 3, 4])
    func partsOfParts(processes: Int, loops: Int) {
        for process in 0..<processes {
            let outer = RunShare(process, of: processes)
            let inner = (0..<loops).flatMap { loop in
                let share = outer.part(loop, of: loops)
                return (0..<UInt64(share.count(among: 1_001))).map(share.number)
            }
            #expect(inner.sorted() == (0..<UInt64(outer.count(among: 1_001))).map(outer.number))
        }
    }

    @Test("send every request of the whole at its time, once, whatever the phases", arguments: 1...64)
    func schedules(parts: Int) {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...1_000_000, using: &random)
        let phases = RunShareTests.phases(seed)
        let whole = RunShareTests.times(phases, .whole, seed: seed)
        let together = (0..<parts).flatMap { RunShareTests.times(phases, RunShare($0, of: parts), seed: seed) }.sorted()
        #expect(together == whole.sorted(), "seed \(seed)")
        #expect(!whole.isEmpty)
    }

    @Test("take turns in an even schedule instead of sending at once")
    func interleaving() {
        let phases = [Phase(name: "a", duration: .seconds(1), load: .open(OpenLoad(rate: 100)))]
        let second = RunShareTests.times(phases, RunShare(1, of: 4), seed: 1)
        #expect(second.prefix(3) == [10_000_005, 50_000_005, 90_000_005])
    }

    /// All intended times of a part.
    private static func times(_ phases: [Phase], _ share: RunShare, seed: UInt64) -> [UInt64] {
        var schedule = PhaseSchedule(phases, startNanoseconds: 5, share: share, seed: seed)
        var times: [UInt64] = []
        while let next = schedule.nextNanoseconds {
            times.append(next)
            schedule.advance()
        }
        #expect(times.count == Int(schedule.count))
        return times
    }

    /// Three phases of any kind of open load, with closed ones and pauses between them.
    private static func phases(_ seed: UInt64) -> [Phase] {
        var state = seed
        func draw(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        return (0..<6).map { number in
            let duration = Duration.milliseconds(Int64(1 + draw(900)))
            guard number.isMultiple(of: 2) else {
                return Phase(name: "\(number)", duration: duration, load: draw(2) == 0 ? .closed : .pause)
            }
            let rate = Double(draw(1_000_000)) / 700
            let end: Double? = draw(2) == 0 ? nil : Double(draw(1_000_000)) / 700
            let open = OpenLoad(
                rate: rate, endRate: end, stepCount: end != nil && draw(2) == 0 ? Int(2 + draw(5)) : nil,
                arrivals: draw(2) == 0 ? .constant : .poisson)
            return Phase(name: "\(number)", duration: duration, load: .open(open))
        }
    }
}
