internal import Memory

/// Bytes on their way out, in blocks of an arena that is taken for the first and handed over,
/// under leases, with the last.
///
/// `@safe`: its pointers lead into its own arena, which it holds until it lets go of both.
@safe
struct OutputBlocks {
    /// Bytes of the first block: it fits into an arena's first page, and so do most answers.
    private static let firstBlockByteCount = 3584
    /// Bytes of the others: a whole record and the beginning of the next, in five pages with the
    /// book-keeping of the arena.
    private static let blockByteCount = 5 * 4096 - 128

    @unsafe private struct Block {
        var next: UnsafeMutablePointer<Block>?
        var byteCount: Int
        var capacity: Int
    }

    private var arena: Arena?
    private var first: UnsafeMutablePointer<Block>?
    private var last: UnsafeMutablePointer<Block>?

    init() {
        unsafe first = nil
        unsafe last = nil
    }

    var isEmpty: Bool { arena == nil }

    /// Adds a copy of `bytes`.
    mutating func append(_ bytes: UnsafeRawBufferPointer, from pool: ArenaPool) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        let block: UnsafeMutablePointer<Block>
        if let last = unsafe last, unsafe last.pointee.capacity - last.pointee.byteCount >= bytes.count {
            unsafe block = unsafe last
        } else {
            unsafe block = unsafe addBlock(for: bytes.count, from: pool)
        }
        unsafe (UnsafeMutableRawPointer(block + 1) + block.pointee.byteCount)
            .copyMemory(from: start, byteCount: bytes.count)
        unsafe block.pointee.byteCount += bytes.count
    }

    private mutating func addBlock(for byteCount: Int, from pool: ArenaPool) -> UnsafeMutablePointer<Block> {
        let arena = self.arena ?? pool.take()
        self.arena = arena
        let usual = unsafe last == nil && byteCount <= OutputBlocks.firstBlockByteCount
            ? OutputBlocks.firstBlockByteCount : OutputBlocks.blockByteCount
        let capacity = max(usual, byteCount)
        let memory = unsafe arena.allocate(byteCount: MemoryLayout<Block>.stride + capacity)
        let block = unsafe memory.bindMemory(to: Block.self, capacity: 1)
        unsafe block.initialize(to: Block(next: nil, byteCount: 0, capacity: capacity))
        if let last = unsafe last {
            unsafe last.pointee.next = unsafe block
        } else {
            unsafe first = unsafe block
        }
        unsafe last = unsafe block
        return unsafe block
    }

    /// Hands over all bytes in order and is empty again.
    mutating func take(_ body: (ArenaBytes, consuming Lease) -> Void) {
        guard let arena else { return }
        var block = unsafe first
        self.arena = nil
        unsafe first = nil
        unsafe last = nil
        while let one = unsafe block {
            // Before `body` ends the lease; the arena is not recycled yet, since we still own it.
            unsafe block = unsafe one.pointee.next
            unsafe body(ArenaBytes(start: UnsafeRawPointer(one + 1), count: one.pointee.byteCount), Lease(on: arena))
        }
        arena.retire()
    }

    /// Gives the memory back; the bytes are dropped.
    mutating func drop() {
        arena?.retire()
        arena = nil
        unsafe first = nil
        unsafe last = nil
    }
}
