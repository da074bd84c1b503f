import Loop
import Memory
import TestSupport
import Testing

/// The memory that these tests damage on purpose is never libuv's own.
@Suite("An audit of writes", .waiting) struct WriteAuditTests {
    /// One stream whose write waits, broken by `breaking`, then let go.
    private static let size = 200_000
    private static let bytes = pattern(size)

    /// - Parameter ownsRequest: the arena holds libuv's request too, and belongs to a pool that marks nothing as
    ///   dead: then it may be reset, and libuv still finds what it needs.
    private func audit(
        size: Int = WriteAuditTests.size, ownsRequest: Bool = false, _ breaking: @escaping (TCPStream, Arena, UnsafeMutableRawPointer) -> Void
    ) throws -> (WriteAudit, ArenaStatistics, [WriteEvidence]) {
        var evidence: [WriteEvidence] = []
        let fixture = try LoopFixture(sendBufferByteCount: 16 * 1024) { owner in
            let stream = owner.stream
            stream.number = 77
            stream.loop.audit?.onEvidence = { evidence.append($0) }
            // The socket is full first, so that all that follows is queued whole.
            owner.send([UInt8](repeating: 1, count: 500_000))
            let pool = ownsRequest ? ArenaPool(isAudited: false) : stream.loop.arenas
            let arena = pool.take()
            arena.owner = 5
            let start = arena.allocate(byteCount: size, alignment: 1)
            start.copyMemory(from: WriteAuditTests.bytes, byteCount: size)
            stream.loop.batch.append(ArenaBytes(start: start, count: size))
            // No lease: only the audit knows that the arena is read.
            if ownsRequest { stream.flushInArena(stream.loop.batch, arena) } else { stream.flush(stream.loop.batch) }
            breaking(stream, arena, start)
            stream.lookAtWrites()
            owner.onWrite = { if stream.pendingWrites == 0 { stream.close() } }
            owner.onClose = {
                arena.retire()
                _ = pool
            }
        }
        let peer = try RawSocket(port: fixture.port, receiveBuffer: 32_768)
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in _ = try? box.value.receiveToEnd() }
        let end = fixture.run()
        thread.join()
        let audit = try #require(fixture.loop.audit)
        audit.onEvidence = nil
        return (audit, end, evidence)
    }

    @Test("finds nothing where nothing is wrong")
    func clean() throws {
        let (audit, end, evidence) = try audit { _, _, _ in }
        #expect(audit.staleCompletionCount == 0 && audit.changedWriteCount == 0 && end.unsafeResetCount == 0)
        #expect(evidence.isEmpty)
    }

    @Test("finds the byte that changed, wherever it is", arguments: [0, 1, 511, 512, 70_000, 199_999])
    func changed(at place: Int) throws {
        let (audit, _, evidence) = try audit { _, _, start in
            start.storeBytes(of: start.load(fromByteOffset: place, as: UInt8.self) ^ 0xFF, toByteOffset: place, as: UInt8.self)
        }
        #expect(audit.changedWriteCount == 1 && audit.staleCompletionCount == 0)
        let first = try #require(evidence.first)
        #expect(evidence.count == 1 && first.kind == .changedBytes)
        // Only the first 512 bytes are kept; beyond, it is known that, and not where.
        #expect(first.changeOffset == min(place, 512))
        if place < 512 {
            #expect(first.expectedBytes.first == WriteAuditTests.bytes[place])
            #expect(first.foundBytes.first == WriteAuditTests.bytes[place] ^ 0xFF)
        }
    }

    @Test("reports a reset while the write is pending, counts it again when it is done, and reports it once")
    func reset() throws {
        let (audit, _, evidence) = try audit(ownsRequest: true) { _, arena, _ in
            arena.resetEarly()
            arena.owner = 6
        }
        #expect(audit.staleCompletionCount == 1)
        let first = try #require(evidence.first)
        #expect(evidence.count == 1 && first.kind == .reset)
        #expect(first.streamNumber == 77 && first.owner == 5 && first.newOwner == 6)
        #expect(first.foundGeneration == first.generation + 1)
        #expect(first.byteCount == WriteAuditTests.size && !first.isDirect)
        #expect(first.expectedRequest == first.foundRequest, "the request was not written over")
    }

    @Test("shows the mark of dead memory where a small answer was")
    func dead() throws {
        let (_, _, evidence) = try audit(size: 300) { _, arena, _ in arena.resetEarly() }
        let first = try #require(evidence.first)
        #expect(first.changeOffset == 0)
        #expect(first.expectedBytes == Array(pattern(300).prefix(WriteEvidence.byteLimit)))
        #expect(first.foundBytes == [UInt8](repeating: 0xDD, count: WriteEvidence.byteLimit))
    }

    @Test("lists the pending writes, oldest first, each with its owner")
    func ledger() throws {
        var entries: [TCPStream.PendingWriteEntry] = []
        _ = try audit(size: 2000, ownsRequest: true) { stream, arena, start in
            entries = stream.pendingWriteEntries(limit: 8)
            #expect(stream.pendingWriteEntries(limit: 1).count == 1)
            #expect(entries.last?.offset == arena.offset(of: start))
            #expect(entries.last?.arenaNumber == arena.number)
        }
        #expect(entries.count == 2)
        #expect(entries.last?.owner == 5 && entries.last?.byteCount == 2000 && entries.last?.isReset == false)
    }

    @Test("exists only on request")
    func none() throws {
        #expect(try EventLoop(isAudited: false).audit == nil)
        #expect(try EventLoop(isAudited: true).audit != nil)
    }
}
