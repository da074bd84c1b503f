internal import Client
internal import Loop
internal import Measurements

/// Clients that read at a trickle, on a thread of their own: they are no part of the load.
final class SlowReaderWorker {
    /// Connections of this worker.
    let count: Int
    /// Whether it ends by itself.
    let isTimed: Bool
    private let mailbox = Mailbox<Command>()
    private let latest = Latest<ClientSample> { older, newer in newer.including(histogramsOf: older) }
    private let thread: LoopThread
    /// What was published last.
    private var last = ClientSample()
    /// Its end has been told.
    var isOver = false

    /// Answers that a slow reader asks for: far more than a socket's buffers hold.
    static let targets = ["/bytes/4MiB"]

    /// Requests that it sends ahead: the second one's answer waits behind the first one's.
    private static let streams = 2

    /// Longer than any run: an answer may take minutes.
    private static let patienceNanoseconds: UInt64 = 366 * 86_400 * 1_000_000_000

    /// - Parameters:
    ///   - configuration: of the clients; what makes slow readers of them is changed here.
    ///   - seconds: ends then; nil when it is told.
    init(
        number: Int, _ configuration: ClientConfiguration, connections: Int, seconds: Double?, answers: Answers
    ) throws(LoopError) {
        count = connections
        isTimed = seconds != nil
        var configuration = configuration
        configuration.connections = connections
        configuration.streams = SlowReaderWorker.streams
        configuration.requests = nil
        configuration.manners = .slowReader
        configuration.requestTimeoutNanoseconds = SlowReaderWorker.patienceNanoseconds
        let (mailbox, latest, settings) = (mailbox, latest, configuration)
        thread = try LoopThread(name: "slow-\(number)") {
            do {
                let loop = try EventLoop()
                let countdown = Countdown(loop: loop)
                let generator = try LoadGenerator(loop: loop, configuration: settings, share: nil) {
                    // Nobody can connect. The load's clients say why.
                } onEnd: {
                    countdown.timer.close()
                    mailbox.close()
                }
                countdown.act = { [unowned generator] in
                    generator.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: 0)
                }
                if let seconds {
                    countdown.timer.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + UInt64(seconds * 1e9))
                }
                try mailbox.open(on: loop) { command in
                    switch command {
                    case .sample: latest.publish(generator.sample())
                    case .stop(let asked, _): generator.stop(askedNanoseconds: asked, withinNanoseconds: 0)
                    case .setRate, .setPaused, .setStreams, .setConnections, .dropConnections, .inspect, .setWritePolicy,
                        .closeConnection, .setTargets, .setCaches, .renewConnections:
                        break
                    }
                }
                generator.start()
                loop.run()
                latest.publish(generator.sample())
            } catch {
                answers.fail(error)
            }
            answers.endSlowReader(number)
        }
    }

    /// Asks for a reading, which is there at the next tick at the latest.
    func ask() { mailbox.post(.sample(askedNanoseconds: EventLoop.monotonicNanoseconds())) }

    /// Closes its connections; what is being answered is not waited for.
    func stop() { mailbox.post(.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: 0)) }

    func join() { thread.join() }

    /// Adds what it has read, and what the body check says of it, to the clients' sample.
    func addSample(to sample: inout ClientSample) {
        if let new = latest.take() {
            last = new
            sample.bodyViolations += new.bodyViolations
        }
        sample.slowReaders.open += last.openConnections
        sample.slowReaders.answeredRequests += last.answeredRequests
        sample.slowReaders.receivedBytes += last.receivedBytes
        sample.bodies.merge(last.bodies)
    }
}

/// Something to do when a time has come.
private final class Countdown: TimerTarget {
    let timer: Timer
    var act: (() -> Void)?

    init(loop: EventLoop) {
        timer = Timer(loop: loop)
        timer.target = self
    }

    func timerDidFire(_ timer: Timer) { act?() }
}
