internal import Loop

/// The timers of one loop's load.
struct LoadTimers {
    /// Looks at the schedule.
    let pace: PreciseTimer
    /// Ends the wait for requests in flight.
    let drain: Timer
    /// Looks at the clock when nothing else does, so that a standstill is noticed.
    let beat: Timer

    init(loop: EventLoop) throws(LoopError) {
        pace = try PreciseTimer(loop: loop)
        drain = Timer(loop: loop)
        beat = Timer(loop: loop)
    }

    /// Ends them for good; those that have ended may be among them.
    func close() {
        pace.close()
        drain.close()
        beat.close()
    }
}
