internal import CProcess
internal import Glibc
internal import Load
internal import Loop
internal import Measurements
package import Recording
internal import Watch
package import Workload

/// The inside of a worker process: takes orders from standard input, runs the experiment, and
/// writes its samples and events on standard output, as a recording.
///
/// It never touches a terminal, and ends with the process that started it: at the end of standard
/// input, or by the kernel when it cannot even read that any more.
package struct WorkerService: ~Copyable {
    /// Rows of connections in a sample: more than a screen shows, and no more than 100 KB of JSON.
    private static let connectionLimit = 256
    /// Between two looks at evidence from the loops, and at whether the end is over.
    private static let patience = Duration.milliseconds(20)
    /// The first descriptor that is not one of the standard streams.
    private static let firstOwnDescriptor: Int32 = 3

    private var orders = LineReader(descriptor: STDIN_FILENO)
    private let pipe: RecordingPipe
    /// Changes that were ordered.
    private var changeCount = 0
    /// Samples that have been written.
    private var sampleCount = 0
    /// The load that the parent knows.
    private var toldLoad: WorkerLine?

    /// Takes the process over: its standard streams, its signals, its descriptors.
    ///
    /// - Parameter parent: the process that started this one.
    package init(parent: Int32) throws(RecordingError) {
        if hw_die_with_parent(parent) != 0 { _exit(1) }
        hw_close_from(WorkerService.firstOwnDescriptor)
        hw_report_faults(STDERR_FILENO)
        _ = signal(SIGPIPE, SIG_IGN)
        // ^C is the parent's to understand.
        _ = signal(SIGINT, SIG_IGN)
        pipe = try RecordingPipe(connectionLimit: WorkerService.connectionLimit)
        orders.waits = false
    }

    /// Runs the plan of the first line, to the end.
    ///
    /// Errors: the parent no longer reads; nothing is left to do then but to go.
    package consuming func run(header: (Plan) -> RecordingHeader) throws(RecordingError) {
        guard let source = try prepare(header) else { return }
        var next: Duration?
        while source.outcome == nil {
            // A load that is through would stay readable.
            let watched = [STDIN_FILENO] + (source.load.isDone ? [] : source.descriptors)
            WorkerService.wait(for: watched, atMost: min(next ?? WorkerService.patience, WorkerService.patience))
            while let order = try nextOrder() { try obey(order, source) }
            next = source.performDue()
            // The process that gave the orders has gone.
            if orders.hasEnded { return }
            try tell(source)
        }
        try pipe.write(.ended(failures: source.failures, connectFailure: source.connectFailure))
    }

    private static func wait(for descriptors: [Int32], atMost patience: Duration) {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Up to the next whole millisecond: a wait that ends too soon would only be repeated.
        let milliseconds = Int32((patience / .milliseconds(1)).rounded(.up))
        unsafe poll(&polled, nfds_t(polled.count), milliseconds)
    }

    private mutating func prepare(_ header: (Plan) -> RecordingHeader) throws(RecordingError) -> Experiment? {
        orders.waits = true
        defer { orders.waits = false }
        guard let json = try nextLine() else { return nil }
        var plan: Plan
        do { plan = try Plan(json: json) } catch {
            try pipe.write(.failed(reason: "the first line is no plan: \(error.description)"))
            return nil
        }
        if plan.isUnsafe { hw_leave_no_core() }
        try pipe.write(header(plan))
        // Unsafe choices are taken here: this process may be lost.
        plan.isInWorker = true
        plan.server?.allowsUnsafe = true
        if plan.watch != nil { WatchedProcess.adoptOrphans() }
        let source: Experiment
        do throws(ExperimentError) { source = try Experiment(plan) } catch {
            try pipe.write(.failed(reason: error.description))
            return nil
        }
        // At once, from the thread that found it: it may be the last thing that this process says.
        source.onViolation = { [pipe] event in try? pipe.write(event) }
        toldLoad = .load(source.load, changeCount: changeCount)
        try pipe.write(.ready(source.addresses, source.load))
        return source
    }

    private mutating func obey(_ order: WorkerOrder, _ source: Experiment) throws(RecordingError) {
        switch order {
        case .start:
            do throws(ExperimentError) { try source.start() } catch {
                try pipe.write(.failed(reason: error.description))
                _exit(1)
            }
            try pipe.write(.started(nanoseconds: source.startNanoseconds))
        case .sample(let seen):
            if sampleCount <= seen { source.sample() }
            try tell(source)
        case .change(let change):
            if change.isUnsafe { hw_leave_no_core() }
            source.apply(change)
            changeCount += 1
        case .stop(let seconds): source.stop(withinSeconds: seconds)
        }
    }

    private mutating func tell(_ source: Experiment) throws(RecordingError) {
        let load = WorkerLine.load(source.load, changeCount: changeCount)
        if load != toldLoad {
            // Before the sample at which it begins.
            toldLoad = load
            try pipe.write(load)
        }
        for news in source.takeNews() {
            switch news {
            case .sample(let sample):
                sampleCount += 1
                try pipe.write(sample)
            case .event(let event): try pipe.write(event)
            case .loadEnded: try pipe.write(.loadEnded)
            }
        }
    }

    /// nil: no whole line now, or the end.
    private mutating func nextOrder() throws(RecordingError) -> WorkerOrder? {
        guard let line = try nextLine() else { return nil }
        do { return try line.decoded() } catch { throw RecordingError(path: "standard input", cause: .notJSON) }
    }

    private mutating func nextLine() throws(RecordingError) -> JSON? {
        do {
            return try orders.next().map { try JSON(parsing: $0) }
        } catch {
            throw RecordingError(path: "standard input", cause: .notJSON)
        }
    }
}
