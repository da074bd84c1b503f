import Loop
import Memory

/// A stream's owner that records its calls, and does in each of them what a test wants.
final class Owner: TCPStreamOwner {
    let stream: TCPStream
    /// Keeps the owner until its stream is closed, since the stream does not.
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
