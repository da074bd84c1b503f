internal import Loop

/// The time of the event that a loop is handling, read once for everything that the event leads to.
///
/// Reading the clock for each request would cost more than the request's histogram.
final class LoopClock {
    /// Of the monotonic clock.
    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()

    /// Reads the clock: at the beginning of an event, and before requests go out.
    func refresh() { nowNanoseconds = EventLoop.monotonicNanoseconds() }
}
