internal import Glibc
internal import Loop
internal import Measurements
internal import Watch
internal import Workload

/// A server that is not ours, as the source of a sample's server: one that is started with the probe in it, or one
/// that runs already and is looked at from outside.
///
/// Used by the thread that drives the run. Owns the process that it starts, which ends with it.
final class WatchedServer {
    /// The server's name, for a run without clients: "./server 9000", "port 8080".
    let name: String
    private let probed: ProbedServer?
    /// A server that runs already.
    private var outside: OutsideTarget?
    /// When its processes are looked for; nil: they have been, or are at the start.
    private var searchNanoseconds: UInt64?
    private let searchesLate: Bool
    /// The command that starts it.
    private let command: String
    /// The programs on its ports; nil: we start the server, or its processes have not been looked for.
    private var owners: PortOwners?
    private var kernel: KernelConnections?
    private var totals: ProcessTotals
    private var rows = WatchedRows()
    /// Of a server that is looked at from outside, as its connections were read last: their rows, and what waits in them.
    private var listed: (rows: [ConnectionSample], writes: WriteSample) = ([], WriteSample())
    /// The connections together, as they were read last.
    private var together = KernelSample()
    private var peaks = Peaks()
    private var hasToldEnd = false
    /// The processes were found, and no event has said so.
    private var hasNewOrigin = false
    /// When a server that is to end is told so at the latest.
    private var settleEnd: UInt64?

    /// What a server may take to close connections that its clients have closed: else they would count as open for ever.
    private static let settleNanoseconds: UInt64 = 200_000_000

    /// How long a load must last until the server's processes are looked for, where it may be over at once. What they do
    /// before counts for nothing: two ticks of the clock in which the system counts CPU time.
    private static let searchDelayNanoseconds: UInt64 = 20_000_000

    /// The most so far.
    private struct Peaks {
        var turn = LongestTurn()
        var connections = 0
        var pendingBytes = 0
        var waitNanoseconds: UInt64 = 0
    }

    /// How long a server may take until it listens. Node and Python load for a second or two on a busy machine.
    private static let listenSeconds = 20.0

    /// - Parameter hasScreen: the server's output is kept, since a screen is drawn where it would appear; otherwise it goes
    ///   to our standard error. And thousands of connections are read less often than samples are taken.
    init(_ plan: WatchPlan, hasScreen: Bool) throws(ExperimentError) {
        totals = ProcessTotals(countsFromStart: !plan.command.isEmpty)
        command = plan.command.first ?? ""
        searchesLate = false
        do throws(WatchError) {
            if plan.command.isEmpty {
                probed = nil
                let diagnosis = try SocketDiagnosis()
                let target = try OutsideTarget(plan, diagnosis)
                outside = target
                owners = PortOwners(target)
                kernel = KernelConnections(diagnosis, ports: target.ports, isSparing: hasScreen)
                name = plan.name ?? target.name
            } else {
                let server = try ProbedServer(plan, capturesOutput: hasScreen)
                probed = server
                kernel = (try? SocketDiagnosis()).map { KernelConnections($0, ports: [], isSparing: hasScreen) }
                name = plan.name ?? ""
            }
        } catch { throw ExperimentError(error.description) }
    }

    /// The server of this machine to which the clients connect, from outside; nil where the kernel tells nothing of it.
    private init?(address: SocketAddress, searchesLate: Bool, hasScreen: Bool) {
        guard address.isLoopback, let port = UInt16(exactly: address.port), let diagnosis = try? SocketDiagnosis(),
            var target = OutsideTarget(port: port, diagnosis)
        else { return nil }
        if !searchesLate { target.findProcesses() }
        self.searchesLate = searchesLate
        probed = nil
        command = ""
        totals = ProcessTotals(countsFromStart: false)
        owners = PortOwners(target)
        kernel = KernelConnections(diagnosis, ports: target.ports, isSparing: hasScreen)
        name = target.name
        outside = target
    }

    /// The first of these addresses that is a server of this machine; nil: none is.
    ///
    /// - Parameters:
    ///   - searchesLate: its processes are looked for when the run has lasted a while.
    ///   - hasScreen: thousands of connections are read less often than samples are taken.
    static func first(of addresses: [SocketAddress], searchesLate: Bool, hasScreen: Bool) -> WatchedServer? {
        for address in addresses {
            if let server = WatchedServer(address: address, searchesLate: searchesLate, hasScreen: hasScreen) { return server }
        }
        return nil
    }

    /// The figures' origin, for people: one line.
    var origin: String { outside?.origin ?? "server figures: from the probe in \(command) and from the kernel" }

    /// Begins to count. Starts the server, if it does not run, and waits until it listens.
    ///
    /// - Parameter port: where clients will connect; nil: there are none, and it is not waited for.
    func start(untilListeningOn port: Int?) throws(ExperimentError) {
        if let processes = outside?.processes { totals.begin(processes) }
        if searchesLate { searchNanoseconds = EventLoop.monotonicNanoseconds() + WatchedServer.searchDelayNanoseconds }
        guard let probed else { return }
        do throws(WatchError) { try probed.start() } catch { throw ExperimentError(error.description) }
        guard let port = port.flatMap({ UInt16(exactly: $0) }), let kernel else { return }
        let deadline = EventLoop.monotonicNanoseconds() + UInt64(WatchedServer.listenSeconds * 1e9)
        while !kernel.listens(port) {
            probed.poll()
            if probed.end != nil { return }
            guard EventLoop.monotonicNanoseconds() < deadline else {
                throw ExperimentError(
                    "the server does not listen on port \(port) after \(Int(WatchedServer.listenSeconds)) s: is that its port?")
            }
            usleep(5_000)
        }
    }

    /// Becomes readable when the server ends, or has said something; empty for one that we did not start.
    var descriptors: [Int32] { probed?.descriptors ?? [] }

    /// Notices the server's end, and hastens one that does not come. Called often, and when `nextNanoseconds` has come.
    func poll() {
        probed?.poll()
        guard let due = searchNanoseconds, EventLoop.monotonicNanoseconds() >= due else { return }
        searchNanoseconds = nil
        outside?.findProcesses()
        owners = outside.flatMap(PortOwners.init)
        totals.begin(owners?.processes ?? [])
        hasNewOrigin = true
    }

    /// When there is something to do without news; nil: never.
    var nextNanoseconds: UInt64? { searchNanoseconds }

    /// How it ended; nil: it runs, or we did not start it.
    var end: Outcome? { probed?.end }

    /// Tells it to end within this time, once it has seen the ends of its connections, or had time to. Called until it
    /// has stopped; does nothing to a server that we did not start.
    func stop(withinNanoseconds time: UInt64) {
        guard let probed else { return }
        let now = EventLoop.monotonicNanoseconds()
        let last = settleEnd ?? now + WatchedServer.settleNanoseconds
        settleEnd = last
        if now >= last || probed.read().openConnections == 0 { probed.stop(withinNanoseconds: time) }
    }

    /// It has ended, or is not ours to end.
    var hasStopped: Bool { probed.map { $0.end != nil } ?? true }

    // MARK: Figures

    /// Fills the part of a sample that is about the server.
    ///
    /// - Parameter isFresh: all figures have to be of now.
    func read(into sample: inout Sample, atNanoseconds now: UInt64, isFresh: Bool) {
        var server = ServerSample(), watch = WatchSample()
        var unknown: UnknownFigures = [.http, .failedHandshakes, .arenas]
        let reading = probed?.read(isForSample: true)
        let former = owners?.processes
        if let kernel { owners?.look(kernel.listeningSockets()) }
        watch.takeovers = owners?.takeovers ?? 0
        let living = reading.map { $0.processes.filter { !$0.hasEnded }.map(\.pid) } ?? owners?.processes ?? []
        if let pid = probed?.pid { kernel?.findPorts(of: [pid] + living) }
        let isNew = kernel?.read(atNanoseconds: now, isFresh: isFresh || owners?.processes != former) ?? false
        let diagnosed = kernel?.connections ?? []
        if isNew { together = KernelSample(diagnosed) }
        if let reading {
            reading.fill(&server, &watch, &unknown, atNanoseconds: now)
            server.connections = rows.rows(of: reading, diagnosed, atNanoseconds: now)
            server.writes = reading.writes(atNanoseconds: now)
            sample.findingCounts = reading.timesOfFindings
        } else {
            unknown.formUnion([.acceptances, .traffic, .writeCounts, .handshakes, .loops, .allocations, .heap, .findings])
            if isNew { listed = (rows.rows(of: diagnosed, atNanoseconds: now), WriteSample(of: diagnosed)) }
            server.connections = listed.rows
            server.writes = listed.writes
            server.connectionCounts.open = diagnosed.count
        }
        if let kernel {
            watch.kernel = together
            watch.kernel.ageNanoseconds = now - min(now, kernel.readNanoseconds)
        } else {
            unknown.insert(.kernel)
        }
        if !totals.read(living, into: &server, &watch) { unknown.insert(.processes) }
        // A server that has ended has no memory to speak of: with 0 a leak that ends in its crash would be a fall.
        if watch.processes == 0 { unknown.insert(.residentMemory) }
        peaks.connections = max(peaks.connections, server.connectionCounts.open)
        // Most writes wait for less than the time between two samples: the probe has the peaks.
        peaks.pendingBytes = max(peaks.pendingBytes, server.writes.pendingBytes, reading?.queuedBytesMost ?? 0)
        // A turn that does not end has no place among those that ended.
        let turn = watch.longestTurn
        peaks.turn.merge(turn)
        peaks.turn.merge(LongestTurn(everNanoseconds: turn.newNanoseconds, everWaitedNanoseconds: turn.newWaitedNanoseconds))
        watch.longestTurn.everNanoseconds = peaks.turn.everNanoseconds
        watch.longestTurn.everWaitedNanoseconds = peaks.turn.everWaitedNanoseconds
        peaks.waitNanoseconds = max(peaks.waitNanoseconds, server.writes.oldestAgeNanoseconds, reading?.longestWaitNanoseconds ?? 0)
        server.connectionCounts.openHighWater = peaks.connections
        server.writes.pendingBytesHighWater = peaks.pendingBytes
        watch.longestWaitNanoseconds = peaks.waitNanoseconds
        sample.server = server
        sample.watch = watch
        sample.unknown = unknown
    }

    /// The events since the last time: findings and crashes with their places, and the server's end.
    ///
    /// - Parameter clock: of the run, for the events' times.
    func takeEvents(_ clock: RunClock) -> [Event] {
        guard let probed else {
            defer { hasNewOrigin = false }
            let now = clock.elapsedNanoseconds
            let found = hasNewOrigin ? [Event(timeNanoseconds: now, level: .info, source: "watch", text: origin)] : []
            var words = owners?.takeNews() ?? []
            let processes = owners?.processes ?? []
            let hasGone = !processes.isEmpty && !processes.contains(where: ProcessFigures.isAlive)
            if hasGone, !hasToldEnd { words.append("the server has gone") }
            hasToldEnd = hasGone
            return found + words.map { Event(timeNanoseconds: now, level: .warning, source: "server", text: $0) }
        }
        var events = probed.takeFindings(clock)
        if let words = probed.takeLastWords() {
            // One moment for all, so that they are shown together.
            let now = clock.elapsedNanoseconds
            events += words.map { Event(timeNanoseconds: now, level: $0.level, source: "server", text: $0.text) }
        }
        return events
    }
}

extension SocketAddress {
    /// On this machine.
    fileprivate var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.") }
}
