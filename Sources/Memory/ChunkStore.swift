#if canImport(Glibc)
import Glibc
#endif

/// The header of an arena's second and later chunks.
@unsafe
@usableFromInline
struct ChunkHeader {
    @usableFromInline var byteCount: Int
    @usableFromInline var next: UnsafeMutablePointer<ChunkHeader>?

    @usableFromInline
    init(byteCount: Int, next: UnsafeMutablePointer<ChunkHeader>?) {
        unsafe self.byteCount = byteCount
        unsafe self.next = unsafe next
    }
}

/// Where chunks come from: pages out of slabs, larger blocks straight from the system.
///
/// The obvious choice is `malloc`. But freed pages that lie between live ones never
/// leave a malloc heap, and large responses make glibc map and unmap at every request
/// (measured: three times the CPU at 256 KiB). So pages come out of slabs that are
/// unmapped when all their pages are back, and large blocks are kept by size, up to
/// a limit. The price: a block is rounded up, by a quarter of a power of two at most.
///
/// `@safe`: hands out memory by pointer and says so in the types; its lists are its own.
@safe
final class ChunkStore {
    /// Bytes of a chunk that comes out of a slab.
    static let slabChunkByteCount = 4096

    /// Bytes of a slab: 256 pages, so one system call in 256.
    static let slabByteCount = 1 << 20

    /// Four sizes between two powers of two; this many classes reach 2^47 bytes, all there can be.
    private static let classCount = 48 * 4

    /// Bytes mapped from the system, now.
    private(set) var mappedByteCount = 0

    private let idleByteLimit: Int
    private var idleByteCount = 0
    private let idleBySize: UnsafeMutablePointer<UnsafeMutablePointer<IdleBlock>?>
    /// Slabs with a free page, in no order that matters.
    private var openSlabs: UnsafeMutablePointer<Slab>?

    init(idleByteLimit: Int) {
        self.idleByteLimit = idleByteLimit
        unsafe idleBySize = .allocate(capacity: ChunkStore.classCount)
        unsafe idleBySize.initialize(repeating: nil, count: ChunkStore.classCount)
    }

    deinit {
        trim()
        // `givePage` keeps the last empty slab; end it here.
        if let slab = unsafe openSlabs, unsafe slab.pointee.usedCount == 0, unsafe slab.pointee.next == nil {
            unsafe unlink(slab)
            unsafe unmap(slab, byteCount: ChunkStore.slabByteCount)
        }
        unsafe idleBySize.deallocate()
    }

    /// The size that a request for `byteCount` really takes.
    static func roundedByteCount(_ byteCount: Int) -> Int {
        if byteCount <= slabChunkByteCount { return slabChunkByteCount }
        // Whole pages: the system maps nothing smaller.
        let quarter = max(slabChunkByteCount, 1 << (floorLog2(byteCount) - 2))
        return (byteCount + quarter - 1) & ~(quarter - 1)
    }

    private static func floorLog2(_ byteCount: Int) -> Int {
        Int.bitWidth - 1 - byteCount.leadingZeroBitCount
    }

    /// The list for blocks of a rounded size.
    private static func sizeClass(_ byteCount: Int) -> Int {
        let log = floorLog2(byteCount)
        return log * 4 + (byteCount >> (log - 2)) & 3
    }

    /// The size of the blocks in a list.
    private static func byteCount(ofClass sizeClass: Int) -> Int {
        (4 + sizeClass & 3) << (sizeClass / 4 - 2)
    }

    /// A block of exactly `byteCount` bytes, which must be a rounded size.
    func take(byteCount: Int) -> UnsafeMutableRawPointer {
        if byteCount == ChunkStore.slabChunkByteCount { return unsafe takePage() }
        let sizeClass = ChunkStore.sizeClass(byteCount)
        if let block = unsafe idleBySize[sizeClass] {
            unsafe idleBySize[sizeClass] = unsafe block.pointee.next
            idleByteCount -= byteCount
            return UnsafeMutableRawPointer(block)
        }
        return unsafe map(byteCount: byteCount)
    }

    /// Takes back a block of `take`.
    func give(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
        if byteCount == ChunkStore.slabChunkByteCount { return unsafe givePage(memory) }
        if idleByteCount + byteCount > idleByteLimit { return unsafe unmap(memory, byteCount: byteCount) }
        let sizeClass = ChunkStore.sizeClass(byteCount)
        let block = unsafe memory.bindMemory(to: IdleBlock.self, capacity: 1)
        unsafe block.initialize(to: IdleBlock(next: idleBySize[sizeClass]))
        unsafe idleBySize[sizeClass] = unsafe block
        idleByteCount += byteCount
    }

    /// Gives every idle block back to the system.
    func trim() {
        for sizeClass in 0..<ChunkStore.classCount {
            while let block = unsafe idleBySize[sizeClass] {
                unsafe idleBySize[sizeClass] = unsafe block.pointee.next
                let byteCount = ChunkStore.byteCount(ofClass: sizeClass)
                idleByteCount -= byteCount
                unsafe unmap(UnsafeMutableRawPointer(block), byteCount: byteCount)
            }
        }
    }

    // MARK: Pages

    @unsafe private struct IdleBlock {
        var next: UnsafeMutablePointer<IdleBlock>?
    }

    /// Stands in the first page of its slab; the other pages are given out.
    /// A slab lies at a multiple of its size, so a page finds its slab by masking.
    @unsafe private struct Slab {
        var freePages: UnsafeMutablePointer<IdleBlock>?
        /// Pages from here on have never been given out (and were never touched).
        var freshIndex = 1
        var usedCount = 0
        var next: UnsafeMutablePointer<Slab>?
        var previous: UnsafeMutablePointer<Slab>?
        var isOpen = true
    }

    private static let pagesPerSlab = slabByteCount / slabChunkByteCount

    private func takePage() -> UnsafeMutableRawPointer {
        let slab = unsafe openSlabs ?? makeSlab()
        unsafe slab.pointee.usedCount += 1
        let page: UnsafeMutableRawPointer
        if let free = unsafe slab.pointee.freePages {
            unsafe slab.pointee.freePages = unsafe free.pointee.next
            unsafe page = UnsafeMutableRawPointer(free)
        } else {
            unsafe page = UnsafeMutableRawPointer(slab)
                + slab.pointee.freshIndex * ChunkStore.slabChunkByteCount
            unsafe slab.pointee.freshIndex += 1
        }
        if unsafe slab.pointee.usedCount == ChunkStore.pagesPerSlab - 1 { unsafe unlink(slab) }
        return unsafe page
    }

    private func givePage(_ page: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: page) & ~UInt(ChunkStore.slabByteCount - 1)
        let slab = unsafe UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
            .assumingMemoryBound(to: Slab.self)
        let free = unsafe page.bindMemory(to: IdleBlock.self, capacity: 1)
        unsafe free.initialize(to: IdleBlock(next: slab.pointee.freePages))
        unsafe slab.pointee.freePages = unsafe free
        unsafe slab.pointee.usedCount -= 1
        if unsafe !slab.pointee.isOpen { unsafe link(slab) }
        // One empty slab stays, so that a pool at a slab's edge does not map and unmap in turn.
        let isOnlyOpen = unsafe slab.pointee.next == nil && slab.pointee.previous == nil
        if unsafe slab.pointee.usedCount == 0 && !isOnlyOpen {
            unsafe unlink(slab)
            unsafe unmap(slab, byteCount: ChunkStore.slabByteCount)
        }
    }

    private func makeSlab() -> UnsafeMutablePointer<Slab> {
        let memory = unsafe map(byteCount: ChunkStore.slabByteCount)
        let slab = unsafe memory.bindMemory(to: Slab.self, capacity: 1)
        unsafe slab.initialize(to: Slab())
        unsafe slab.pointee.isOpen = false
        unsafe link(slab)
        return unsafe slab
    }

    private func link(_ slab: UnsafeMutablePointer<Slab>) {
        unsafe slab.pointee.previous = nil
        unsafe slab.pointee.next = unsafe openSlabs
        if let first = unsafe openSlabs { unsafe first.pointee.previous = unsafe slab }
        unsafe openSlabs = unsafe slab
        unsafe slab.pointee.isOpen = true
    }

    private func unlink(_ slab: UnsafeMutablePointer<Slab>) {
        if let next = unsafe slab.pointee.next { unsafe next.pointee.previous = unsafe slab.pointee.previous }
        if let previous = unsafe slab.pointee.previous {
            unsafe previous.pointee.next = unsafe slab.pointee.next
        } else {
            unsafe openSlabs = unsafe slab.pointee.next
        }
        unsafe slab.pointee.next = nil
        unsafe slab.pointee.previous = nil
        unsafe slab.pointee.isOpen = false
    }

    // MARK: The system

    /// Fresh memory; a slab lies at a multiple of its size.
    private func map(byteCount: Int) -> UnsafeMutableRawPointer {
        let alignment = byteCount == ChunkStore.slabByteCount ? byteCount : ChunkStore.slabChunkByteCount
        let padded = byteCount + alignment
        let mapped = unsafe mmap(nil, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            // An answer half written can be neither finished nor taken back; Swift itself traps here too.
            fatalError("out of memory: mmap of \(padded) bytes failed with errno \(errno)")
        }
        let lead = (alignment - Int(bitPattern: mapped) & (alignment - 1)) & (alignment - 1)
        if lead > 0 { unsafe munmap(mapped, lead) }
        let tail = padded - lead - byteCount
        if tail > 0 { unsafe munmap(mapped + lead + byteCount, tail) }
        mappedByteCount += byteCount
        return unsafe mapped + lead
    }

    private func unmap(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe munmap(memory, byteCount)
        mappedByteCount -= byteCount
    }
}
