internal import CProcess
internal import Files
internal import Glibc
internal import Loop
internal import Measurements
internal import Watch
internal import Workload

/// A server that runs with the probe in it, from its start to its end.
///
/// Owns the process, which ends with it, and the pipe of its output.
final class ProbedServer {
    private let plan: WatchPlan
    private let check: ProgramCheck
    private let probe: String
    private let capturesOutput: Bool
    private var process: WatchedProcess?
    private var reporter = FindingReporter()
    private var last = ProbeReading()
    private(set) var end: Outcome?
    private var hasToldEnd = false
    private var background = Background.unknown
    /// Its standard output and error; -1: they are ours.
    private var output: Int32 = -1
    private var said = BoundedText()
    private var stop: Stop?

    /// Whether the process that was started has ended, and others of it go on.
    private enum Background {
        case unknown, found, told
    }

    /// It has been told to end.
    private struct Stop {
        var toldNanoseconds: UInt64
        var deadlineNanoseconds: UInt64
        /// Calls that it had made, and its CPU time, at that moment.
        var calls: UInt64
        var cpuNanoseconds: UInt64
        var hasToldOthers = false
        var wasKilled = false
    }

    /// A server that only spins after it was told to end will not. It is looked at after this time, and has spun when it
    /// has used half of it as CPU time and made no call: on a busy machine that takes longer.
    private static let spinNanoseconds: UInt64 = 1_000_000_000

    init(_ plan: WatchPlan, capturesOutput: Bool) throws(WatchError) {
        check = try ProgramCheck(plan.command[0])
        if let refusal = check.refusal {
            throw WatchError("\(plan.command[0]): \(refusal); start it by itself, and watch it from outside: highwater watch --listen PORT")
        }
        self.plan = plan
        self.capturesOutput = capturesOutput
        probe = try ProbeLibrary.path()
    }

    deinit { if output >= 0 { close(output) } }

    var pid: Int32? { process?.pid }

    var descriptors: [Int32] {
        // A descriptor of a process that has ended can always be read.
        guard end == nil, let process, process.end() == nil else { return [] }
        return [process.endDescriptor, output].filter { $0 >= 0 }
    }

    func start() throws(WatchError) {
        var ends: [Int32] = [-1, -1]
        if capturesOutput {
            let code = unsafe hw_pipe(&ends)
            guard code == 0 else { throw WatchError("no pipe for the server's output: \(SystemError(number: code))") }
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        }
        defer { if ends[1] >= 0 { close(ends[1]) } }
        output = ends[0]
        // Standard output is the summary's.
        let descriptor = capturesOutput ? ends[1] : STDERR_FILENO
        process = try WatchedProcess(
            check, Array(plan.command.dropFirst()), options: ProbeOptions(plan), probe: probe, output: descriptor, errors: descriptor)
    }

    /// Everything that the probes have written by now.
    ///
    /// - Parameter isForSample: it has the longest turns since the last such reading.
    func read(isForSample: Bool = false) -> ProbeReading {
        if let process { last = process.segment.read(endsInterval: isForSample) }
        return last
    }

    /// A server waits when its output is not read.
    private func readOutput() {
        guard output >= 0, !said.read(from: output) else { return }
        close(output)
        output = -1
    }

    /// New findings and faults, as events.
    func takeFindings(_ clock: RunClock) -> [Event] { reporter.events(last, clock) }

    // MARK: The end

    /// Notices the end, and hastens one that does not come. Called often.
    func poll() {
        readOutput()
        guard end == nil, let process else { return }
        process.reapOrphans(last.processes.filter(\.hasEnded).map(\.pid))
        if let stop, !stop.wasKilled { hasten(stop, process) }
        guard let result = process.end() else { return }
        let reading = read()
        let hasOthers = reading.processes.contains { !$0.hasEnded && $0.pid != process.pid }
        // One that goes into the background ends with 0, before those in the background have done anything that the probe sees.
        guard !hasOthers, result != .exited(0) || !ProbedServer.hasOrphans(process) else {
            if background == .unknown { background = .found }
            // They were left behind by the process that had been told to end.
            if stop?.hasToldOthers == false {
                stop?.hasToldOthers = true
                send(SIGTERM)
            }
            return
        }
        end = outcome(result)
    }

    /// Looks several times: the kernel's list of children may leave out one that becomes ours while it is read.
    private static func hasOrphans(_ process: WatchedProcess) -> Bool {
        for look in 0..<5 {
            if look > 0 { usleep(5_000) }
            if !process.orphans.isEmpty { return true }
        }
        return false
    }

    /// Tells it to end.
    func stop(withinNanoseconds time: UInt64) {
        guard stop == nil else { return }
        poll()
        guard end == nil, let process else { return }
        let now = EventLoop.monotonicNanoseconds()
        stop = Stop(
            toldNanoseconds: now, deadlineNanoseconds: now + time, calls: read().counters.calls,
            cpuNanoseconds: ProcessFigures(process.pid)?.cpuNanoseconds ?? 0)
        send(SIGTERM)
    }

    /// Kills a server that has had its time, or that does nothing but spin.
    private func hasten(_ stop: Stop, _ process: WatchedProcess) {
        let now = EventLoop.monotonicNanoseconds(), waited = now - stop.toldNanoseconds
        let used = ProcessFigures(process.pid)?.cpuNanoseconds ?? 0, cpu = used - min(used, stop.cpuNanoseconds)
        let spins = waited >= ProbedServer.spinNanoseconds && cpu >= ProbedServer.spinNanoseconds / 2 && read().counters.calls == stop.calls
        guard spins || now >= stop.deadlineNanoseconds else { return }
        self.stop?.wasKilled = true
        send(SIGKILL)
    }

    /// To the process that we started, and to those that it left behind when it went into the background.
    private func send(_ signal: Int32) {
        guard let process else { return }
        if process.end() == nil { return process.send(signal) }
        for pid in Set(last.processes.filter { !$0.hasEnded }.map(\.pid) + process.orphans) { process.send(signal, toDescendant: pid) }
    }

    private func outcome(_ end: WatchedEnd) -> Outcome {
        if stop?.wasKilled == true { return .hung }
        return switch end {
        case .exited(0), .stopped: .ended
        // Servers say in many ways that they were told to end.
        case .exited where stop != nil: .ended
        case .exited(let code): .exited(code: Int(code))
        case .crashed(let signal) where SignalName.isFault(signal): .crashed(signal: SignalName.text(signal))
        case .crashed where stop != nil: .ended
        case .crashed(let signal): .killed(signal: SignalName.text(signal))
        case .hung: .hung
        }
    }

    /// The words about its end, once; nil before it, and after they were taken.
    func takeLastWords() -> [(level: Event.Level, text: String)]? {
        if background == .found, stop == nil {
            background = .told
            return [(.warning, "the started process has ended, and others go on in the background")]
        }
        guard let end, !hasToldEnd else { return nil }
        hasToldEnd = true
        readOutput()
        // A program that ends by itself has usually said why.
        let words = end.isDeath ? said.ownLines.map { (Event.Level.error, "it said: \($0)") } : []
        return [(end.isDeath ? .error : .info, end.sentence(of: "the server"))] + words
    }
}

extension ProbeCounters {
    /// Calls of all kinds that a server makes as long as it gets on.
    fileprivate var calls: UInt64 { waits &+ reads &+ writes }
}

extension ProbeOptions {
    init(_ plan: WatchPlan) {
        self.init()
        sendBuffer = plan.sendBufferByteCount ?? 0
        keepsBytes = !plan.dropsBytes
        traps = plan.traps
        detours = plan.detours
        isOnlyThisProcess = plan.isOnlyThisProcess
        endsWithParent = true
    }
}
