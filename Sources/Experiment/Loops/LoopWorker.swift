internal import Client
internal import CProcess
internal import Load
internal import Loop
internal import Measurements
internal import Synchronization

/// An event loop on a thread of its own: commands go in, readings come out.
///
/// The resident is made on that thread and never leaves it. Ends after `stop`, or at once when the
/// resident cannot be made; then `failure` says why.
final class LoopWorker<Reading: LoopReading>: Sendable {
    /// Of the thread: "server-0".
    let name: String
    private let port = LoopPort<Reading>()
    private let thread: LoopThread

    /// - Parameters:
    ///   - round: where it answers when it is asked; nil: its readings are not waited for.
    ///   - end: is woken when the thread ends; nil: its end is not waited for.
    ///   - make: makes the resident, on the thread. The resident calls `onEnd` once it has stopped.
    init<Resident: LoopResident>(
        name: String, round: SampleRound? = nil, end: PollWaker? = nil, make: @escaping @Sendable (_ onEnd: @escaping () -> Void) throws -> Resident
    ) throws(LoopError) where Resident.Reading == Reading {
        self.name = name
        // Made here, before the thread: the loop's thread counts its allocations, and the table has about a thousand.
        _ = Reading.table
        let port = port
        round?.add(name)
        do throws(LoopError) {
            thread = try LoopThread(name: name) {
                let stack = unsafe hw_take_signal_stack()
                defer { unsafe hw_give_signal_stack(stack) }
                do {
                    try port.run(try make { port.mailbox.close() }) { asked in round?.answer(name, askedNanoseconds: asked) }
                } catch {
                    port.fail(error)
                }
                port.end()
                round?.remove(name)
                end?.wake()
            }
        } catch {
            round?.remove(name)
            throw error
        }
    }

    func post(_ command: LoopCommand) { port.mailbox.post(command) }

    /// The reading published last, once; nil: none since the last time.
    func takeReading() -> Reading? { port.latest.take() }

    func join() { thread.join() }

    /// The thread has ended, but for its last few instructions.
    var hasEnded: Bool { port.status.withLock { $0.hasEnded } }
    /// Why the loop could not run; nil when it ran.
    var failure: String? { port.status.withLock { $0.failure } }
    /// Why its clients could not connect, the last time.
    var connectError: ConnectError? { port.status.withLock { $0.connectError } }
}

/// Where the thread of a loop and the thread that owns its worker meet.
private final class LoopPort<Reading: LoopReading>: Sendable {
    struct Status {
        var hasEnded = false
        var failure: String?
        var connectError: ConnectError?
    }

    let mailbox = Mailbox<LoopCommand>()
    let latest = Latest<Reading> { older, newer in newer.including(histogramsOf: older) }
    let status = Mutex(Status())

    /// The loop, from its first command to its last reading. On its thread.
    func run<Resident: LoopResident>(_ resident: Resident, answered: @escaping (UInt64) -> Void) throws(LoopError)
    where Resident.Reading == Reading {
        try mailbox.open(on: resident.loop) { [self] command in
            switch command {
            case .sample(let asked):
                publish(resident, lagNanoseconds: EventLoop.monotonicNanoseconds() - asked)
                answered(asked)
            case .change(let change): resident.apply(change)
            case .stop(let asked, let nanoseconds): resident.stop(askedNanoseconds: asked, withinNanoseconds: nanoseconds)
            }
        }
        resident.start()
        resident.loop.run()
        // The counts after the last connection has gone.
        publish(resident, lagNanoseconds: 0)
    }

    private func publish<Resident: LoopResident>(_ resident: Resident, lagNanoseconds: UInt64) where Resident.Reading == Reading {
        var reading = resident.takeReading()
        reading.loops.lagNanoseconds = lagNanoseconds
        latest.publish(reading)
        if let error = resident.lastConnectError { status.withLock { $0.connectError = error } }
    }

    func fail(_ error: any Error) {
        mailbox.close()
        status.withLock { $0.failure = "\(error)" }
    }

    func end() { status.withLock { $0.hasEnded = true } }
}
