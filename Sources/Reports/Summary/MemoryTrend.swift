internal import Measurements

/// A gauge of a server's memory over the requests of a run: whether it grows for as long as the load lasts.
///
/// A server takes memory when it begins, and a cache grows until it is full; so the first quarter of the requests says
/// nothing, nor do the first seconds of a program with a collector of garbage. Behind them the lowest values of four
/// stretches are compared, since a collector lets memory rise and fall: it grows when each is higher than the one before by
/// about as much, the last one too. A heap that takes a last step late is looked at again without it. Where that does not say
/// that memory grows, `MemoryRise` tells what goes on between the steps in which such a program takes memory.
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

    /// What can be said of it.
    enum Finding: Sendable, Equatable {
        case grows(Growth)
        /// At the end of the load it did not grow beyond noise.
        case steady
        /// It grew to the end, and how it did may be the warm-up of a healthy program as well.
        case uneven
        /// The load was too short.
        case unknown
    }

    /// How long a load has to be.
    struct Demand: Sendable {
        /// Since the start of the run, left out where that is more than the quarter of the requests.
        var warmupSeconds = 0.0
        /// It grows by no less than this share of what it was, or by `MemoryTrend.byteLimit`: less is how a heap settles.
        var share = 0.0
        /// That it grows: from the first of the lowest values to the last.
        var requests: Double
        var seconds: Double
        /// That it does not: a whole load.
        var steadyRequests: Double
        var steadySeconds: Double
        /// That it grows by the rises between its steps: requests of the whole load. nil: it is memory without steps.
        var steppedRequests: Double?
        /// Less for each request is no leak for certain.
        var bytesPerRequest = 16.0
        /// So much for each request is noise, while it is no more than `MemoryTrend.driftShare` of what it was.
        var noisePerRequest = 0.0
    }

    struct Point {
        var requests: Double
        var seconds: Double
        var bytes: Double
    }
    let demand: Demand
    private var points: [Point] = []
    private var count = 0
    private var stride = 1

    /// Points that are kept; of a longer run every second sample, then every fourth.
    private static let pointLimit = 512
    /// Left out at the beginning, as a share of all requests.
    private static let warmupShare = 0.25
    /// Where the look begins, as shares of what is left.
    private static let beginnings = [0.0, 0.25]
    /// The stretches, as shares of what is looked at.
    private static let stretches = (0..<4).map { Double($0) * 4 / 15 }.map { $0...($0 + 0.2) }
    /// A single sample may be just before a collection.
    private static let stretchPointMinimum = 2
    /// From one stretch to the next it grows by no less than this share of the most; from the last but one to the last by no
    /// less than this share of what it was before: one that levels out grows less and less.
    private static let evenShare = 0.5
    private static let lastShare = 0.8
    /// Of the rise between steps, how much the one of the first half has to be: memory that begins to grow late takes a step.
    private static let earlyShare = 0.7
    /// Of the growth that is told, how much may be noise: a healthy service on Node grew by 6 % where 10 % are told.
    private static let noiseShare = 0.7
    private static let driftShare = 0.15
    /// More for each request is a leak that few requests keep small.
    private static let noisePerRequestLimit = 256.0
    /// Less is in the steps in which an allocator takes memory, or is what a server keeps of a busy moment.
    private static let byteMinimum = 512.0 * 1024
    /// So much is growth, whatever the size of the program.
    private static let byteLimit = 16.0 * 1_048_576

    init(_ demand: Demand) { self.demand = demand }

    /// Takes the next sample's value.
    mutating func add(_ bytes: Double, requests: Double, seconds: Double) {
        defer { count += 1 }
        guard count % stride == 0 else { return }
        points.append(Point(requests: requests, seconds: seconds, bytes: bytes))
        guard points.count == MemoryTrend.pointLimit else { return }
        points = Swift.stride(from: 0, to: points.count, by: 2).map { points[$0] }
        stride *= 2
    }

    var finding: Finding {
        for beginning in MemoryTrend.beginnings {
            if let growth = growth(from: beginning), growth.requests >= demand.requests, growth.end - growth.start >= demand.seconds {
                return .grows(growth)
            }
        }
        guard let first = points.first, let last = points.last, last.requests >= demand.steadyRequests,
            last.seconds - first.seconds >= demand.steadySeconds
        else { return .unknown }
        return findingBetweenSteps
    }

    /// The same of a whole load, by the rises between steps.
    private var findingBetweenSteps: Finding {
        let settled = settled
        guard let start = settled.first, let end = settled.last, let lowest = lowest(from: start.requests), let first = lowest.first,
            let last = lowest.last, let all = MemoryRise(settled), let early = all.firstHalf, let late = all.secondHalf
        else { return .unknown }
        let requests = end.requests - start.requests, needed = needed(of: first.bytes), rise = all.bytesPerRequest
        let isEven = late.bytesPerRequest >= MemoryTrend.lastShare * rise && early.bytesPerRequest >= MemoryTrend.earlyShare * rise
        let isOfLowest = (rises(of: lowest).min() ?? 0) >= MemoryTrend.evenShare * rise
        if isEven, isOfLowest, rise * requests >= needed, rise >= demand.bytesPerRequest,
            end.requests >= demand.steppedRequests ?? demand.steadyRequests
        {
            return .grows(Growth(bytes: rise * requests, requests: requests, start: start.seconds, end: end.seconds))
        }
        let drift = min(demand.noisePerRequest * requests, MemoryTrend.driftShare * first.bytes, MemoryTrend.byteLimit)
        let noise = max(MemoryTrend.byteMinimum, MemoryTrend.noiseShare * needed, drift)
        func isNoise(_ bytesPerRequest: Double) -> Bool {
            let bytes = bytesPerRequest * requests
            return bytes <= MemoryTrend.byteMinimum || bytes <= noise && bytesPerRequest <= MemoryTrend.noisePerRequestLimit
        }
        return isNoise(late.bytesPerRequest) || isNoise((last.bytes - first.bytes) / requests) ? .steady : .uneven
    }

    /// Behind the warm-up it went up and down by no more than an allocator does.
    var isFlat: Bool {
        let bytes = settled.map(\.bytes)
        guard let least = bytes.min(), let most = bytes.max() else { return false }
        return most - least < MemoryTrend.byteMinimum
    }

    /// Behind the warm-up.
    private var settled: ArraySlice<Point> {
        guard let last = points.last else { return [] }
        let start = points.firstIndex {
            $0.requests >= MemoryTrend.warmupShare * last.requests && $0.seconds >= demand.warmupSeconds
        }
        return points[(start ?? points.endIndex)...]
    }

    /// nil: it does not grow evenly and to the end, or by too little to be sure.
    private func growth(from beginning: Double) -> Growth? {
        let settled = settled
        guard let from = settled.first?.requests, let end = settled.last?.requests, end > from else { return nil }
        guard let lowest = lowest(from: from + beginning * (end - from)), let first = lowest.first, let last = lowest.last else { return nil }
        let rises = rises(of: lowest)
        guard let least = rises.min(), let most = rises.max(), least >= MemoryTrend.evenShare * most, least > 0 else { return nil }
        let before = rises.dropLast().reduce(0, +) / Double(rises.count - 1)
        let growth = Growth(bytes: last.bytes - first.bytes, requests: last.requests - first.requests, start: first.seconds, end: last.seconds)
        guard rises[rises.count - 1] >= MemoryTrend.lastShare * before, growth.bytes >= needed(of: first.bytes),
            growth.bytesPerRequest >= demand.bytesPerRequest
        else { return nil }
        // Steps that are as high and as far apart as each other are no growth.
        let rise = demand.steppedRequests == nil ? growth.bytesPerRequest : MemoryRise(settled)?.bytesPerRequest ?? 0
        return rise >= MemoryTrend.evenShare * growth.bytesPerRequest ? growth : nil
    }

    /// The lowest value of each stretch behind so many requests; nil: one of them has too few.
    private func lowest(from start: Double) -> [Point]? {
        let settled = settled
        guard let end = settled.last?.requests, end > start else { return nil }
        let lowest = MemoryTrend.stretches.compactMap { stretch -> Point? in
            let part = settled.filter { $0.requests >= start && stretch.contains(min(1, ($0.requests - start) / (end - start))) }
            return part.count >= MemoryTrend.stretchPointMinimum ? part.min { $0.bytes < $1.bytes } : nil
        }
        return lowest.count == MemoryTrend.stretches.count ? lowest : nil
    }

    /// From each of them to the next, in bytes a request.
    private func rises(of lowest: [Point]) -> [Double] {
        zip(lowest.dropFirst(), lowest).map { ($0.bytes - $1.bytes) / max(1, $0.requests - $1.requests) }
    }

    /// By how much memory of this size has to grow.
    private func needed(of bytes: Double) -> Double { max(MemoryTrend.byteMinimum, min(demand.share * bytes, MemoryTrend.byteLimit)) }
}

/// Memory of a server that is watched, where it grows so that there is no doubt.
struct MemoryTrends: Sendable {
    /// Live bytes of malloc say it soon.
    private var heap = MemoryTrend(.init(requests: 1_000, seconds: 2, steadyRequests: 4_000, steadySeconds: 4))
    /// Resident memory of a program with a collector of garbage grows evenly until it collects for the first time, and its
    /// heap until the collector has found its size: a healthy server on Node needed 17 s and 17 000 requests for that, and
    /// then grew by 5 % in 50 000 more. The steps of another one ended after 26 000, and one that kept nothing
    /// grew by up to 100 bytes a request for a minute.
    private var resident = MemoryTrend(MemoryTrends.residentDemand)

    private static let residentDemand = MemoryTrend.Demand(
        warmupSeconds: 12, share: 0.1, requests: 5_000, seconds: 8, steadyRequests: 10_000, steadySeconds: 38, steppedRequests: 30_000,
        bytesPerRequest: 128, noisePerRequest: 100)

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
        if case .grows(let growth) = heap.finding { return ("live heap", growth) }
        if case .grows(let growth) = resident.finding { return ("resident memory", growth) }
        return nil
    }

    /// Bytes for each request; 0: it does not grow; nil: it cannot be told. A heap that is steady tells nothing of memory that
    /// a program does not take by malloc, unless that is flat.
    var bytesPerRequest: Double? {
        if let growth { return growth.growth.bytesPerRequest }
        return resident.finding == .steady || heap.finding == .steady && resident.isFlat ? 0 : nil
    }

    /// Why it cannot be told whether memory grows: it grew in steps, and not because the load was too short.
    var isUneven: Bool { bytesPerRequest == nil && resident.finding == .uneven }

    /// What tells it of memory that grows in steps: they are few in so many requests.
    static let moreText = "more requests tell it (-q 3000 -d 60s)"

    /// What a load has to be to tell it: "40 s of load and 10000 requests behind the warm-up".
    static var demandText: String {
        "that takes \(Int(residentDemand.steadySeconds) + 2) s of load and \(Int(residentDemand.steadyRequests)) requests"
    }
}
