internal import Client
internal import Load
internal import Loop
internal import Measurements
internal import Server

/// One loop of the server.
final class ServerLoop: LoopResident {
    let loop: EventLoop
    private let server: HTTPServer
    private let number: Int

    /// Listens at once, and owns the sockets from here on, also after an error.
    init(
        number: Int, socket: Listener.Socket, secureSocket: Listener.Socket? = nil, configuration: ServerConfiguration,
        isAudited: Bool = EventLoop.isAuditedByDefault, onEnd: @escaping () -> Void
    ) throws {
        self.number = number
        do throws(LoopError) { loop = try EventLoop(isAudited: isAudited) } catch {
            socket.close()
            secureSocket?.close()
            throw error
        }
        server = try HTTPServer(
            loop: loop, socket: socket, secureSocket: secureSocket, number: number, configuration: configuration, onEnd: onEnd)
    }

    func start() {}

    func sample() -> ServerSample {
        defer { server.trim() }
        return server.sample()
    }

    func apply(_ change: RunChange) {
        switch change {
        case .writePolicy(let policy): server.setWritePolicy(policy)
        case .closeConnection(let connection): if connection.loop == number { server.closeConnection(connection.id) }
        case .inspect(let connection): server.inspect(connection.flatMap { $0.loop == number ? $0.id : nil })
        default: preconditionFailure("\(change) is no change of the server's")
        }
    }

    func stop(askedNanoseconds: UInt64, withinNanoseconds nanoseconds: UInt64) { server.drain(withinNanoseconds: nanoseconds) }

    var connectError: ConnectError? { nil }
}
