import Loop
import Memory
import TestSupport
import Testing

/// Calls back when a timer fires.
final class After: TimerTarget {
    private let body: () -> Void

    init(_ timer: Timer, milliseconds: Int, body: @escaping () -> Void) {
        self.body = body
        timer.target = self
        timer.setDeadline(nanoseconds: .now + UInt64(milliseconds) * 1_000_000)
    }

    func timerDidFire(_ timer: Timer) { body() }
}

extension UInt64 {
    static var now: UInt64 { EventLoop.monotonicNanoseconds() }
}

@Suite("A timer", .waiting) struct TimerTests {
    @Test("fires once, not before its time", arguments: [0, 1, 3, 20])
    func fires(milliseconds: Int) throws {
        let loop = try EventLoop()
        let timer = Timer(loop: loop)
        let start = UInt64.now
        var fired: [UInt64] = []
        let after = After(timer, milliseconds: milliseconds) {
            fired.append(.now - start)
            timer.close()
        }
        loop.run()
        #expect(fired.count == 1)
        #expect(fired.allSatisfy { $0 >= UInt64(milliseconds) * 1_000_000 })
        withExtendedLifetime(after) {}
    }

    @Test("fires at the later time when it was moved there")
    func movedLater() throws {
        let loop = try EventLoop()
        let timer = Timer(loop: loop)
        let start = UInt64.now
        var fired: [UInt64] = []
        let after = After(timer, milliseconds: 5) {
            fired.append(.now - start)
            timer.close()
        }
        for milliseconds in 6...30 { timer.setDeadline(nanoseconds: start + UInt64(milliseconds) * 1_000_000) }
        loop.run()
        #expect(fired.count == 1 && fired.allSatisfy { $0 >= 30_000_000 })
        withExtendedLifetime(after) {}
    }

    @Test("fires at the earlier time when it was moved there")
    func movedEarlier() throws {
        let loop = try EventLoop()
        let timer = Timer(loop: loop)
        let start = UInt64.now
        var fired: [UInt64] = []
        let after = After(timer, milliseconds: 60_000) {
            fired.append(.now - start)
            timer.close()
        }
        timer.setDeadline(nanoseconds: start + 5_000_000)
        loop.run()
        #expect(fired.count == 1 && fired.allSatisfy { $0 >= 5_000_000 && $0 < 10_000_000_000 })
        withExtendedLifetime(after) {}
    }

    @Test("does not fire once stopped, and can be used again")
    func stopped() throws {
        let loop = try EventLoop()
        let timer = Timer(loop: loop)
        var fired = 0
        let after = After(timer, milliseconds: 5) { fired += 1 }
        timer.stop()
        let other = Timer(loop: loop)
        let later = After(other, milliseconds: 20) {
            #expect(fired == 0)
            other.close()
            timer.setDeadline(nanoseconds: .now + 1_000_000)
        }
        let end = Timer(loop: loop)
        let last = After(end, milliseconds: 60) {
            end.close()
            timer.close()
        }
        loop.run()
        #expect(fired == 1)
        withExtendedLifetime((after, later, last)) {}
    }

    @Test("can be set again from its own firing")
    func again() throws {
        let loop = try EventLoop()
        let timer = Timer(loop: loop)
        let times = Ticks(timer)
        loop.run()
        #expect(times.count == 5)
    }

    @Test("is reused after it was given back, and lets a loop that has nothing else end at once")
    func reuse() throws {
        let loop = try EventLoop()
        let first = loop.takeTimer()
        var fired = 0
        let after = After(first, milliseconds: 30_000) { fired += 1 }
        loop.giveTimer(first)
        #expect(loop.takeTimer() === first)
        loop.giveTimer(first)
        let start = monotonicSeconds()
        loop.run()
        #expect(monotonicSeconds() - start < 5, "an idle timer held the loop")
        #expect(fired == 0)
        withExtendedLifetime(after) {}
    }

    @Test("beyond those kept for reuse is closed")
    func manyTimers() throws {
        let loop = try EventLoop()
        for timer in (0..<1000).map({ _ in loop.takeTimer() }) { loop.giveTimer(timer) }
        loop.run()
    }
}

private final class Ticks: TimerTarget {
    var count = 0

    init(_ timer: Timer) {
        timer.target = self
        timer.setDeadline(nanoseconds: .now)
    }

    func timerDidFire(_ timer: Timer) {
        count += 1
        if count == 5 { timer.close() } else { timer.setDeadline(nanoseconds: .now + 1_000_000) }
    }
}
