import Memory
import Testing
import TestSupport

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

    @Test("keeps to every alignment up to a page, in the first chunk and in new ones")
    func alignment() {
        let pool = ArenaPool()
        for size in [1, 100, 4096, 70_000] {
            var alignment = 1
            while alignment <= 4096 {
                let arena = pool.take()
                _ = arena.allocate(byteCount: 1, alignment: 1)
                for _ in 0..<3 {
                    let start = arena.allocate(byteCount: size, alignment: alignment)
                    #expect(UInt(bitPattern: start) % UInt(alignment) == 0)
                    memset(start, 0xAB, count: size)
                }
                arena.retire()
                alignment *= 2
            }
        }
    }

    @Test("never gives the same byte twice, whatever the sizes")
    func disjoint() {
        var random = Random(seed: 7)
        let pool = ArenaPool()
        for _ in 0..<20 {
            let arena = pool.take()
            var blocks: [(start: UnsafeMutableRawPointer, count: Int, mark: UInt8)] = []
            for number in 0..<300 {
                let count = random.next(below: random.next(below: 20) == 0 ? 100_000 : 600)
                let start = arena.allocate(byteCount: count, alignment: 1 << random.next(below: 7))
                memset(start, UInt8(truncatingIfNeeded: number), count: count)
                blocks.append((start, count, UInt8(truncatingIfNeeded: number)))
            }
            for block in blocks { #expect(isFilled(block.start, block.count, with: block.mark)) }
            #expect(arena.usedByteCount >= blocks.reduce(0) { $0 + $1.count })
            #expect(arena.reservedByteCount >= arena.usedByteCount)
            #expect(arena.reservedByteCount <= pool.currentStatistics.mappedByteCount)
            arena.retire()
        }
    }

    @Test("counts what it holds: whole pages, its book-keeping included")
    func reserved() {
        let pool = ArenaPool()
        let arena = pool.take()
        #expect(arena.reservedByteCount == 4096)
        #expect(pool.currentStatistics.reservedByteCount == 4096)
        _ = arena.allocate(byteCount: 4096)
        #expect(arena.reservedByteCount > 8192 && arena.reservedByteCount % 4096 == 0)
        #expect(pool.currentStatistics.reservedByteCount == arena.reservedByteCount)
        arena.retire()
        #expect(pool.currentStatistics.reservedByteCount == 4096)
    }

    @Test("wastes at most a quarter, and a page, on a block of any size",
        arguments: [4080, 4097, 8192, 12_288, 12_289, 65_000, 65_537, 100_000, 1 << 20, 5 << 20, (8 << 20) + 1])
    func rounding(size: Int) {
        let pool = ArenaPool()
        let arena = pool.take()
        let before = arena.reservedByteCount
        _ = arena.allocate(byteCount: size)
        let grown = arena.reservedByteCount - before
        #expect(grown >= size && grown % 4096 == 0)
        #expect(grown <= size + size / 4 + 2 * 4096)
        arena.retire()
    }

    @Test("goes on in its roomier chunk after a block that fills its own")
    func oversize() {
        let pool = ArenaPool()
        let arena = pool.take()
        let first = arena.allocate(byteCount: 16)
        // With its header and room to align it, exactly the size of its chunk.
        _ = arena.allocate(byteCount: (1 << 20) - 24)
        let second = arena.allocate(byteCount: 16)
        #expect(second == first + 16)
        arena.retire()
    }

    @Test("of many small pieces holds little more than they are")
    func growth() {
        let pool = ArenaPool()
        let arena = pool.take()
        for _ in 0..<10_000 { _ = arena.allocate(byteCount: 64) }
        #expect(arena.usedByteCount >= 640_000)
        #expect(arena.reservedByteCount < 640_000 * 5 / 4)
        arena.retire()
        #expect(pool.currentStatistics.arenaHighWaterByteCount >= 640_000)
    }

    @Test("allocates nothing without harm")
    func nothing() {
        let pool = ArenaPool()
        let arena = pool.take()
        for _ in 0..<10_000 { _ = arena.allocate(byteCount: 0, alignment: 1) }
        #expect(arena.usedByteCount == 0)
        arena.retire()
    }

    @Test("counts its resets, and so tells its owners apart")
    func generation() {
        let pool = ArenaPool()
        for expected: UInt32 in 0..<5 {
            let arena = pool.take()
            #expect(arena.generation == expected)
            #expect(arena.usedByteCount == 0)
            arena.retire()
        }
    }

    @Test("copies bytes, and looks at them by name")
    func bytes() {
        let pool = ArenaPool()
        let arena = pool.take()
        let copy = "Content-Type".withBytes { arena.copy($0) }
        #expect(copy.string == "Content-Type")
        #expect(copy.equals("Content-Type") && !copy.equals("content-type") && !copy.equals("Content"))
        #expect(copy.equalsIgnoringCase("content-type") && !copy.equalsIgnoringCase("content-typo"))
        #expect(copy[8..<12].string == "Type")
        #expect(copy[12..<12].isEmpty)
        #expect(arena.copy(UnsafeRawBufferPointer(start: nil, count: 0)).isEmpty)
        #expect(ArenaBytes.empty.string == "")
        arena.retire()
    }
}

@Suite("A mistake of ours with an arena") struct ArenaTrapTests {
    @Test("ends the program: retired twice")
    func retiredTwice() async {
        await #expect(processExitsWith: .failure) {
            let pool = ArenaPool()
            let arena = pool.take()
            arena.retire()
            arena.retire()
        }
    }

    @Test("ends the program: retired twice, with a lease out")
    func retiredTwiceUnderLease() async {
        await #expect(processExitsWith: .failure) {
            let pool = ArenaPool()
            let arena = pool.take()
            let lease = Lease(on: arena)
            arena.retire()
            arena.retire()
            _ = consume lease
        }
    }

    #if DEBUG
    @Test("ends the program: a lease on an arena that has gone back")
    func leaseOnIdle() async {
        await #expect(processExitsWith: .failure) {
            let pool = ArenaPool()
            let arena = pool.take()
            arena.retire()
            _ = Lease(on: arena)
        }
    }
    #endif

    @Test("ends the program: a pool that goes before its arenas")
    func poolFirst() async {
        await #expect(processExitsWith: .failure) {
            var pool: ArenaPool? = ArenaPool()
            _ = pool?.take()
            pool = nil
        }
    }

    @Test("ends the program: a byte beyond the end")
    func outOfRange() async {
        await #expect(processExitsWith: .failure) {
            let bytes = ArenaBytes("abc")
            _ = bytes[3]
        }
    }
}
