import Memory
import Testing
import TestSupport

@Suite("An arena pool") struct ArenaPoolTests {
    @Test("gives out first what came back last")
    func lastInFirstOut() {
        let pool = ArenaPool()
        let arenas = (0..<5).map { _ in pool.take() }
        for arena in arenas { arena.retire() }
        let again = (0..<5).map { _ in pool.take() }
        #expect(again == arenas.reversed())
        for arena in again { arena.retire() }
        #expect(pool.currentStatistics.takenCount == 10 && pool.currentStatistics.reusedCount == 5)
    }

    @Test("remembers how much was in use at once")
    func highWater() {
        let pool = ArenaPool()
        for arena in (0..<7).map({ _ in pool.take() }) { arena.retire() }
        pool.take().retire()
        let now = pool.currentStatistics
        #expect(now.inUseCount == 0 && now.inUseHighWater == 7)
        #expect(now.reservedByteCount == 7 * 4096 && now.reservedHighWaterByteCount == 7 * 4096)
    }

    @Test("keeps a limited number idle and gives the slabs of the others back")
    func idleLimit() {
        let pool = ArenaPool()
        let arenas = (0..<20_000).map { _ in pool.take() }
        let most = pool.currentStatistics.mappedByteCount
        #expect(most >= 20_000 * 4096)
        for arena in arenas { arena.retire() }
        let now = pool.currentStatistics
        #expect(now.idleCount == ArenaPool.idleArenaLimit)
        #expect(now.reservedByteCount == ArenaPool.idleArenaLimit * 4096)
        #expect(now.mappedByteCount <= 8 << 20, "the idle arenas are the last to have been first: few slabs")
    }

    @Test("gives back all but one slab when it is trimmed to nothing")
    func trim() {
        let pool = ArenaPool()
        for _ in 0..<3 {
            let arenas = (0..<3000).map { _ in pool.take() }
            for arena in arenas { _ = arena.allocate(byteCount: 20_000) }
            for arena in arenas { arena.retire() }
            pool.trim(toIdleArenas: 0)
            let now = pool.currentStatistics
            #expect(now.idleCount == 0 && now.reservedByteCount == 0)
            #expect(now.mappedByteCount <= 1 << 20)
        }
    }

    @Test("keeps large blocks up to its limit and unmaps the rest")
    func largeBlocks() {
        let pool = ArenaPool(idleByteLimit: 4 << 20)
        let arenas = (0..<10).map { _ in pool.take() }
        for arena in arenas { _ = arena.allocate(byteCount: (1 << 20) - 100) }
        #expect(pool.currentStatistics.mappedByteCount >= 10 << 20)
        for arena in arenas { arena.retire() }
        #expect(pool.currentStatistics.mappedByteCount <= 4 << 20 + 1 << 20)
        let reused = pool.take()
        let before = pool.currentStatistics.mappedByteCount
        _ = reused.allocate(byteCount: (1 << 20) - 100)
        #expect(pool.currentStatistics.mappedByteCount == before, "an idle block was there")
        reused.retire()
    }

    @Test("stays the same size when a loop does the same again and again")
    func steady() {
        let pool = ArenaPool()
        var mapped = 0
        for round in 0..<200 {
            let arenas = (0..<50).map { _ in pool.take() }
            for (index, arena) in arenas.enumerated() { _ = arena.allocate(byteCount: 1000 * (index + 1)) }
            for arena in arenas { arena.retire() }
            if round == 1 { mapped = pool.currentStatistics.mappedByteCount }
            if round > 1 { #expect(pool.currentStatistics.mappedByteCount == mapped) }
        }
    }

    @Test("has every byte back after any order of taking, growing and retiring")
    func random() {
        let pool = ArenaPool(idleByteLimit: 1 << 20)
        var random = Random(seed: 11)
        var open: [(arena: Arena, start: UnsafeMutableRawPointer, count: Int, mark: UInt8)] = []
        for step in 0..<5000 {
            if open.count < 400 && random.next(below: 5) < 3 {
                let arena = pool.take()
                let count = 1 + random.next(below: random.next(below: 10) == 0 ? 300_000 : 5000)
                let start = arena.allocate(byteCount: count, alignment: 1)
                memset(start, UInt8(truncatingIfNeeded: step), count: count)
                open.append((arena, start, count, UInt8(truncatingIfNeeded: step)))
            } else if !open.isEmpty {
                let one = open.remove(at: random.next(below: open.count))
                #expect(isFilled(one.start, min(one.count, 5000), with: one.mark))
                one.arena.retire()
            }
            #expect(pool.currentStatistics.inUseCount == open.count)
            if step % 500 == 0 { pool.trim(toIdleArenas: 10) }
        }
        for one in open { one.arena.retire() }
        let now = pool.currentStatistics
        #expect(now.inUseCount == 0 && now.takenCount == now.resetCount)
        #expect(now.reservedByteCount == now.idleCount * 4096)
        pool.trim(toIdleArenas: 0)
        #expect(pool.currentStatistics.mappedByteCount <= 1 << 20)
    }
}
