internal import Files
internal import Measurements
internal import Watch
internal import Workload

/// A server's own page of metrics, as the source of those of its figures that are not known otherwise.
///
/// Used by the thread that drives the run; the page is fetched on another.
final class ServerMetrics {
    private let url: TargetURL
    private let map: MetricsMap
    private var request: MetricsRequest?
    private var counters: [String: Counter] = [:]
    private var values: [MetricsMap.Value]
    private var peaks: [String: Double] = [:]
    private var problem: String?
    private var events: [(level: Event.Level, text: String)] = []

    /// A count of the server's, as it goes on from the start of the run.
    private struct Counter {
        var last: Double
        var total = 0.0

        /// Takes a later reading. Much less than before: the server has started again, and counts from 0.
        mutating func take(_ number: Double) {
            let hasRestarted = number < last / 2
            guard number >= last || hasRestarted else { return }
            total += hasRestarted ? number : number - last
            last = number
        }
    }

    /// How long a sample waits for the page: a server on the same network has sent it by then. A later page is the
    /// next sample's.
    private static let patience = Duration.milliseconds(50)
    /// Bytes of a map's file.
    private static let mapByteLimit = 256 << 10

    /// Reads the map and a first page. Errors: either cannot be had, or they do not fit.
    init?(_ plan: WatchPlan) throws(ExperimentError) {
        guard let text = plan.metricsURL, let url = try? TargetURL(text) else { return nil }
        self.url = url
        let first = MetricsRequest(url)
        let named = try plan.metricsMap.map { (name) throws(ExperimentError) in try ServerMetrics.map(name) }
        let page: [UInt8]
        switch first.answer(within: MetricsRequest.timeLimit * 2) {
        case .success(let bytes)?: page = bytes
        case .failure(let failure)?: throw ExperimentError("--server-metrics: \(text): \(failure.words); is that the address of the server's metrics?")
        case nil: throw ExperimentError("--server-metrics: \(text): no answer")
        }
        guard let map = named ?? MetricsMap.fitting(page) else {
            throw ExperimentError(
                "--server-metrics: no map of \(ServerMetrics.shippedNames) finds a figure on \(text); write a map of your own for --metrics-map")
        }
        self.map = map
        values = map.values(on: page)
        guard values.contains(where: { $0.number != nil }) else {
            throw ExperimentError("--metrics-map: \(map.name) finds no figure on \(text); 'curl \(text)' shows which there are")
        }
        let missing = values.filter { $0.number == nil }.map(\.metric.name)
        if !missing.isEmpty { events.append((.info, "\(text) has no \(missing.joined(separator: ", "))")) }
        for value in values where value.metric.kind == .counter { counters[value.metric.name] = value.number.map { Counter(last: $0) } }
    }

    private static var shippedNames: String { MetricsMap.shipped.map(\.name).joined(separator: ", ") }

    /// A shipped map by its name, or one in a file.
    private static func map(_ name: String) throws(ExperimentError) -> MetricsMap {
        do throws(WatchError) {
            if let shipped = MetricsMap.shipped.first(where: { $0.name == name }) { return try MetricsMap(parsing: shipped.text, name: name) }
            let bytes: [UInt8]
            do throws(FileError) { bytes = try InputFile.bytes(of: name, byteLimit: mapByteLimit) } catch {
                throw WatchError("\(name): \(error); write a file, or one of \(shippedNames)")
            }
            return try MetricsMap(parsing: String(decoding: bytes, as: UTF8.self), name: name)
        } catch { throw ExperimentError("--metrics-map: \(error.description)") }
    }

    /// "from http://127.0.0.1:8404/metrics by the map haproxy"
    var origin: String { "from \(url.isSecure ? "https" : "http")://\(url.authority)\(url.target) by the map \(map.name)" }

    /// Puts in the figures of the server that the sample does not know, and says that it knows them.
    ///
    /// - Parameter isLast: the page has to be of now, and is waited for.
    func read(into sample: inout Sample, isLast: Bool) {
        if isLast, request != nil { takePage(within: MetricsRequest.timeLimit) }
        if request == nil { request = MetricsRequest(url) }
        takePage(within: isLast ? MetricsRequest.timeLimit : ServerMetrics.patience)
        if sample.server == nil {
            (sample.server, sample.watch) = (ServerSample(), WatchSample())
            sample.unknown = .ofServer
        }
        var known: UnknownFigures = [], missing: UnknownFigures = []
        for value in values {
            guard sample.unknown.isSuperset(of: value.metric.figures) else { continue }
            // A count stays where it was, so that no rate of it jumps while it is unknown.
            let number = value.metric.kind == .counter ? counters[value.metric.name]?.total : value.number
            if let number { value.metric.write(&sample, .number(max(0, number))) }
            if value.number == nil || problem != nil { missing.formUnion(value.metric.figures) } else { known.formUnion(value.metric.figures) }
        }
        known.subtract(missing)
        fillPeaks(known, &sample)
        sample.unknown.subtract(known)
    }

    private func takePage(within time: Duration) {
        guard let answer = request?.answer(within: time) else { return }
        request = nil
        switch answer {
        case .success(let page):
            values = map.values(on: page)
            for value in values where value.metric.kind == .counter {
                guard let number = value.number else { continue }
                counters[value.metric.name, default: Counter(last: number)].take(number)
            }
            if problem != nil { events.append((.info, "the server's metrics are back")) }
            problem = nil
        case .failure(let failure):
            if problem != failure.words { events.append((.warning, "the server's metrics: \(url.authority)\(url.target): \(failure.words)")) }
            problem = failure.words
        }
    }

    /// The most so far of those gauges that have a peak beside them.
    private func fillPeaks(_ known: UnknownFigures, _ sample: inout Sample) {
        for peak in ServerMetrics.peakMetrics where known.isSuperset(of: peak.figures) {
            let name = peak.name.dropLast(ServerMetrics.peakSuffix.count)
            guard let number = values.first(where: { $0.metric.name == name })?.number else { continue }
            let most = max(peaks[peak.name] ?? 0, number)
            peaks[peak.name] = most
            peak.write(&sample, .number(most))
        }
    }

    private static let peakSuffix = "_high_water"
    private static let peakMetrics = Metric.all.filter { $0.name.hasPrefix("server.") && $0.isHighWater && $0.name.hasSuffix(peakSuffix) }

    /// The events since the last time.
    func takeEvents(_ clock: RunClock) -> [Event] {
        defer { events = [] }
        return events.map { Event(timeNanoseconds: clock.elapsedNanoseconds, level: $0.level, source: "watch", text: $0.text) }
    }
}
