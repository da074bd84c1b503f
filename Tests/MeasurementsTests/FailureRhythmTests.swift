import Measurements
import Testing

@Suite("The numbers of requests that failed") struct FailureRhythmTests {
    private func finding(_ numbers: some Sequence<UInt64>, turnCount: Int = 1) -> FailureRhythm.Finding? {
        var rhythm = FailureRhythm(turnCount: turnCount)
        for number in numbers { rhythm.add(number) }
        return rhythm.finding
    }

    @Test("have a step where each is as far from the one before, with the first of them")
    func each() {
        #expect(finding((1...4).map { 97 * $0 })?.text == "every 97th request: 97, 194, 291 ...")
        #expect(finding((0..<300).map { 5 + 97 * $0 })?.text == "every 97th request: 5, 102, 199 ...")
        #expect(finding((1...20).map { 2 * $0 })?.text == "every 2nd request: 2, 4, 6 ...")
        #expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(Figure.ordinal) == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"])
    }

    @Test("have none where there are too few of them to exclude chance")
    func few() {
        #expect(finding([]) == nil && finding([97]) == nil && finding([97, 194]) == nil && finding([97, 194, 291]) == nil)
        #expect(finding((1...10).map { 2 * $0 }) == nil, "each second one, ten times")
        #expect(finding(1...100) == nil, "all of them")
    }

    @Test("may swing by as much as the requests in flight")
    func swing() {
        var random = Chance(seed: 5)
        let numbers = (1...300).map { UInt64(97 * $0 + random.next(below: 20)) }
        #expect(finding(numbers).map { ($0.kind == .about) && $0.step == 97 } == true)
        #expect(finding((1...300).map { UInt64(97 * $0 + random.next(below: 60)) }) == nil)
    }

    @Test("are told as multiples where some of those that were due did not fail")
    func multiples() {
        var random = Chance(seed: 7)
        let numbers = (1...80).filter { _ in random.next(below: 2) == 0 }.map { UInt64(97 * $0) }
        #expect(finding(numbers)?.text.hasPrefix("only requests whose number is a multiple of 97: ") == true)
        #expect(finding(numbers.map { $0 + 5 })?.text.hasPrefix("requests that are a multiple of 97 apart: ") == true)
    }

    @Test("have no step by chance", arguments: [2, 3, 10, 97, 1000])
    func chance(mean: Int) {
        var random = Chance(seed: 11), found = 0
        for _ in 0..<400 {
            let count = 3 + random.next(below: 60)
            let numbers = (1...(mean * count)).filter { _ in random.next(below: mean) == 0 }.map { UInt64($0) }
            if finding(numbers) != nil { found += 1 }
        }
        #expect(found <= 2, "\(found) of 400")
    }

    @Test("have none that is the turn of a kind of request, and one that is longer")
    func turns() {
        #expect(finding((1...300).map { 2 * $0 }, turnCount: 2) == nil)
        #expect(finding((1...300).map { 11 * $0 }, turnCount: 11) == nil)
        #expect(finding((1...300).map { 194 * $0 }, turnCount: 2)?.step == 194)
        var random = Chance(seed: 13)
        #expect(finding((1...3000).filter { _ in random.next(below: 10) == 0 }.map { UInt64(11 * $0) }, turnCount: 11) == nil)
    }

    @Test("have none where they come in another order, nor where two loops count them")
    func order() {
        #expect(finding((1...40).map { 97 * $0 } + [50]) == nil)
        var failures = [FailureCount(reason: "status 500", count: 9, example: "")]
        failures[0].rhythm = finding((1...9).map { 97 * $0 })
        var both = failures
        both.merge([FailureCount(reason: "status 500", count: 1, example: "")])
        #expect(failures[0].text == "status 500, every 97th request: 97, 194, 291 ..." && both[0].text == "status 500")
    }

    @Test("count from the end of the warm-up on")
    func restart() {
        var rhythm = FailureRhythm(turnCount: 1)
        for number in [3, 4, 9, 100] as [UInt64] { rhythm.add(number) }
        rhythm.restart()
        for number in 5...12 { rhythm.add(UInt64(97 * number)) }
        #expect(rhythm.finding?.text == "every 97th request: 485, 582, 679 ...")
    }
}

/// The same numbers in each run (Knuth's MMIX, of which the high bits are good).
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}
