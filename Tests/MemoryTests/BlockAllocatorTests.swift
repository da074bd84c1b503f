import Memory
import Testing
import TestSupport

@Suite("A block allocator") struct BlockAllocatorTests {
    @Test("reuses a freed block of the same class, and the one freed last")
    func reuse() throws {
        let allocator = BlockAllocator()
        let first = try #require(allocator.allocate(byteCount: 100))
        let second = try #require(allocator.allocate(byteCount: 100))
        #expect(allocator.blockCount == 2 && allocator.mallocCount == 2)
        allocator.free(first)
        allocator.free(second)
        #expect(allocator.allocate(byteCount: 112) == second)
        #expect(allocator.allocate(byteCount: 90) == first)
        #expect(allocator.mallocCount == 2)
        allocator.free(first)
        allocator.free(second)
        allocator.free(nil)
        #expect(allocator.blockCount == 0)
    }

    @Test("keeps malloc's alignment at every size", arguments: [0, 1, 15, 16, 17, 1000, 65_520, 65_521, 1 << 20])
    func alignment(size: Int) throws {
        let allocator = BlockAllocator()
        let block = try #require(allocator.allocate(byteCount: size))
        #expect(UInt(bitPattern: block) % 16 == 0)
        memset(block, 0xFF, count: size)
        allocator.free(block)
    }

    @Test("grows and shrinks a block with its bytes, and counts it once")
    func reallocate() throws {
        let allocator = BlockAllocator()
        var block = try #require(allocator.reallocate(nil, byteCount: 10))
        memset(block, 0x5A, count: 10)
        for size in [20, 100, 5000, 100_000, 300_000, 200_000, 10] {
            block = try #require(allocator.reallocate(block, byteCount: size))
            #expect(isFilled(block, 10, with: 0x5A))
            #expect(allocator.blockCount == 1)
        }
        allocator.free(block)
    }

    @Test("keeps every block's bytes through any order of calls")
    func model() throws {
        let allocator = BlockAllocator()
        var random = Random(seed: 5)
        var blocks: [(start: UnsafeMutableRawPointer, count: Int, mark: UInt8)] = []
        for step in 0..<20_000 {
            let mark = UInt8(truncatingIfNeeded: step)
            let size = random.next(below: random.next(below: 50) == 0 ? 200_000 : 1 << (1 + random.next(below: 11)))
            switch random.next(below: 4) {
            case 0, 1:
                let start = try #require(allocator.allocate(byteCount: size))
                memset(start, mark, count: size)
                blocks.append((start, size, mark))
            case 2 where !blocks.isEmpty:
                let index = random.next(below: blocks.count)
                let old = blocks[index]
                let start = try #require(allocator.reallocate(old.start, byteCount: size))
                #expect(isFilled(start, min(old.count, size), with: old.mark))
                memset(start, mark, count: size)
                blocks[index] = (start, size, mark)
            default:
                guard !blocks.isEmpty else { continue }
                let old = blocks.remove(at: random.next(below: blocks.count))
                #expect(isFilled(old.start, old.count, with: old.mark))
                allocator.free(old.start)
            }
            if blocks.count > 500 { allocator.free(blocks.removeFirst().start) }
            if step % 1000 == 0 { #expect(allocator.blockCount == blocks.count) }
        }
        for block in blocks { allocator.free(block.start) }
        #expect(allocator.blockCount == 0)
    }

    @Test("that ends before its blocks ends the program")
    func blocksOut() async {
        await #expect(processExitsWith: .failure) {
            var allocator: BlockAllocator? = BlockAllocator()
            _ = allocator?.allocate(byteCount: 10)
            allocator = nil
        }
    }
}
