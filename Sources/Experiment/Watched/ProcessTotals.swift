internal import Measurements
internal import Watch

/// The cost of a server's processes, by the system's own count.
struct ProcessTotals {
    /// CPU time by process; that of one that has ended stays, since a counter only grows.
    private var cpuNanoseconds: [Int32: UInt64] = [:]
    /// CPU time that processes had spent when they were first looked at; 0 for those of a server that we started.
    private var before: [Int32: UInt64] = [:]
    /// Open descriptors by process, as they were last counted; nil: of another user's.
    private var descriptors: [Int32: Int?] = [:]
    private var readingCount = 0
    private let countsFromStart: Bool

    /// Readings between two counts of descriptors.
    private static let readingsPerDescriptorCount = 10

    /// - Parameter countsFromStart: the server starts with the run. Otherwise its CPU time counts from `begin`, and
    ///   that of a process which comes later from its first reading.
    init(countsFromStart: Bool) { self.countsFromStart = countsFromStart }

    /// CPU time of these processes counts from now on.
    mutating func begin(_ processes: [Int32]) {
        guard !countsFromStart else { return }
        for process in processes where before[process] == nil { before[process] = ProcessFigures(process)?.cpuNanoseconds }
    }

    /// - Returns: false when none of them, and none before, could be read.
    mutating func read(_ processes: [Int32], into server: inout ServerSample, _ watch: inout WatchSample) -> Bool {
        if readingCount % ProcessTotals.readingsPerDescriptorCount == 0 { descriptors = [:] }
        readingCount += 1
        for process in processes {
            guard let figures = ProcessFigures(process) else { continue }
            watch.processes += 1
            watch.threads += figures.threadCount
            watch.residentBytes += Int(clamping: figures.residentBytes)
            let count = descriptors[process] ?? ProcessFigures.descriptorCount(process)
            descriptors[process] = .some(count)
            watch.openFileDescriptors += count ?? 0
            if before[process] == nil { before[process] = countsFromStart ? 0 : figures.cpuNanoseconds }
            cpuNanoseconds[process] = figures.cpuNanoseconds - min(figures.cpuNanoseconds, before[process] ?? 0)
        }
        server.loops.cpuNanoseconds = cpuNanoseconds.values.reduce(0, +)
        return !cpuNanoseconds.isEmpty
    }
}
