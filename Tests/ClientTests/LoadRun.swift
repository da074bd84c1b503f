import Client
import Dispatch
import Glibc
import Load
import Loop
import Measurements
import Memory
import Server
import Testing

/// Clients on a loop of the test's own thread, from start to end.
///
/// The loop, its arenas and nghttp2's allocator trap when anything is left open at the end.
final class LoadRun: TimerTarget {
    private let loop: EventLoop
    private let timer: Timer
    private var generator: LoadGenerator!
    private var steps: [(seconds: Double, act: (LoadGenerator) -> Void)]
    private let begin = EventLoop.monotonicNanoseconds()
    private(set) var isDone = false
    /// Everything that was measured, histograms of all readings included.
    private(set) var total = ClientSample()
    /// The events of all readings.
    var events: [ClientEvent] { total.events }
    /// Why a client could not connect, the last time.
    private(set) var connectError: ConnectError?
    /// Leases out at the end.
    private(set) var leaseCount = 0
    /// Whether the load, with its clients and their caches, was kept by something after its end.
    private(set) var wasKept = true

    /// - Parameters:
    ///   - steps: what to do and when; the load stops with the last, or when it is done.
    @discardableResult
    init(
        _ configuration: ClientConfiguration, rate: Double? = nil, seconds: Double = 20,
        steps: [(seconds: Double, act: (LoadGenerator) -> Void)] = [], drainSeconds: Double = 5
    ) throws {
        loop = try EventLoop()
        timer = Timer(loop: loop)
        self.steps = steps.sorted { $0.seconds < $1.seconds }
        // Asked for at that time, however late the timer of a busy machine is; or when the load is done.
        self.steps.append((seconds, { [begin] generator in
            generator.stop(
                askedNanoseconds: min(begin + UInt64(seconds * 1e9), EventLoop.monotonicNanoseconds()),
                withinNanoseconds: UInt64(drainSeconds * 1e9))
        }))
        var configuration = configuration
        configuration.rate = rate
        generator = try LoadGenerator(loop: loop, configuration: configuration) { [unowned self] in
            isDone = true
            // Without a step left the load has been stopped already, by its time.
            guard let stop = self.steps.last else { return }
            self.steps = [(0, stop.act)]
            timer.setDeadline(nanoseconds: 1)
        } onEnd: { [unowned self] in
            timer.close()
        }
        timer.target = self
        timer.setDeadline(nanoseconds: begin + UInt64(self.steps[0].seconds * 1e9))
        generator.start()
        loop.run()
        take()
        leaseCount = loop.arenas.currentStatistics.leaseCount
        connectError = generator.lastConnectError
        weak let ended = generator
        generator = nil
        wasKept = ended != nil
    }

    func timerDidFire(_ timer: Timer) {
        let step = steps.removeFirst()
        take()
        if let next = steps.first { timer.setDeadline(nanoseconds: begin + UInt64(next.seconds * 1e9)) }
        step.act(generator)
    }

    private func take() {
        let new = generator.sample()
        total = new.including(histogramsOf: total)
    }
}

extension ClientConfiguration {
    /// Clients of a peer at a port of this machine.
    init(port: Int) { self.init(address: SocketAddress(host: "127.0.0.1", port: port)!, authority: "peer") }
}

/// The sums that hold for every run that has ended.
func expectSums(_ run: LoadRun, requests: Int? = nil, _ location: SourceLocation = #_sourceLocation) {
    let sample = run.total
    // Requests for which no connection could be made are done, and were never started.
    #expect(sample.requests.started + sample.errors.connect == sample.requests.done, sourceLocation: location)
    #expect(sample.requests.done == sample.requests.succeeded + sample.requests.failed, sourceLocation: location)
    let reasons = sample.failures.of(.request).reduce(0) { $0 + $1.count }
    #expect(reasons == sample.requests.failed, "each failed request has one reason: \(sample.failures)", sourceLocation: location)
    let errors = sample.errors
    #expect(
        sample.requests.errored == errors.connect + errors.closed + errors.reset + errors.goaway + errors.timeout
            + errors.protocolError + errors.aborted + errors.abandoned + errors.circuit, sourceLocation: location)
    #expect(sample.requests.inFlight == 0, sourceLocation: location)
    #expect(sample.connectionCounts.open == 0, sourceLocation: location)
    #expect(run.leaseCount == 0 && !run.wasKept, sourceLocation: location)
    #expect(
        sample.serviceTime.count == sample.requests.done - sample.requests.errored + sample.unansweredRequests,
        sourceLocation: location)
    // Those of an open load that were never sent have waited, and were not served.
    let dropped = sample.requests.scheduled - sample.requests.started - sample.requests.skipped
    #expect(sample.responseTime.count == sample.serviceTime.count + dropped, sourceLocation: location)
    expectSumsByRequest(sample, location)
    if let requests { #expect(sample.requests.done == UInt64(requests), sourceLocation: location) }
}

/// By kind of request, by class of status and by status: the same requests each time.
private func expectSumsByRequest(_ sample: ClientSample, _ location: SourceLocation) {
    func sum(_ count: (RequestSample) -> UInt64) -> UInt64 { sample.byRequest.reduce(0) { $0 + count($1) } }
    #expect(sum(\.done) == sample.requests.done, sourceLocation: location)
    #expect(sum(\.failed) == sample.requests.failed, sourceLocation: location)
    #expect(sum(\.bodyBytes) == sample.responseBytes.body, sourceLocation: location)
    #expect(sum(\.serviceTime.count) == sample.serviceTime.count, sourceLocation: location)
    for request in sample.byRequest {
        #expect(request.done == request.succeeded + request.failed, sourceLocation: location)
        var classes = StatusCounts()
        for status in request.statusNumbers { classes.count(status.status, times: status.count) }
        classes.numbers = request.statusNumbers
        #expect(classes == request.statuses, sourceLocation: location)
    }
    let answered = sample.statusNumbers.reduce(0) { $0 + $1.count }
    #expect(answered == sample.requests.answered, sourceLocation: location)
}

/// The embedded server on a thread of its own, until it goes.
final class ServerThread {
    enum Command: Sendable {
        case block(milliseconds: UInt32)
        case stop
    }

    let address: SocketAddress
    /// Where TLS is spoken.
    let secureAddress: SocketAddress?
    private let mailbox = Mailbox<Command>()
    private let latest = Latest<ServerSample> { _, newer in newer }
    private let thread: LoopThread
    private var hasStopped = false

    /// - Parameter socket: bound already; nil: one of its own.
    init(on socket: Listener.Socket? = nil, _ change: (inout ServerConfiguration) -> Void = { _ in }) throws {
        var configuration = ServerConfiguration()
        change(&configuration)
        let socket = try socket ?? ServerThread.bind()
        address = socket.address
        let secureSocket = try configuration.tls.map { _ in try ServerThread.bind() }
        secureAddress = secureSocket?.address
        let (mailbox, latest, settings) = (mailbox, latest, configuration)
        // Bound is not listening: clients that connect in between are refused.
        let listening = DispatchSemaphore(value: 0)
        thread = try LoopThread(name: "server") {
            do {
                let loop = try EventLoop()
                let server = try HTTPServer(loop: loop, socket: socket, secureSocket: secureSocket, number: 0, configuration: settings) {
                    mailbox.close()
                }
                try mailbox.open(on: loop) { command in
                    switch command {
                    case .block(let milliseconds): usleep(milliseconds * 1000)
                    case .stop: server.drain(withinNanoseconds: 1_000_000_000)
                    }
                }
                listening.signal()
                loop.run()
                latest.publish(server.sample())
            } catch {
                listening.signal()
                Issue.record(error)
            }
        }
        listening.wait()
    }

    /// A socket of a free port. Until a server listens on it, clients are refused.
    static func bind() throws -> Listener.Socket {
        try Listener.Socket(binding: SocketAddress(host: "127.0.0.1", port: 0)!)
    }

    func post(_ command: Command) { mailbox.post(command) }

    func stop() -> ServerSample? {
        hasStopped = true
        mailbox.post(.stop)
        thread.join()
        return latest.take()
    }

    /// A test that throws has not stopped it: that test fails, and the others go on.
    deinit { if !hasStopped { _ = stop() } }

    func configuration(_ change: (inout ClientConfiguration) -> Void) -> ClientConfiguration {
        var configuration = ClientConfiguration(address: address, authority: address.description)
        configuration.paths = ["/health"]
        configuration.windowByteCount = 1 << 24
        change(&configuration)
        return configuration
    }
}
