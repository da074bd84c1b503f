import Memory
import Testing
import TestSupport

@Suite("An arena with a lease out") struct LeaseTests {
    @Test("keeps its bytes after its owner is done, and goes back with the last lease")
    func lastLease() {
        let pool = ArenaPool()
        let arena = pool.take()
        let start = arena.allocate(byteCount: 3000, alignment: 1)
        let large = arena.allocate(byteCount: 100_000, alignment: 1)
        memset(start, 0x11, count: 3000)
        memset(large, 0x22, count: 100_000)
        let first = Lease(on: arena)
        let second = Lease(on: arena)
        #expect(arena.leaseCount == 2 && pool.currentStatistics.leaseCount == 2)
        arena.retire()
        #expect(arena.isRetired)
        #expect(pool.currentStatistics.retiredCount == 1 && pool.currentStatistics.inUseCount == 1)
        _ = consume first
        #expect(pool.currentStatistics.retiredCount == 1 && pool.currentStatistics.resetCount == 0)
        #expect(isFilled(start, 3000, with: 0x11) && isFilled(large, 100_000, with: 0x22))
        _ = consume second
        let now = pool.currentStatistics
        #expect(now.retiredCount == 0 && now.inUseCount == 0 && now.leaseCount == 0 && now.resetCount == 1)
    }

    @Test("is not taken again meanwhile")
    func notReused() {
        let pool = ArenaPool()
        let arena = pool.take()
        let lease = Lease(on: arena)
        arena.retire()
        let other = pool.take()
        #expect(other != arena)
        other.retire()
        _ = consume lease
        let again = pool.take()
        #expect(again == arena)
        again.retire()
    }

    @Test("stays with its owner when the lease ends first")
    func leaseEndsFirst() {
        let pool = ArenaPool()
        let arena = pool.take()
        do { _ = Lease(on: arena) }
        #expect(pool.currentStatistics.resetCount == 0 && arena.leaseCount == 0)
        arena.retire()
        #expect(pool.currentStatistics.resetCount == 1)
    }

    @Test("allows one more beside the first, even after its owner is done")
    func another() {
        let pool = ArenaPool()
        let arena = pool.take()
        let first = Lease(on: arena)
        arena.retire()
        let second = first.another()
        _ = consume first
        #expect(arena.leaseCount == 1 && arena.isRetired)
        _ = consume second
        #expect(pool.currentStatistics.inUseCount == 0)
    }

    @Test("comes back from a thousand leases in any order")
    func manyLeases() {
        let pool = ArenaPool()
        var random = Random(seed: 3)
        var boxes: [LeaseBox] = []
        for _ in 0..<100 {
            let arena = pool.take()
            for _ in 0...random.next(below: 20) { boxes.append(LeaseBox(Lease(on: arena))) }
            arena.retire()
        }
        #expect(pool.currentStatistics.retiredCount == 100)
        while !boxes.isEmpty { boxes.remove(at: random.next(below: boxes.count)) }
        let now = pool.currentStatistics
        #expect(now.retiredCount == 0 && now.inUseCount == 0 && now.leaseCount == 0 && now.resetCount == 100)
    }
}

private final class LeaseBox {
    private let lease: Lease

    init(_ lease: consuming Lease) { self.lease = lease }
}
