internal import Loop

/// The times of a run on the monotonic clock, which all processes share.
struct RunClock {
    /// Time 0 of the run.
    private(set) var startNanoseconds: UInt64 = 0
    private var lastSampleNanoseconds: UInt64 = 0

    /// The run starts now.
    mutating func start() {
        startNanoseconds = EventLoop.monotonicNanoseconds()
        lastSampleNanoseconds = startNanoseconds
    }

    /// Since the start of the run.
    var elapsedNanoseconds: UInt64 { EventLoop.monotonicNanoseconds() - startNanoseconds }

    /// A sample is taken now. - Returns: its time since the start, and the time since the sample before.
    mutating func takeSample() -> (timeNanoseconds: UInt64, intervalNanoseconds: UInt64) {
        let now = EventLoop.monotonicNanoseconds()
        defer { lastSampleNanoseconds = now }
        return (now - startNanoseconds, now - lastSampleNanoseconds)
    }

    /// The time since the start of a moment of the monotonic clock; 0 for one before.
    func elapsed(atNanoseconds monotonic: UInt64) -> UInt64 { monotonic - min(monotonic, startNanoseconds) }
}
