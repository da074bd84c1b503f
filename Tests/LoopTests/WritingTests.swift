import Loop
import Memory
import TestSupport
import Testing

@Suite("A stream that writes", .waiting) struct WritingTests {
    @Test("hands small batches to the socket at once and keeps no lease")
    func direct() throws {
        var leases = -1
        let fixture = try LoopFixture { owner in
            owner.send(pattern(1000))
            leases = owner.stream.loop.arenas.currentStatistics.leaseCount
            #expect(owner.stream.directFlushes == 1 && owner.stream.queuedWrites == 0)
            #expect(owner.stream.sentBytes == 1000 && owner.stream.pendingByteCount == 0)
            owner.stream.close()
        }
        let peer = try RawSocket(port: fixture.port)
        let end = fixture.run()
        #expect(leases == 0)
        #expect(try peer.receiveToEnd() == pattern(1000))
        #expect(end.inUseCount == 0 && end.leaseCount == 0)
    }

    @Test("keeps the arena of what the socket did not take, until it is out")
    func slowReader() throws {
        let size = 1 << 20
        let peerThread = Handover<[UInt8]>()
        let fixture = try LoopFixture(sendBufferByteCount: 16 * 1024) { owner in
            owner.send(pattern(size))
            let now = owner.stream.loop.arenas.currentStatistics
            #expect(now.leaseCount == 1 && now.retiredCount == 1 && now.inUseCount == 1)
            #expect(owner.stream.pendingWrites == 1)
            // A write in part out is not counted as sent before it is whole.
            #expect(owner.stream.pendingByteCount > 0)
            #expect(owner.stream.pendingByteCount + Int(owner.stream.sentBytes) <= size)
            #expect(owner.stream.pending.retiredArenaBytes.used >= size)
            owner.onWrite = {
                let now = owner.stream.loop.arenas.currentStatistics
                #expect(now.leaseCount == 0 && now.inUseCount == 0)
                #expect(owner.stream.sentBytes == UInt64(size))
                owner.stream.close()
            }
        }
        let peer = try RawSocket(port: fixture.port, receiveBuffer: 32_768)
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            peerThread.give((try? box.value.receiveToEnd()) ?? [])
        }
        let end = fixture.run()
        thread.join()
        #expect(peerThread.take() == pattern(size))
        #expect(end.inUseCount == 0 && end.leaseCount == 0)
    }

    @Test("gives the leases back when it is closed mid-write")
    func closedMidWrite() throws {
        let fixture = try LoopFixture(sendBufferByteCount: 16 * 1024) { owner in
            for _ in 0..<5 { owner.send(pattern(1 << 20)) }
            #expect(owner.stream.loop.arenas.currentStatistics.leaseCount >= 5)
            owner.stream.close()
            owner.onClose = { #expect(owner.stream.pendingWrites == 0) }
        }
        let peer = try RawSocket(port: fixture.port, receiveBuffer: 4096)
        let end = fixture.run()
        #expect(end.inUseCount == 0 && end.leaseCount == 0 && end.retiredCount == 0)
        peer.close()
    }

    @Test("gives the leases back when the peer resets mid-write")
    func resetMidWrite() throws {
        var peer: RawSocket?
        let fixture = try LoopFixture(sendBufferByteCount: 16 * 1024) { owner in
            for _ in 0..<5 { owner.send(pattern(1 << 20)) }
            owner.onFail = { _ in owner.stream.close() }
            peer?.reset()
        }
        peer = try RawSocket(port: fixture.port, receiveBuffer: 4096)
        let end = fixture.run()
        #expect(end.inUseCount == 0 && end.leaseCount == 0 && end.retiredCount == 0)
    }

    @Test("forgets what is flushed after its end, and its leases with it")
    func flushAfterClose() throws {
        let fixture = try LoopFixture { owner in
            owner.stream.close()
            owner.send(pattern(100))
            #expect(owner.stream.loop.arenas.currentStatistics.inUseCount == 0)
        }
        let peer = try RawSocket(port: fixture.port)
        #expect(fixture.run().inUseCount == 0)
        #expect(try peer.receiveToEnd() == [])
    }

    /// Sizes, numbers of buffers and the way leases are spread over them, all by chance.
    @Test("sends every byte of any batch, in order", arguments: 1...6)
    func randomBatches(seed: Int) throws {
        var expected: [UInt8] = []
        var random = Random(seed: UInt64(seed))
        let received = Handover<[UInt8]>()
        let fixture = try LoopFixture(sendBufferByteCount: seed % 2 == 0 ? 4096 : 64 * 1024) { owner in
            let loop = owner.stream.loop
            var batches = 40
            func next() {
                while batches > 0 {
                    batches -= 1
                    var arena = loop.arenas.take()
                    while loop.batch.hasRoom(forBuffers: 2), random.next(below: 30) > 0 {
                        let size = random.next(below: random.next(below: 8) == 0 ? 60_000 : 900)
                        let bytes = pattern(size, from: random.next(below: 1000))
                        expected += bytes
                        // Sometimes side by side in memory, sometimes with a gap.
                        if random.next(below: 2) == 0 { _ = arena.allocate(byteCount: 1, alignment: 1) }
                        loop.batch.append(bytes.withUnsafeBytes { arena.copy($0) })
                        if random.next(below: 3) == 0 {
                            loop.batch.append(Lease(on: arena))
                            // A second lease, over nothing.
                            if random.next(below: 4) == 0 { loop.batch.append(Lease(on: arena)) }
                            if random.next(below: 2) == 0 {
                                arena.retire()
                                arena = loop.arenas.take()
                            }
                        }
                    }
                    loop.batch.append(Lease(on: arena))
                    arena.retire()
                    owner.stream.flush(loop.batch)
                    checkQueue(of: owner.stream)
                    if random.next(below: 4) == 0 && owner.stream.pendingWrites > 0 { return }
                }
                if owner.stream.pendingWrites == 0 { owner.stream.close() }
            }
            owner.onWrite = {
                checkQueue(of: owner.stream)
                next()
            }
            owner.onClose = { #expect(owner.stream.sentBytes == UInt64(expected.count)) }
            next()
        }
        let peer = try RawSocket(port: fixture.port, receiveBuffer: 32_768)
        let thread = try LoopThread(name: "peer") { [box = Sending(peer)] in
            received.give((try? box.value.receiveToEnd()) ?? [])
        }
        let end = fixture.run()
        thread.join()
        #expect(received.take() == expected)
        #expect(end.inUseCount == 0 && end.leaseCount == 0)
    }

    /// The writes in our list hold together the bytes that libuv says are queued.
    private func checkQueue(of stream: TCPStream) {
        var bytes = 0
        var count = 0
        stream.forEachPendingWrite { _, byteCount in
            bytes += byteCount
            count += 1
        }
        #expect(bytes == stream.pendingByteCount)
        #expect(count == stream.pendingWrites)
        #expect((stream.oldestWriteNanoseconds != nil) == (count > 0))
    }

    @Test("lets go of a lease that covers no byte, however many there are")
    func emptyLeases() throws {
        let fixture = try LoopFixture(sendBufferByteCount: 4096) { owner in
            let loop = owner.stream.loop
            // The socket is full first, so that all that follows is queued.
            owner.send(pattern(1 << 20))
            let arena = loop.arenas.take()
            for index in 0..<4 {
                _ = arena.allocate(byteCount: 1, alignment: 1)
                loop.batch.append(pattern(10, from: index).withUnsafeBytes { arena.copy($0) })
                for _ in 0..<10 { loop.batch.append(Lease(on: arena)) }
            }
            #expect(arena.leaseCount == 4)
            arena.retire()
            owner.stream.flush(loop.batch)
            #expect(loop.arenas.currentStatistics.leaseCount == 5)
            owner.stream.close()
        }
        let peer = try RawSocket(port: fixture.port)
        #expect(fixture.run().inUseCount == 0)
        peer.close()
    }
}
