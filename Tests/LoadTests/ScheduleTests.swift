import Load
import Measurements
import Testing

@Suite("A schedule")
struct ScheduleTests {
    private let second: UInt64 = 1_000_000_000

    @Test("is exact after ten hours", arguments: [1, 7, 1_000, 50_000])
    func exactAfterHours(rate: UInt64) {
        let schedule = Schedule(rate: Double(rate))
        let end = 36_000 * second
        // Request 0 is due at 0, and request rate * 36 000 at the very end.
        #expect(schedule.dueCount(atNanoseconds: end) == rate * 36_000 + 1)
        #expect(schedule.dueCount(atNanoseconds: end - 1) == rate * 36_000)
        #expect(schedule.intendedNanoseconds(ofRequest: rate * 36_000) == end)
    }

    @Test("counts a request from its intended nanosecond on, not before", arguments: [0.3, 1, 7, 999.9, 50_000, 1e9])
    func countAndTimeAgree(rate: Double) throws {
        let schedule = Schedule(rate: rate, startNanoseconds: 5)
        for request: UInt64 in [0, 1, 2, 3, 10, 9_999, 123_456_789] {
            let time = try #require(schedule.intendedNanoseconds(ofRequest: request))
            #expect(schedule.dueCount(atNanoseconds: time) == request + 1)
            if request > 0 { #expect(schedule.dueCount(atNanoseconds: time - 1) == request) }
        }
    }

    @Test("sends the first request at the start")
    func firstAtStart() {
        let schedule = Schedule(rate: 0.001, startNanoseconds: 42)
        #expect(schedule.intendedNanoseconds(ofRequest: 0) == 42)
        #expect(schedule.dueCount(atNanoseconds: 42) == 1)
    }

    @Test("loses and doubles no request when the rate changes at any moment")
    func rateChanges() throws {
        var schedule = Schedule(rate: 1_000)
        var now: UInt64 = 0
        var due = schedule.dueCount(atNanoseconds: 0)
        for step in 1...200 {
            now += 777_777
            let before = schedule.dueCount(atNanoseconds: now)
            schedule.setRate(Double(step % 7) * 333, atNanoseconds: now)
            #expect(schedule.dueCount(atNanoseconds: now) == before)
            #expect(before >= due)
            due = before
        }
        schedule.setRate(7, atNanoseconds: now)
        var last: UInt64 = 0
        for request in 0..<(due + 20) {
            let time = try #require(schedule.intendedNanoseconds(ofRequest: request))
            #expect(time >= last)
            #expect(request >= due ? time > now : time <= now)
            last = time
        }
    }

    @Test("gets on although the rate changes ten times within each wait")
    func frequentChanges() {
        var schedule = Schedule(rate: 1)
        for tick in 1...100 { schedule.setRate(tick.isMultiple(of: 2) ? 1 : 3, atNanoseconds: UInt64(tick) * second / 10) }
        // Ten seconds at a mean of two a second, and the first one.
        #expect(schedule.dueCount(atNanoseconds: 10 * second) == 21)
    }

    @Test("keeps the intended times of what was due before a change")
    func backlog() {
        var schedule = Schedule(rate: 10)
        schedule.setRate(1_000, atNanoseconds: second)
        #expect(schedule.intendedNanoseconds(ofRequest: 5) == second / 2)
        #expect(schedule.intendedNanoseconds(ofRequest: 11) == second + second / 1_000)
    }

    @Test("with rate 0 wants nothing more, and goes on from there")
    func pause() {
        var schedule = Schedule(rate: 10)
        schedule.setRate(0, atNanoseconds: second)
        #expect(schedule.dueCount(atNanoseconds: 100 * second) == 11)
        #expect(schedule.intendedNanoseconds(ofRequest: 11) == nil)
        schedule.setRate(10, atNanoseconds: 100 * second)
        #expect(schedule.intendedNanoseconds(ofRequest: 11) == 100 * second + second / 10)
    }

    @Test("remembers a bounded number of changes")
    func manyChanges() {
        var schedule = Schedule(rate: 1)
        for tick in 1...(UInt64(Schedule.segmentLimit) * 2) { schedule.setRate(1, atNanoseconds: tick * second) }
        #expect(schedule.intendedNanoseconds(ofRequest: 0) == UInt64(Schedule.segmentLimit + 1) * second)
        #expect(schedule.dueCount(atNanoseconds: 1_000 * second) == 1_001)
    }
}
