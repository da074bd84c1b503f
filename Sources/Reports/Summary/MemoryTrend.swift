internal import Measurements

/// A gauge of a server's memory over the requests of a run: whether it grows for as long as the load lasts.
///
/// A server takes memory when it begins, and a cache grows until it is full; so the first quarter of the requests says
/// nothing. Behind it the lowest values of four stretches are compared, since a collector of garbage lets memory rise and
/// fall: it grows when each is higher than the one before by about as much, the last one too.
struct MemoryTrend: Sendable {
    /// How it grew, by the lowest values.
    struct Growth: Sendable, Equatable {
        var bytes: Double
        var requests: Double
        /// When the first of the lowest values was, and the last, seconds.
        var start: Double
        var end: Double
        var bytesPerRequest: Double { bytes / requests }
    }

    private struct Point {
        var requests: Double
        var seconds: Double
        var bytes: Double
    }
    private var points: [Point] = []
    private var count = 0
    private var stride = 1

    /// Points that are kept; of a longer run every second sample, then every fourth.
    private static let pointLimit = 512
    /// The stretches, as shares of all requests.
    private static let stretches = [0.25...0.40, 0.45...0.60, 0.65...0.80, 0.85...1.0]
    /// A single sample may be just before a collection.
    private static let stretchPointMinimum = 2
    /// From one stretch to the next it grows by no less than this share of the most; from the last but one to the last by no
    /// less than this share of what it was before: one that levels out grows less and less.
    private static let evenShare = 0.5
    private static let lastShare = 0.8
    /// Less is in the steps in which an allocator takes memory, or is what a server keeps of a busy moment.
    private static let byteMinimum = 512.0 * 1024
    private static let bytesPerRequestMinimum = 16.0

    /// Takes the next sample's value.
    mutating func add(_ bytes: Double, requests: Double, seconds: Double) {
        defer { count += 1 }
        guard count % stride == 0 else { return }
        points.append(Point(requests: requests, seconds: seconds, bytes: bytes))
        guard points.count == MemoryTrend.pointLimit else { return }
        points = Swift.stride(from: 0, to: points.count, by: 2).map { points[$0] }
        stride *= 2
    }

    /// nil: it does not grow to the end, or by too little to be sure.
    var growth: Growth? {
        guard let all = points.last?.requests, all > 0 else { return nil }
        let lowest = MemoryTrend.stretches.compactMap { stretch -> Point? in
            let part = points.filter { stretch.contains($0.requests / all) }
            return part.count >= MemoryTrend.stretchPointMinimum ? part.min { $0.bytes < $1.bytes } : nil
        }
        guard lowest.count == MemoryTrend.stretches.count, let first = lowest.first, let last = lowest.last else { return nil }
        let rises = zip(lowest.dropFirst(), lowest).map { ($0.bytes - $1.bytes) / max(1, $0.requests - $1.requests) }
        guard let least = rises.min(), let most = rises.max(), least >= MemoryTrend.evenShare * most, least > 0 else { return nil }
        let before = rises.dropLast().reduce(0, +) / Double(rises.count - 1)
        let growth = Growth(bytes: last.bytes - first.bytes, requests: last.requests - first.requests, start: first.seconds, end: last.seconds)
        guard rises[rises.count - 1] >= MemoryTrend.lastShare * before, growth.bytes >= MemoryTrend.byteMinimum,
            growth.bytesPerRequest >= MemoryTrend.bytesPerRequestMinimum
        else { return nil }
        return growth
    }
}

/// Memory of a server that is watched, where it grows so that there is no doubt.
struct MemoryTrends: Sendable {
    private var heap = MemoryTrend()
    private var resident = MemoryTrend()

    /// Live bytes of malloc say it soon. Resident memory of a program with a collector of garbage grows evenly until it
    /// collects for the first time, so it takes a longer run.
    private static let heapRequestMinimum = 1_000.0
    private static let residentRequestMinimum = 10_000.0
    private static let heapSeconds = 2.0
    private static let residentSeconds = 15.0

    /// Takes the next sample under load.
    ///
    /// - Parameter requests: done since counting began.
    mutating func add(_ sample: Sample, requests: UInt64) {
        func bytes(_ name: String) -> Double? { Metric.named(name)?.number(of: sample) }
        guard sample.watch != nil else { return }
        let seconds = Metric.seconds(sample.timeNanoseconds)
        if let bytes = bytes("watch.heap.live_bytes") { heap.add(bytes, requests: Double(requests), seconds: seconds) }
        if let bytes = bytes("watch.memory.resident") { resident.add(bytes, requests: Double(requests), seconds: seconds) }
    }

    /// What grows, and how; nil: nothing for certain.
    var growth: (noun: String, growth: MemoryTrend.Growth)? {
        func clear(_ growth: MemoryTrend.Growth?, _ requests: Double, _ seconds: Double) -> MemoryTrend.Growth? {
            growth.flatMap { $0.requests >= requests && $0.end - $0.start >= seconds ? $0 : nil }
        }
        if let growth = clear(heap.growth, MemoryTrends.heapRequestMinimum, MemoryTrends.heapSeconds) { return ("live heap", growth) }
        return clear(resident.growth, MemoryTrends.residentRequestMinimum, MemoryTrends.residentSeconds).map { ("resident memory", $0) }
    }
}
