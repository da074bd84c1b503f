package import Measurements

/// The last moments, oldest first, up to a limit.
package struct History: Sendable {
    /// Ten minutes at two samples a second: about 5 MB.
    package static let defaultCapacity = 1_200

    package let capacity: Int
    private var ring: [Moment] = []
    /// Where the oldest is, once the ring is full.
    private var start = 0
    /// Moments added so far: moment `added - 1` is the newest.
    package private(set) var added = 0
    package private(set) var peakRequestRate = 0.0

    package init(capacity: Int = History.defaultCapacity) {
        self.capacity = max(2, capacity)
    }

    package var count: Int { ring.count }
    package var last: Moment? { ring.isEmpty ? nil : self[count - 1] }

    /// The moment at a place, 0 for the oldest that is kept.
    package subscript(index: Int) -> Moment {
        // Lent: a copy of a moment counts up each of its arrays.
        _read { yield ring[(start + index) % ring.count] }
    }

    /// The place of the first moment at or after a time; `count` where there is none.
    func index(atNanoseconds time: UInt64) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].timeNanoseconds < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// All but the newest moment, and the peak.
    mutating func forgetPast() {
        guard let last else { return }
        ring = [last]
        start = 0
        peakRequestRate = last.rates.requests
    }

    /// Keeps a sample, as far as the panels need it; the oldest moment gives way.
    package mutating func add(_ sample: Sample) {
        let moment = Moment(sample, after: last)
        if !ring.isEmpty { ring[(start + count - 1) % ring.count].becomePast() }
        if ring.count < capacity {
            ring.append(moment)
        } else {
            ring[start] = moment
            start = (start + 1) % capacity
        }
        added += 1
        peakRequestRate = max(peakRequestRate, moment.rates.requests)
    }

    /// The last `limit` values up to moment `end` (as `added` counts), oldest first.
    func values<Value>(_ limit: Int, upTo end: Int, _ value: (Moment) -> Value) -> [Value] {
        let last = min(count, max(0, end - (added - count)))
        let first = max(0, last - max(0, limit))
        return (first..<last).map { value(self[$0]) }
    }
}
