import Load
import Measurements
import Testing

@Suite("A schedule of phases")
struct PhaseScheduleTests {
    private let second: UInt64 = 1_000_000_000

    private func phase(_ name: String, _ seconds: Double, _ load: Phase.Load) -> Phase {
        Phase(name: name, duration: .nanoseconds(Int64(seconds * 1e9)), load: load)
    }

    /// All intended times.
    private func times(_ phases: [Phase], seed: UInt64 = 1) -> [UInt64] {
        var schedule = PhaseSchedule(phases, startNanoseconds: 0, share: .whole, seed: seed)
        var times: [UInt64] = []
        while let next = schedule.nextNanoseconds, times.count < 1_000_000 {
            times.append(next)
            schedule.advance()
        }
        return times
    }

    private func count(_ times: [UInt64], from start: Double, to end: Double) -> Int {
        times.count { $0 >= UInt64(start * 1e9) && $0 < UInt64(end * 1e9) }
    }

    @Test(
        "has exactly the integral of the rate in a ramp",
        arguments: [(0.0, 1_000.0, 10.0), (500, 20_000, 3), (20_000, 500, 3), (1, 3, 100), (100, 100, 7), (3, 0, 100)])
    func ramp(start: Double, end: Double, seconds: Double) {
        let times = times([phase("a", seconds, .open(OpenLoad(rate: start, endRate: end)))])
        #expect(abs(Double(times.count) - (start + end) / 2 * seconds) <= 1)
        // Half of the way there is a quarter of the change.
        let half = (start + (start + end) / 2) / 2 * seconds / 2
        #expect(abs(Double(count(times, from: 0, to: seconds / 2)) - half) <= 1)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("in a ramp counts a request from its intended nanosecond on, not before", arguments: [(0.0, 1_000.0), (1_000, 0), (5, 7), (0.001, 1e6), (1e8, 1)])
    func rampCountAndTimeAgree(start: Double, end: Double) throws {
        let schedule = Schedule([.init(rate: start, endRate: end, nanoseconds: 10 * second)], startNanoseconds: 5)
        let total = schedule.dueCount(atNanoseconds: 10 * second + 5)
        for request in Set([0, 1, 2, total / 3, total / 2, total - 1]) where request < total {
            let time = try #require(schedule.intendedNanoseconds(ofRequest: request))
            #expect(schedule.dueCount(atNanoseconds: time) > request)
            if time > 5 { #expect(schedule.dueCount(atNanoseconds: time - 1) <= request) }
        }
        #expect(schedule.intendedNanoseconds(ofRequest: total) == nil)
    }

    @Test("goes up in steps")
    func steps() {
        let times = times([phase("a", 10, .open(OpenLoad(rate: 100, endRate: 500, stepCount: 5)))])
        for step in 0..<5 {
            #expect(count(times, from: Double(step) * 2, to: Double(step) * 2 + 2) == (step + 1) * 200)
        }
    }

    @Test("asks for nothing in a pause and in a closed load, and goes on after it")
    func gaps() {
        let times = times([
            phase("a", 1, .open(OpenLoad(rate: 100))), phase("b", 1, .pause), phase("c", 1, .closed),
            phase("d", 1, .open(OpenLoad(rate: 50))),
        ])
        #expect(count(times, from: 0, to: 1) == 100)
        #expect(count(times, from: 1, to: 3) == 0)
        #expect(count(times, from: 3, to: 4) == 50)
        #expect(times.count == 150)
    }

    @Test("has as many requests with random arrivals as without", arguments: [1, 7, 1_000, 20_000])
    func poissonCount(rate: Double) {
        let even = OpenLoad(rate: rate), random = OpenLoad(rate: rate, arrivals: .poisson)
        let times = times([phase("a", 1, .open(even)), phase("b", 3, .open(random)), phase("c", 1, .open(even))])
        #expect(count(times, from: 0, to: 1) == Int(rate))
        #expect(count(times, from: 1, to: 4) == Int(rate) * 3)
        #expect(times.count == Int(rate) * 5)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("has gaps between random arrivals as independent users make them")
    func poissonGaps() {
        let times = times([phase("a", 100, .open(OpenLoad(rate: 1_000, arrivals: .poisson)))])
        let gaps = zip(times.dropFirst(), times).map { Double($0 - $1) / 1e6 }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let deviation = (gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)).squareRoot()
        // Exponential: as wide as long, and e^-1 of the gaps are longer than the mean.
        #expect(abs(mean - 1) < 0.001)
        #expect(abs(deviation - 1) < 0.02)
        #expect(abs(Double(gaps.count { $0 > mean }) / Double(gaps.count) - 0.3679) < 0.01)
        // And seconds differ from each other by about the root of their requests.
        let counts = (0..<100).map { Double(count(times, from: Double($0), to: Double($0) + 1)) - 1_000 }
        let spread = (counts.reduce(0) { $0 + $1 * $1 } / 100).squareRoot()
        #expect(spread > 20 && spread < 45)
    }

    @Test("random arrivals are the same for the same seed, and others for another")
    func seeds() {
        let phases = [phase("a", 1, .open(OpenLoad(rate: 500, arrivals: .poisson)))]
        #expect(times(phases, seed: 7) == times(phases, seed: 7))
        #expect(times(phases, seed: 7) != times(phases, seed: 8))
    }

    @Test("random arrivals follow a ramp")
    func poissonRamp() {
        let times = times([phase("a", 10, .open(OpenLoad(rate: 0.001, endRate: 2_000, arrivals: .poisson)))])
        #expect(abs(times.count - 10_000) <= 1)
        // A quarter of all lies in the first half.
        #expect(abs(count(times, from: 0, to: 5) - 2_500) < 200)
    }
}
