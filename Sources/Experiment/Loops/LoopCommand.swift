internal import Load

/// A command to the thread of an event loop.
enum LoopCommand: Sendable {
    /// Publish a reading. Asked at this time of the monotonic clock.
    case sample(askedNanoseconds: UInt64)
    /// This loop's share of a change.
    case change(RunChange)
    /// End. Asked at this time: requests that an open load had to send by then are still sent.
    case stop(askedNanoseconds: UInt64, withinNanoseconds: UInt64)
}
