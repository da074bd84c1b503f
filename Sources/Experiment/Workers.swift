internal import Client
internal import CProcess
internal import Loop
internal import Measurements
internal import Server
internal import Synchronization

/// What the experiment says to a worker.
enum Command: Sendable {
    /// Publish a reading. Asked at this time of the monotonic clock.
    case sample(askedNanoseconds: UInt64)
    case setRate(Double)
    case setPaused(Bool, rate: Double)
    case setStreams(Int)
    case setConnections(Int)
    /// Close so many connections under their requests.
    case dropConnections(Int)
    /// The server tells more of the connection with this number; nil: of none.
    case inspect(UInt64?)
    case setWritePolicy(WritePolicy)
    /// The server closes the connection with this number.
    case closeConnection(UInt64)
    /// Ask for these, and expect this of the answers.
    case setTargets([String], checked: [CheckedTarget?])
    case setCaches(CacheOwnership)
    /// Each client leaves its connection for another.
    case renewConnections
    /// Asked at this time: what an open load had to send by then is still wanted.
    case stop(askedNanoseconds: UInt64, withinNanoseconds: UInt64)
}

/// One loop of the server on a thread of its own.
final class ServerWorker: Sendable {
    let mailbox = Mailbox<Command>()
    let latest = Latest<ServerSample> { _, newer in newer }
    private let thread: LoopThread

    init(
        id: Int, number: Int, socket: Listener.Socket, secureSocket: Listener.Socket?, configuration: ServerConfiguration,
        isAudited: Bool, answers: Answers
    ) throws(LoopError) {
        answers.begin(id)
        let mailbox = mailbox
        let latest = latest
        thread = try LoopThread(name: "server-\(number)") {
            let stack = unsafe hw_take_signal_stack()
            defer { unsafe hw_give_signal_stack(stack) }
            do {
                let loop = try ServerWorker.makeLoop(isAudited: isAudited, or: [socket, secureSocket])
                let server = try HTTPServer(
                    loop: loop, socket: socket, secureSocket: secureSocket, number: number, configuration: configuration
                ) { mailbox.close() }
                try mailbox.open(on: loop) { command in
                    switch command {
                    case .sample(let asked):
                        var sample = server.sample()
                        sample.loopLagNanoseconds = EventLoop.monotonicNanoseconds() - asked
                        server.trim()
                        latest.publish(sample)
                        answers.answer(id, round: asked)
                    case .stop(_, let nanoseconds): server.drain(withinNanoseconds: nanoseconds)
                    case .inspect(let id): server.inspect(id)
                    case .setWritePolicy(let policy): server.setWritePolicy(policy)
                    case .closeConnection(let id): server.closeConnection(id)
                    case .setRate, .setPaused, .setStreams, .setConnections, .dropConnections, .setTargets, .setCaches,
                        .renewConnections:
                        break
                    }
                }
                answers.ready()
                loop.run()
                // The counts after the last connection has gone.
                latest.publish(server.sample())
            } catch {
                answers.fail(error)
            }
            answers.endServer(id)
        }
    }

    func join() { thread.join() }

    /// Without a loop nobody takes the sockets over.
    private static func makeLoop(isAudited: Bool, or sockets: [Listener.Socket?]) throws(LoopError) -> EventLoop {
        do throws(LoopError) { return try EventLoop(isAudited: isAudited) } catch {
            for socket in sockets { socket?.close() }
            throw error
        }
    }
}

/// The clients of one loop on a thread of their own.
final class ClientWorker: Sendable {
    let mailbox = Mailbox<Command>()
    let latest = Latest<ClientSample> { older, newer in newer.including(histogramsOf: older) }
    private let thread: LoopThread

    init(
        id: Int, number: Int, configuration: ClientConfiguration, share: (rate: Double, phase: Double)?, answers: Answers
    ) throws(LoopError) {
        answers.begin(id)
        let mailbox = mailbox
        let latest = latest
        thread = try LoopThread(name: "client-\(number)") {
            let stack = unsafe hw_take_signal_stack()
            defer { unsafe hw_give_signal_stack(stack) }
            do {
                let loop = try EventLoop()
                let generator = try LoadGenerator(loop: loop, configuration: configuration, share: share) {
                    answers.finishLoad()
                } onEnd: {
                    mailbox.close()
                }
                try mailbox.open(on: loop) { command in
                    switch command {
                    case .sample(let asked):
                        var sample = generator.sample()
                        sample.loopLagNanoseconds = EventLoop.monotonicNanoseconds() - asked
                        latest.publish(sample)
                        if let error = generator.lastConnectError { answers.note(error) }
                        answers.answer(id, round: asked)
                    case .setRate(let rate): generator.setRate(rate)
                    case .setPaused(let paused, let rate): generator.setPaused(paused, rate: rate)
                    case .setStreams(let count): generator.setStreams(count)
                    case .setConnections(let count): generator.setConnections(count)
                    case .dropConnections(let count): generator.dropConnections(count)
                    case .setTargets(let paths, let checked): generator.setTargets(paths, checked: checked)
                    case .setCaches(let ownership): generator.setCaches(ownership)
                    case .renewConnections: generator.renewConnections()
                    case .inspect, .setWritePolicy, .closeConnection: break
                    case .stop(let asked, let nanoseconds):
                        generator.stop(askedNanoseconds: asked, withinNanoseconds: nanoseconds)
                    }
                }
                generator.start()
                loop.run()
                latest.publish(generator.sample())
                if let error = generator.lastConnectError { answers.note(error) }
            } catch {
                answers.fail(error)
            }
            answers.endClient(id)
        }
    }

    func join() { thread.join() }
}
