import Measurements

/// The display standing still: the samples and events of when it stopped, and the moment that is looked at.
///
/// The copy shares its moments with the live history until that goes on. So a pause outlives
/// the ring: ten minutes later it still shows the same.
struct Hold: Sendable {
    let history: History
    let events: [Event]
    /// Moments up to here are shown, as `History.added` counts.
    private(set) var end: Int

    init(_ history: History, _ events: [Event]) {
        self.history = history
        // Events after the last sample come with the next one.
        let then = history.last?.timeNanoseconds ?? .max
        self.events = events.filter { $0.timeNanoseconds <= then }
        end = history.added
    }

    /// Looks so many moments further, or back where it is negative; at both ends it stays.
    mutating func scrub(_ moments: Int) { look(at: end + moments) }

    /// Looks at the first moment that knows of a time, or at the nearest that is kept.
    mutating func look(atNanoseconds time: UInt64) {
        look(at: history.added - history.count + 1 + min(history.count - 1, history.index(atNanoseconds: time)))
    }

    private mutating func look(at place: Int) {
        end = max(min(history.added, history.added - history.count + 1), min(history.added, place))
    }
}
