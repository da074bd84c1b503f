import Glibc
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
        #expect(allocator.allocate(byteCount: 97) == first)
        #expect(allocator.mallocCount == 2)
        allocator.free(first)
        allocator.free(second)
        allocator.free(nil)
        #expect(allocator.blockCount == 0)
    }

    @Test("keeps malloc's alignment at every size", arguments: [0, 1, 31, 32, 33, 40, 41, 1000, 65_536, 65_537, 1 << 20])
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

    @Test("gives a shared block to each owner as the first of its class, and to no other")
    func shared() throws {
        let allocator = BlockAllocator()
        let shared = try #require(allocator.allocateShared(byteCount: 5000))
        let owners = try (0..<3).map { _ in
            try allocator.share(shared) {
                // Of another class: it does not count.
                allocator.free(allocator.allocate(byteCount: 100))
                return try #require(allocator.allocate(byteCount: 5000))
            }
        }
        #expect(owners == [shared, shared, shared])
        let other = try #require(allocator.allocate(byteCount: 5000))
        #expect(other != shared)
        for block in owners + [other] { allocator.free(block) }
        // Freed by its owners, it is still not given to others.
        let next = try #require(allocator.allocate(byteCount: 5000))
        #expect(next != shared)
        allocator.free(next)
        allocator.share(shared) {}
        #expect(try #require(allocator.allocate(byteCount: 5000)) == next)
        allocator.free(next)
        allocator.freeShared(shared)
        #expect(allocator.blockCount == 0)
        #expect(allocator.allocate(byteCount: 5000) == shared)
        allocator.free(shared)
    }

    @Test("moves the bytes of a shared block that grows, and leaves the block")
    func sharedGrows() throws {
        let allocator = BlockAllocator()
        let shared = try #require(allocator.allocateShared(byteCount: 5000))
        let owner = try #require(allocator.share(shared) { allocator.allocate(byteCount: 5000) })
        memset(owner, 0x5A, count: 5000)
        let grown = try #require(allocator.reallocate(owner, byteCount: 9000))
        #expect(grown != shared && isFilled(grown, 5000, with: 0x5A))
        allocator.free(grown)
        allocator.freeShared(shared)
        #expect(allocator.blockCount == 0)
    }

    @Test("gives zeros, those of a page as a page, and not the bytes of a page before", arguments: [1, 4080, 4095, 4096, 4097, 8192])
    func zeros(size: Int) throws {
        let allocator = BlockAllocator()
        for _ in 0..<3 {
            let block = try #require(allocator.allocateZeros(byteCount: size))
            #expect(isFilled(block, size, with: 0))
            #expect((allocator.lastPage == block) == (size == 4096))
            if size == 4096 { #expect(UInt(bitPattern: block) % 4096 == 0) }
            memset(block, 0xFF, count: size)
            allocator.free(block)
        }
        #expect(allocator.blockCount == 0)
    }

    @Test("gives the memory of a page back while it is zeros, and then it still is; any other byte keeps it", arguments: [nil, 0, 2048, 4095])
    func returnsZeros(changed: Int?) throws {
        let allocator = BlockAllocator()
        let pages = try (0..<3).map { _ in try #require(allocator.allocateZeros(byteCount: 4096)) }
        for page in pages {
            memset(page, 1, count: 4096)
            memset(page, 0, count: 4096)
        }
        if let changed { pages[1].storeBytes(of: 1, toByteOffset: changed, as: UInt8.self) }
        #expect(pages.allSatisfy(isResident))
        #expect(allocator.returnZeros(pages[1]) == (changed == nil))
        #expect(pages.map(isResident) == [true, changed != nil, true])
        if let changed { #expect(pages[1].load(fromByteOffset: changed, as: UInt8.self) == 1) } else { #expect(isFilled(pages[1], 4096, with: 0)) }
        for page in pages { allocator.free(page) }
    }

    @Test("moves the bytes of a page that grows, and leaves one that shrinks")
    func pageGrows() throws {
        let allocator = BlockAllocator()
        let page = try #require(allocator.allocateZeros(byteCount: 4096))
        memset(page, 0x5A, count: 4096)
        #expect(allocator.reallocate(page, byteCount: 100) == page)
        let grown = try #require(allocator.reallocate(page, byteCount: 5000))
        #expect(isFilled(grown, 4096, with: 0x5A))
        // The page is there for the next.
        #expect(allocator.allocateZeros(byteCount: 4096) == page)
        allocator.free(page)
        allocator.free(grown)
        #expect(allocator.blockCount == 0)
    }

    @Test("gives blocks of a page also when there are no pages left, and takes them back")
    func pagesRunOut() throws {
        // Rounded up.
        let allocator = BlockAllocator(pageLimit: 65), count = 128
        var blocks: [UnsafeMutableRawPointer] = [], pageCount = 0
        for place in 0...count {
            guard let block = allocator.allocateZeros(byteCount: 4096) else { break }
            if allocator.lastPage == block { pageCount += 1 }
            memset(block, UInt8(place), count: 4096)
            blocks.append(block)
        }
        #expect(blocks.count == count + 1 && pageCount == count)
        #expect(Set(blocks).count == blocks.count)
        for block in blocks { allocator.free(block) }
        #expect(allocator.blockCount == 0)
    }

    @Test("gives the memory of idle pages back when it is trimmed")
    func trimsPages() throws {
        let allocator = BlockAllocator()
        let page = try #require(allocator.allocateZeros(byteCount: 4096))
        memset(page, 1, count: 4096)
        allocator.free(page)
        #expect(isResident(page))
        allocator.trim()
        #expect(!isResident(page))
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

/// Whether the kernel has memory for the page.
private func isResident(_ page: UnsafeMutableRawPointer) -> Bool {
    var state: UInt8 = 0
    return mincore(page, 4096, &state) == 0 && state & 1 == 1
}
