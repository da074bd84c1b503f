import Experiment
import Testing

@Suite("How often thousands of connections are read")
struct ReadingPaceTests {
    private static let millisecond: UInt64 = 1_000_000
    private static let second: UInt64 = 1_000_000_000

    /// Whether the next reading is due after this time, where one at 5 s took so long.
    private func isDue(after wait: UInt64, cost: UInt64) -> Bool {
        var pace = ReadingPace()
        pace.note(costNanoseconds: cost, atNanoseconds: 5 * Self.second)
        return pace.isDue(atNanoseconds: 5 * Self.second + wait)
    }

    @Test("the first reading is due at once")
    func first() { #expect(ReadingPace().isDue(atNanoseconds: 0)) }

    @Test("one that takes no longer than 1.5 ms is due for each sample")
    func small() { #expect(isDue(after: 0, cost: 1_500_000)) }

    @Test("one that takes longer has a share of 0.3 % of a core")
    func share() {
        #expect(!isDue(after: 990 * Self.millisecond, cost: 3 * Self.millisecond))
        #expect(isDue(after: 1_010 * Self.millisecond, cost: 3 * Self.millisecond))
    }

    @Test("what a screen shows is no older than 10 s, however long a reading takes")
    func longest() {
        #expect(!isDue(after: 9_990 * Self.millisecond, cost: 3 * Self.second))
        #expect(isDue(after: 10 * Self.second, cost: 3 * Self.second))
    }

    @Test("a reading that has become quick is due for each sample again")
    func quickAgain() {
        var pace = ReadingPace()
        pace.note(costNanoseconds: 20 * Self.millisecond, atNanoseconds: 0)
        pace.note(costNanoseconds: Self.millisecond, atNanoseconds: 7 * Self.second)
        #expect(pace.isDue(atNanoseconds: 7 * Self.second))
    }
}
