import Glibc
import Loop
import TestSupport
import Testing

/// Sets a timer again and again, so far ahead each time, and notes how late it fires.
private final class Metronome: PreciseTimerTarget {
    private let timer: PreciseTimer
    private let stepNanoseconds: UInt64
    private var left: Int
    private var due: UInt64 = 0
    private(set) var delays: [UInt64] = []
    /// Times that it fired before its deadline.
    private(set) var earlyCount = 0

    init(_ timer: PreciseTimer, stepNanoseconds: UInt64, count: Int) {
        self.timer = timer
        self.stepNanoseconds = stepNanoseconds
        left = count
        timer.target = self
        set()
    }

    private func set() {
        due = .now + stepNanoseconds
        timer.setDeadline(nanoseconds: due)
    }

    func deadlineDidPass(of timer: PreciseTimer) {
        let now = UInt64.now
        if now < due { earlyCount += 1 }
        delays.append(now - min(now, due))
        left -= 1
        if left > 0 { set() } else { timer.close() }
    }
}

@Suite("A precise timer", .waiting) struct PreciseTimerTests {
    @Test("fires once for each deadline, never before it, and within a fraction of a millisecond", .measuring)
    func precision() throws {
        let loop = try EventLoop()
        // 0.3 ms: a clock of milliseconds would be 0.7 ms late each time.
        let metronome = Metronome(try PreciseTimer(loop: loop), stepNanoseconds: 300_000, count: 400)
        loop.run()
        #expect(metronome.delays.count == 400)
        #expect(metronome.earlyCount == 0)
        // The best quarter: on a busy machine the thread itself may wait for a core.
        #expect(metronome.delays.sorted()[100] < 300_000)
    }

    @Test("that is set anew fires at the new time only, and one whose time has passed at once")
    func moved() throws {
        final class Log: PreciseTimerTarget {
            let start = UInt64.now
            var times: [UInt64] = []

            func deadlineDidPass(of timer: PreciseTimer) {
                times.append(.now - start)
                if times.count == 1 { timer.setDeadline(nanoseconds: 0) } else { timer.close() }
            }
        }
        let loop = try EventLoop()
        let timer = try PreciseTimer(loop: loop)
        let log = Log()
        timer.target = log
        timer.setDeadline(nanoseconds: log.start + 60_000_000_000)
        timer.setDeadline(nanoseconds: log.start + 2_000_000)
        timer.setDeadline(nanoseconds: log.start + 20_000_000)
        loop.run()
        #expect(log.times.count == 2)
        #expect(log.times.allSatisfy { (20_000_000..<60_000_000_000).contains($0) })
    }

    @Test("that is stopped does not fire, nor one that is not set again", arguments: [true, false])
    func stopped(isStopped: Bool) throws {
        final class Counter: PreciseTimerTarget {
            var count = 0

            func deadlineDidPass(of timer: PreciseTimer) { count += 1 }
        }
        let loop = try EventLoop()
        let timer = try PreciseTimer(loop: loop)
        let counter = Counter()
        timer.target = counter
        timer.setDeadline(nanoseconds: .now + 1_000_000)
        if isStopped { timer.stop() }
        let end = Timer(loop: loop)
        let after = After(end, milliseconds: 30) {
            timer.close()
            timer.close()
            timer.setDeadline(nanoseconds: 1)
            end.close()
        }
        loop.run()
        #expect(counter.count == (isStopped ? 0 : 1))
        withExtendedLifetime(after) {}
    }

    @Test("cannot be had without a descriptor, and says so")
    func noDescriptor() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var none = limit
            none.rlim_cur = 0
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
            let error = #expect(throws: LoopError.self) { _ = try PreciseTimer(loop: loop) }
            // The leak checker, which runs at the end, opens files.
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            #expect(error?.call == "timerfd_create")
            loop.run()
        }
    }
}
