internal import CLibuv
package import Memory

/// The bytes of one flush, in order, and the leases that keep them in place.
///
/// A loop has one and its connections use it in turn: filled and flushed within one
/// event. Nothing is copied; bytes that the socket does not take leave the batch as
/// `PendingWrite`s, with their leases.
///
/// `@safe`: its arrays are its own; the bytes belong to arenas under lease or are immortal.
@safe
package final class WriteBatch {
    /// Buffers of one flush. Linux takes 1024 at once; beyond 64 a second call costs nothing.
    package static let bufferLimit = 64

    /// Bytes after which a connection should flush before adding more: as many as a socket's
    /// default send buffer takes at once, and as a stuck peer can make us hold.
    package static let byteLimit = 256 * 1024

    let buffers: UnsafeMutablePointer<uv_buf_t>
    private(set) var bufferCount = 0
    /// Lease i covers the buffers before `leaseEnds[i]` that no earlier lease covers.
    private let leases: UnsafeMutablePointer<Lease>
    private let leaseEnds: UnsafeMutablePointer<Int>
    private var leaseCount = 0
    // Private: the compiler then sees every access, and checks none of them at run time.
    private var totalByteCount = 0
    package var byteCount: Int { totalByteCount }

    init() {
        unsafe buffers = .allocate(capacity: WriteBatch.bufferLimit)
        unsafe leases = .allocate(capacity: WriteBatch.bufferLimit)
        unsafe leaseEnds = .allocate(capacity: WriteBatch.bufferLimit)
    }

    deinit {
        removeAll()
        unsafe buffers.deallocate()
        unsafe leases.deallocate()
        unsafe leaseEnds.deallocate()
    }

    /// Whether `count` more buffers and leases fit and the batch is not heavy yet.
    package func hasRoom(forBuffers count: Int = 2) -> Bool {
        bufferCount + count <= WriteBatch.bufferLimit && leaseCount + count <= WriteBatch.bufferLimit
            && totalByteCount < WriteBatch.byteLimit
    }

    package var isEmpty: Bool { bufferCount == 0 }

    /// Adds bytes that the lease given last, or the next one, keeps in place.
    package func append(_ bytes: ArenaBytes) {
        guard let start = unsafe bytes.start, bytes.count > 0 else { return }
        totalByteCount += bytes.count
        if bufferCount > 0 {
            let last = unsafe buffers + (bufferCount - 1)
            let isAdjacent = unsafe UnsafeRawPointer(last.pointee.base) + last.pointee.len == start
            let isLeased = unsafe leaseCount > 0 && leaseEnds[leaseCount - 1] == bufferCount
            if isAdjacent && !isLeased {
                unsafe last.pointee.len += bytes.count
                return
            }
        }
        precondition(bufferCount < WriteBatch.bufferLimit, "write batch overrun")
        unsafe buffers[bufferCount] = unsafe uv_buf_t(
            base: UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: CChar.self)), len: bytes.count)
        bufferCount += 1
    }

    /// The lease for everything appended since the lease before; with nothing appended it ends at once,
    /// so that a write never has more leases than buffers.
    package func append(_ lease: consuming Lease) {
        let covered = unsafe leaseCount == 0 ? 0 : leaseEnds[leaseCount - 1]
        if covered == bufferCount { return }
        precondition(leaseCount < WriteBatch.bufferLimit, "write batch overrun")
        unsafe (leases + leaseCount).initialize(to: lease)
        unsafe leaseEnds[leaseCount] = bufferCount
        leaseCount += 1
    }

    /// Calls `body` with each run of bytes, in order.
    package func forEachBuffer(_ body: (UnsafeRawBufferPointer) -> Void) {
        for index in 0..<bufferCount {
            unsafe body(UnsafeRawBufferPointer(start: buffers[index].base, count: buffers[index].len))
        }
    }

    /// Forgets the bytes and gives the leases back.
    package func removeAll() {
        if leaseCount > 0 { unsafe leases.deinitialize(count: leaseCount) }
        leaseCount = 0
        bufferCount = 0
        totalByteCount = 0
    }

    /// The owner, as an audit names it, of the arena that holds the first bytes; 0 where none was leased.
    var firstOwner: UInt64 { unsafe leaseCount > 0 ? leases[0].arena.owner : 0 }

    /// Drops the first `count` bytes, which the socket took, and calls `body` for each run of at
    /// most `PendingWrite.bufferLimit` of the remaining buffers with the leases it needs. Empties the batch.
    func drainRemainder(
        after count: Int,
        _ body: (UnsafeMutableBufferPointer<uv_buf_t>, _ leases: borrowing LeaseRun) -> Void
    ) {
        var skip = count
        var index = 0
        while index < bufferCount, skip >= (unsafe buffers[index].len) {
            skip -= unsafe buffers[index].len
            index += 1
        }
        if index < bufferCount && skip > 0 {
            unsafe buffers[index].base += skip
            unsafe buffers[index].len -= skip
        }
        var lease = 0
        while index < bufferCount {
            let end = unsafe min(index + PendingWrite.bufferLimit, bufferCount)
            // Leases that end at or before `index` are spent; the first that ends after covers it.
            while lease < leaseCount, unsafe leaseEnds[lease] <= index { lease += 1 }
            let run = LeaseRun(batch: self, first: lease, bufferRange: index..<end)
            unsafe body(UnsafeMutableBufferPointer(start: buffers + index, count: end - index), run)
            index = end
        }
        removeAll()
    }

    /// The leases of some consecutive buffers of a batch.
    struct LeaseRun: ~Copyable {
        fileprivate let batch: WriteBatch
        fileprivate let first: Int
        fileprivate let bufferRange: Range<Int>

        /// The arena of a buffer's bytes; nil where no lease was given for it.
        func arena(ofBuffer index: Int) -> Arena? {
            var lease = first
            while lease < batch.leaseCount {
                if unsafe bufferRange.lowerBound + index < batch.leaseEnds[lease] { return unsafe batch.leases[lease].arena }
                lease += 1
            }
            return nil
        }

        /// Initialises leases of the caller's own, at most one a buffer, and says how many.
        func copyLeases(to target: UnsafeMutablePointer<Lease>) -> Int {
            var count = 0
            var lease = first
            while lease < batch.leaseCount {
                let start = lease == 0 ? 0 : unsafe batch.leaseEnds[lease - 1]
                if start >= bufferRange.upperBound { break }
                unsafe (target + count).initialize(to: batch.leases[lease].another())
                count += 1
                lease += 1
            }
            return count
        }
    }
}
