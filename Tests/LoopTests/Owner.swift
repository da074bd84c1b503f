import Loop
import Memory

/// A stream's owner that writes down what it hears, and does what a test tells it to.
final class Owner: TCPStreamOwner {
    let stream: TCPStream
    /// The stream does not keep its owner: whoever made it does, until it is closed.
    private var untilClosed: Owner?
    var received: [UInt8] = []
    var events: [String] = []
    var onConnect: (LoopError?) -> Void = { _ in }
    var onRead: (Int) -> Void = { _ in }
    var onEnd: () -> Void = {}
    var onFail: (LoopError) -> Void = { _ in }
    var onWrite: () -> Void = {}
    var onClose: () -> Void = {}

    init(_ stream: TCPStream) {
        self.stream = stream
        stream.setOwner(self)
        untilClosed = self
    }

    func streamDidConnect(_ error: LoopError?) {
        events.append(error == nil ? "connected" : "refused")
        onConnect(error)
    }

    func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
        received += bytes
        onRead(bytes.count)
    }

    func streamDidReachEnd() {
        events.append("end")
        onEnd()
    }

    func streamDidFail(_ error: LoopError) {
        events.append("failed")
        onFail(error)
    }

    func streamDidWrite() { onWrite() }

    func streamDidClose() {
        events.append("closed")
        onClose()
        (onConnect, onRead, onEnd, onFail) = ({ _ in }, { _ in }, {}, { _ in })
        (onWrite, onClose, untilClosed) = ({}, {}, nil)
    }

    /// Puts the bytes into an arena of their own and sends them under a lease.
    func send(_ bytes: [UInt8]) {
        append(bytes)
        stream.flush(stream.loop.batch)
    }

    /// Adds bytes in an arena of their own, whose owner is done with it at once.
    func append(_ bytes: [UInt8]) {
        let arena = stream.loop.arenas.take()
        stream.loop.batch.append(bytes.withUnsafeBytes { arena.copy($0) })
        stream.loop.batch.append(Lease(on: arena))
        arena.retire()
    }
}

/// A loop with a listener on it, for tests that need one connection, or a few.
struct Harbour {
    let loop: EventLoop
    let port: Int

    /// - Parameter accepted: gets each connection; the listener closes after `count` of them.
    init(
        accepting count: Int = 1, sendBufferByteCount: Int? = nil, accepted: @escaping (Owner) -> Void
    ) throws {
        let loop = try EventLoop(isAudited: true)
        let socket = try Listener.Socket(binding: .loopback, sharesPort: false)
        var left = count
        var listener: Listener?
        listener = try Listener(loop: loop, socket: socket, sendBufferByteCount: sendBufferByteCount) { stream in
            left -= 1
            accepted(Owner(stream))
            if left == 0 {
                listener?.close()
                listener = nil
            }
        }
        self.loop = loop
        port = socket.address.port
    }

    /// Runs to the end and looks whether everything has come back.
    func run() -> ArenaStatistics {
        loop.run()
        return loop.arenas.currentStatistics
    }
}

extension SocketAddress {
    static var loopback: SocketAddress { SocketAddress(host: "127.0.0.1", port: 0)! }
}

func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    (start..<start + count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}
