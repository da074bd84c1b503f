/// How memory rises with the requests, whatever steps it takes beside that: the median of many short rises.
///
/// A program with a collector of garbage takes memory in steps of some MiB, healthy or not, so a line through its samples, or
/// the difference of two of them, tells of steps. Most short rises have none in them. Of a service on Node that kept 500 bytes
/// of each request the median was 440 to 630 bytes, and 0 to 100 of the same one when it kept nothing.
struct MemoryRise {
    private let points: ArraySlice<MemoryTrend.Point>
    /// Over which a rise is measured.
    private let requests: Double
    let bytesPerRequest: Double

    /// Requests of a short rise, as a share of all: some samples, and few enough that a step is in few of them.
    private static let share = 0.1

    /// nil: there are too few points.
    init?(_ points: ArraySlice<MemoryTrend.Point>) {
        guard let first = points.first, let last = points.last else { return nil }
        self.init(points, over: MemoryRise.share * (last.requests - first.requests))
    }

    private init?(_ points: ArraySlice<MemoryTrend.Point>, over requests: Double) {
        guard requests > 0 else { return nil }
        var rises: [Double] = [], later = points.startIndex
        for point in points {
            while later < points.endIndex, points[later].requests - point.requests < requests { later += 1 }
            guard later < points.endIndex else { break }
            rises.append((points[later].bytes - point.bytes) / (points[later].requests - point.requests))
        }
        guard !rises.isEmpty else { return nil }
        rises.sort()
        self.points = points
        self.requests = requests
        bytesPerRequest = (rises[(rises.count - 1) / 2] + rises[rises.count / 2]) / 2
    }

    /// The same of half of the requests, by rises that are as short; nil: there are too few points.
    var firstHalf: MemoryRise? { MemoryRise(points.prefix { $0.requests <= middle }, over: requests) }
    var secondHalf: MemoryRise? { MemoryRise(points.drop { $0.requests < middle }, over: requests) }

    private var middle: Double { ((points.first?.requests ?? 0) + (points.last?.requests ?? 0)) / 2 }
}
