import Memory
import Testing

@Suite("An arena") struct ArenaTests {
    @Test("gives aligned bytes and counts them with their padding")
    func counts() {
        let pool = ArenaPool()
        let arena = pool.take()
        _ = arena.allocate(byteCount: 3, alignment: 1)
        let second = arena.allocate(byteCount: 8)
        #expect(UInt(bitPattern: second) % 8 == 0)
        #expect(arena.usedByteCount == 16)
        arena.retire()
        #expect(pool.currentStatistics.inUseCount == 0)
    }
}
