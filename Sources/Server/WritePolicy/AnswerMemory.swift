internal import Loop
internal import Measurements
internal import Memory
internal import Transport

/// The memory of a connection's answers until the kernel has taken their bytes: its write policy.
///
/// This is `lease`: each exchange has an arena of its own, and every write holds a lease on the arenas that it
/// reads. Another policy is a subclass, which overrides the functions that it does otherwise. One loop's thread.
class AnswerMemory {
    let stream: TCPStream
    // The loop's, here to spare the way through the stream.
    let arenas: ArenaPool
    let batch: WriteBatch

    init(_ stream: TCPStream) {
        self.stream = stream
        arenas = stream.loop.arenas
        batch = stream.loop.batch
    }

    /// The memory of a new connection's answers. Over TLS the policies do not differ.
    static func make(_ policy: WritePolicy, _ stream: TCPStream, _ tls: TLSStream?) -> AnswerMemory {
        if let tls { return SealedAnswers(tls, on: stream) }
        return switch policy {
        case .lease: AnswerMemory(stream)
        case .copy: CopiedAnswers(stream)
        case .resetEarly: EarlyResetAnswers(stream)
        }
    }

    /// The arena of a new exchange; `endExchange` ends it.
    /// - Parameter exchange: its number, for an audit.
    func beginExchange(_ exchange: UInt64) -> Arena { takeNamed(exchange) }

    /// The exchange has ended. Leases keep the bytes that are still on their way to the peer.
    func endExchange(_ arena: Arena) { arena.retire() }

    /// An arena for a part of an answer, or for frames; `give` ends it.
    /// - Parameter exchange: the number of the part's exchange, for an audit; 0 for frames of several.
    func takeArena(_ exchange: UInt64) -> Arena { takeNamed(exchange) }

    @inline(__always)
    private final func takeNamed(_ exchange: UInt64) -> Arena {
        let arena = arenas.take()
        name(arena, exchange)
        return arena
    }

    /// Tells an audit which exchange has the arena.
    @inline(__always)
    final func name(_ arena: Arena, _ exchange: UInt64) {
        if arenas.isAudited { arena.owner = ArenaOwner.number(connection: stream.number, exchange: exchange) }
    }

    /// The owner of an arena from `takeArena` is done with it.
    func give(_ arena: Arena) { arena.retire() }

    /// Keeps `arena` in place for the bytes that the batch has got since its last lease.
    func lease(_ arena: Arena) { batch.append(Lease(on: arena)) }

    /// Whether a write may read bytes under a lease, in an exchange's arena or in one that many share; otherwise they
    /// are in the arena that `flush` knows.
    var leases: Bool { true }

    /// Sends the loop's batch and empties it.
    func flush() { stream.flush(batch) }

    // MARK: For a policy that goes by the course of a connection

    /// An answer is made, and its request can still be named.
    func answerWillBeSent() {}

    /// The answer is in the batch, and the next request on the connection may begin before the batch is sent.
    func answerDidEnd() {}

    /// libuv has finished a write.
    func writeDidEnd() {}
}

/// `copy`: every write has a copy of its bytes, so that arenas are reset before they are out. The fix in seed 000.
final class CopiedAnswers: AnswerMemory {
    override func flush() { stream.flushCopy(batch) }
}

/// Over TLS: the bytes are sealed at once into memory that the write has to itself.
final class SealedAnswers: AnswerMemory {
    private let tls: TLSStream

    init(_ tls: TLSStream, on stream: TCPStream) {
        self.tls = tls
        super.init(stream)
    }

    override func flush() { tls.flush(batch) }
}
