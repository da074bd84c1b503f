import Memory
import Testing

@Suite("An audited arena") struct AuditTests {
    private func bytes(_ start: UnsafeMutableRawPointer, _ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    @Test("marks as dead what it had handed out, and nothing of it without an audit", arguments: [true, false])
    func marks(isAudited: Bool) {
        let pool = ArenaPool(isAudited: isAudited)
        let arena = pool.take()
        let start = arena.allocate(byteCount: 3000, alignment: 1)
        start.initializeMemory(as: UInt8.self, repeating: 0x11, count: 3000)
        arena.retire()
        #expect(bytes(start, 3000) == [UInt8](repeating: isAudited ? 0xDD : 0x11, count: 3000))
    }

    @Test("marks both ends of a large chunk")
    func marksLarge() {
        let pool = ArenaPool(isAudited: true)
        let arena = pool.take()
        let start = arena.allocate(byteCount: 100_000, alignment: 1)
        start.initializeMemory(as: UInt8.self, repeating: 0x11, count: 100_000)
        arena.retire()
        // The chunk's next owner writes its own book-keeping to the first bytes.
        #expect(bytes(start + 16, 4000) == [UInt8](repeating: 0xDD, count: 4000))
        #expect(bytes(start + 96_000, 4000) == [UInt8](repeating: 0xDD, count: 4000))
    }

    @Test("counts a reset under a write, once, whatever the leases say")
    func unsafeReset() {
        let pool = ArenaPool(isAudited: true)
        let arena = pool.take()
        arena.writeDidStart()
        arena.writeDidStart()
        arena.resetEarly()
        #expect(pool.currentStatistics.unsafeResetCount == 1)
        // The writes of before are not counted against those of after.
        arena.resetEarly()
        arena.writeDidStart()
        arena.writeDidEnd()
        arena.retire()
        #expect(pool.currentStatistics.unsafeResetCount == 1)
    }

    @Test("that resets early starts over, in the same place, one generation on")
    func resetEarly() {
        let pool = ArenaPool()
        let arena = pool.take()
        let first = arena.allocate(byteCount: 10)
        _ = arena.allocate(byteCount: 50_000)
        let generation = arena.generation
        arena.resetEarly()
        #expect(arena.generation == generation + 1 && arena.usedByteCount == 0)
        #expect(arena.reservedByteCount == ArenaPool.firstChunkByteCount)
        #expect(arena.allocate(byteCount: 10) == first)
        #expect(pool.currentStatistics.inUseCount == 1 && pool.currentStatistics.resetCount == 1)
        arena.retire()
    }

    @Test("says where a byte lies, over all its chunks, and which are not its own")
    func offsets() {
        let pool = ArenaPool()
        let (arena, other) = (pool.take(), pool.take())
        var last = -1
        for size in [100, 3000, 5000, 100, 70_000, 100, 9000] {
            let start = arena.allocate(byteCount: size, alignment: 1)
            let offset = arena.offset(of: start)
            #expect(offset != nil && other.offset(of: start) == nil)
            #expect(arena.offset(of: start + size - 1) == offset.map { $0 + size - 1 })
            #expect((0..<arena.reservedByteCount).contains(offset ?? -1) && offset != last)
            last = offset ?? -1
        }
        let late = arena.allocate(byteCount: 200_000, alignment: 1)
        arena.resetEarly()
        #expect(arena.offset(of: late) == nil)
        #expect(arena.number != other.number && arena.number > 0)
        arena.retire()
        other.retire()
    }
}
