internal import CProcess
internal import Glibc
internal import Loop
internal import Measurements
package import Recording
package import Workload

/// The inside of a worker process: takes orders from standard input, runs the experiment, and
/// writes what it has to tell on standard output, as a recording.
///
/// It never touches a terminal, asks nobody anything, and ends with whoever started it: at the end
/// of standard input, or by the kernel's hand when even reading that does not happen any more.
package struct WorkerService: ~Copyable {
    /// Rows of connections in a sample: more than a screen shows, and no more than 100 KB of JSON.
    private static let connectionLimit = 256
    /// Between two looks at what the loops may have found meanwhile, and at whether the end is over.
    private static let patienceMilliseconds: Int32 = 20
    /// Between that end and this one, all of what runs here.
    private static let standardInput: Int32 = 0

    private var orders = LineReader(descriptor: WorkerService.standardInput)
    private let pipe: RecordingPipe
    private var hasSaidDone = false
    /// What the other side knows of the load.
    private var toldLoad: WorkerLine?

    /// Takes the process over: its standard streams, its signals, its descriptors.
    ///
    /// - Parameter parent: the process that started this one.
    package init(parent: Int32) throws(RecordingError) {
        if hw_die_with_parent(parent) != 0 { _exit(1) }
        hw_close_from(3)
        hw_report_faults(STDERR_FILENO)
        _ = signal(SIGPIPE, SIG_IGN)
        // ^C is the parent's to understand.
        _ = signal(SIGINT, SIG_IGN)
        pipe = try RecordingPipe(connectionLimit: WorkerService.connectionLimit)
        orders.waits = false
    }

    /// Runs what the first order says, to the end.
    ///
    /// Errors: nobody reads any more; nothing is left to do then but to go.
    package consuming func run(header: (Plan) -> RecordingHeader) throws(RecordingError) {
        guard let source = try prepare(header) else { return }
        while source.outcome == nil {
            var polled = ([WorkerService.standardInput] + (hasSaidDone ? [] : source.descriptors)).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            unsafe poll(&polled, nfds_t(polled.count), WorkerService.milliseconds(to: source.nanosecondsToEvent))
            while let order = try nextOrder() { try obey(order, source) }
            source.performDueEvents()
            // Whoever gave orders has gone.
            if orders.hasEnded { return }
            try tell(source)
        }
        try tell(.ended(failures: source.failures, connectFailure: source.connectFailure))
    }

    /// Up to the next whole one: a wait that ends too soon would only be repeated.
    private static func milliseconds(to nanoseconds: UInt64?) -> Int32 {
        Int32(clamping: min(UInt64(patienceMilliseconds), ((nanoseconds ?? .max) / 1_000_000).addingReportingOverflow(1).partialValue))
    }

    private mutating func prepare(_ header: (Plan) -> RecordingHeader) throws(RecordingError) -> LiveSource? {
        orders.waits = true
        defer { orders.waits = false }
        guard let order = try nextOrder() else { return nil }
        guard case .prepare(var plan) = order else {
            try tell(.failed("the first order was not what to run"))
            return nil
        }
        if plan.isUnsafe { hw_leave_no_core() }
        try pipe.write(header(plan))
        // Here it may happen.
        plan.isInWorker = true
        plan.server?.allowsUnsafe = true
        let source: LiveSource
        do throws(ExperimentError) { source = try LiveSource(plan) } catch {
            try tell(.failed(error.description))
            return nil
        }
        // At once, from the thread that found it: it may be the last thing that this process says.
        source.onViolation = { [pipe] event in try? pipe.write(event) }
        toldLoad = WorkerService.load(of: source)
        try tell(.ready(
            server: source.serverAddress, secureServer: source.secureServerAddress, target: source.targetAddress))
        return source
    }

    private mutating func obey(_ order: WorkerOrder, _ source: LiveSource) throws(RecordingError) {
        switch order {
        case .prepare: break
        case .start:
            do throws(ExperimentError) { try source.start() } catch {
                try tell(.failed(error.description))
                _exit(1)
            }
            try tell(.started(nanoseconds: source.startNanoseconds, loadNanoseconds: source.loadStartNanoseconds))
        case .sample:
            source.askForSample()
            try tell(source)
        case .setRate(let rate): source.setRate(rate)
        case .setConnections(let count): source.setConnections(count)
        case .setStreams(let count): source.setStreams(count)
        case .setLoadPaused(let paused): source.setLoadPaused(paused)
        case .startSlowReader(let seconds): source.startSlowReader(seconds: seconds)
        case .inspect(let loop, let id): source.inspect(loop: loop, id: id)
        case .setWritePolicy(let policy):
            if policy.isUnsafe { hw_leave_no_core() }
            _ = source.setWritePolicy(policy)
        case .setCacheScope(let scope):
            if scope.isUnsafe { hw_leave_no_core() }
            _ = source.setCacheScope(scope)
        case .setBodyScale(let scale): source.setBodyScale(scale)
        case .renewConnections: source.renewConnections()
        case .closeConnection(let loop, let id): source.closeConnection(loop: loop, id: id)
        case .stop(let seconds): source.beginStop(withinSeconds: seconds)
        }
    }

    private static func load(of source: LiveSource) -> WorkerLine {
        .load(connections: source.connections, streams: source.streams, writePolicy: source.writePolicy)
    }

    private mutating func tell(_ source: LiveSource) throws(RecordingError) {
        let load = WorkerService.load(of: source)
        if load != toldLoad {
            // Before the sample at which it begins.
            toldLoad = load
            try tell(load)
        }
        for news in source.takeNews() {
            switch news {
            case .sample(let sample): try pipe.write(sample)
            case .event(let event): try pipe.write(event)
            case .loadEnded: try tell(.loadEnded)
            }
        }
        if source.isLoadDone, !hasSaidDone {
            hasSaidDone = true
            try tell(.loadDone)
        }
    }

    private func tell(_ line: WorkerLine) throws(RecordingError) { try pipe.write(line) }

    /// nil: no whole line now.
    private mutating func nextOrder() throws(RecordingError) -> WorkerOrder? {
        do {
            guard let line = try orders.next() else { return nil }
            return try WorkerOrder(json: JSON(parsing: line))
        } catch {
            throw RecordingError(path: "standard input", cause: .notJSON)
        }
    }
}
