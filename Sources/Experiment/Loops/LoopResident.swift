internal import Client
internal import Load
internal import Loop
internal import Measurements
internal import Server

/// A server, or clients, on one event loop. Made, called and let go on the loop's thread.
protocol LoopResident: AnyObject, SendableMetatype {
    associatedtype Reading: LoopReading

    var loop: EventLoop { get }
    /// Begins, when commands can already come.
    func start()
    func takeReading() -> Reading
    /// Makes this loop's share of a change.
    func apply(_ change: RunChange)
    /// Begins the end; the loop can end once it is through.
    func stop(askedNanoseconds: UInt64, withinNanoseconds: UInt64)
    /// Why it could not connect, the last time; nil when it could.
    var lastConnectError: ConnectError? { get }
}

extension OriginLoads: LoopResident {
    func takeReading() -> ClientSample { sample() }
}

extension HTTPServer: LoopResident {
    /// Makes the server on a loop of its own, and listens.
    ///
    /// - Parameter onEnd: called once, when `stop` is through.
    static func make(
        number: Int, socket: Listener.Socket, secureSocket: Listener.Socket? = nil, configuration: ServerConfiguration,
        isAudited: Bool = EventLoop.isAuditedByDefault, onEnd: @escaping () -> Void
    ) throws -> HTTPServer {
        let loop: EventLoop
        do throws(LoopError) { loop = try EventLoop(isAudited: isAudited) } catch {
            // Without a loop no server takes them over.
            socket.close()
            secureSocket?.close()
            throw error
        }
        return try HTTPServer(
            loop: loop, socket: socket, secureSocket: secureSocket, number: number, configuration: configuration, onEnd: onEnd)
    }

    func start() {}

    func takeReading() -> ServerSample {
        defer { trim() }
        return sample()
    }

    func stop(askedNanoseconds: UInt64, withinNanoseconds nanoseconds: UInt64) { drain(withinNanoseconds: nanoseconds) }

    var lastConnectError: ConnectError? { nil }
}

/// The reading of one loop, which merges into that of a whole side by its table.
protocol LoopReading: SamplePart {
    init()
    var loops: LoopSample { get set }
}

extension ClientSample: LoopReading {}

extension ServerSample: LoopReading {}
