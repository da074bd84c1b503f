internal import CLibuv
internal import Glibc
internal import Memory

/// A write as libuv got it, to be compared with the memory that libuv finds in the end.
///
/// Lies in memory of its own, apart from the write's.
@unsafe
struct WriteWitness {
    /// Runs of bytes of one write that are watched: all of a queued write under leases, and of an
    /// answer over HTTP/1.1. Further runs of a write are not watched.
    static let partLimit = unsafe PendingWrite.bufferLimit

    /// First bytes of each run that are kept; the rest has a checksum.
    static let keptByteLimit = 512

    /// Consecutive bytes of a write.
    @unsafe struct Part {
        var start: UnsafeRawPointer
        var byteCount: Int
        /// Of the bytes beyond those kept.
        var checksum: UInt64
        /// nil: a copy, or bytes that live as long as the program.
        var arena: Arena?
        var generation: UInt32
    }

    let request: UnsafeMutablePointer<uv_write_t>
    let fields: WriteEvidence.RequestFields
    /// Of the arena's first owner among the parts.
    let owner: UInt64
    private let parts: UnsafeMutablePointer<Part>
    private(set) var partCount = 0
    private let kept: UnsafeMutableRawPointer
    /// Whether the write was reported, which happens once.
    var isReported = false

    /// One block for the witness, its parts and the bytes that they keep.
    static func make(_ request: UnsafeMutablePointer<uv_write_t>, owner: UInt64) -> UnsafeMutablePointer<WriteWitness> {
        let head = unsafe MemoryLayout<WriteWitness>.stride
        let table = unsafe MemoryLayout<Part>.stride * partLimit
        let block = unsafe UnsafeMutableRawPointer.allocate(byteCount: head + table + partLimit * keptByteLimit, alignment: 16)
        let witness = unsafe block.bindMemory(to: WriteWitness.self, capacity: 1)
        unsafe witness.initialize(to: WriteWitness(
            request: request, fields: WriteEvidence.RequestFields(request), owner: owner,
            parts: (block + head).bindMemory(to: Part.self, capacity: partLimit), kept: block + head + table))
        return unsafe witness
    }

    /// Watches these bytes too, while there is room.
    mutating func add(_ buffer: uv_buf_t, in arena: Arena?) {
        guard unsafe partCount < WriteWitness.partLimit, let base = unsafe buffer.base else { return }
        let start = UnsafeRawPointer(base)
        let keptCount = unsafe min(buffer.len, WriteWitness.keptByteLimit)
        unsafe (kept + partCount * WriteWitness.keptByteLimit).copyMemory(from: start, byteCount: keptCount)
        unsafe (parts + partCount).initialize(to: Part(
            start: start, byteCount: buffer.len, checksum: WriteWitness.checksum(start + keptCount, buffer.len - keptCount),
            arena: arena, generation: arena?.generation ?? 0))
        unsafe partCount += 1
    }

    subscript(index: Int) -> Part { unsafe parts[index] }

    /// The bytes kept of a part.
    func keptBytes(_ index: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: kept + index * WriteWitness.keptByteLimit, count: min(parts[index].byteCount, WriteWitness.keptByteLimit))
    }

    /// The arena of a part has been reset since.
    var hasStalePart: Bool {
        for index in unsafe 0..<partCount {
            if let arena = unsafe parts[index].arena, unsafe arena.generation != parts[index].generation { return true }
        }
        return false
    }

    /// Whether the bytes of a part can still be read: those of an arena, unless it gave their chunk back.
    func isReadable(_ index: Int) -> Bool {
        guard let arena = unsafe parts[index].arena else { return true }
        return unsafe arena.offset(of: parts[index].start) != nil
    }

    /// The first byte of a part that has changed; nil when none has. Among the bytes beyond those kept the place is
    /// not known: then it is the first of them.
    func firstChange(_ index: Int) -> Int? {
        let part = unsafe parts[index]
        let kept = unsafe keptBytes(index)
        // One comparison of all of them: nearly always none has changed.
        if let base = kept.baseAddress, unsafe memcmp(base, part.start, kept.count) != 0 {
            return (0..<kept.count).first { unsafe kept[$0] != part.start.load(fromByteOffset: $0, as: UInt8.self) }
        }
        let rest = unsafe WriteWitness.checksum(part.start + kept.count, part.byteCount - kept.count)
        return unsafe rest == part.checksum ? nil : kept.count
    }

    /// Depends on every byte and its place. Four sums side by side, since one waits for itself.
    static func checksum(_ start: UnsafeRawPointer, _ byteCount: Int) -> UInt64 {
        let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
        var sums: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        var offset = 0
        while offset &+ 32 <= byteCount {
            let words = unsafe start + offset
            sums.0 = unsafe (sums.0 ^ words.loadUnaligned(as: UInt64.self)) &* prime
            sums.1 = unsafe (sums.1 ^ (words + 8).loadUnaligned(as: UInt64.self)) &* prime
            sums.2 = unsafe (sums.2 ^ (words + 16).loadUnaligned(as: UInt64.self)) &* prime
            sums.3 = unsafe (sums.3 ^ (words + 24).loadUnaligned(as: UInt64.self)) &* prime
            offset &+= 32
        }
        while offset < byteCount {
            sums.0 = unsafe (sums.0 ^ UInt64((start + offset).load(as: UInt8.self))) &* prime
            offset &+= 1
        }
        return sums.0 ^ (sums.1 &<< 1) ^ (sums.2 &<< 2) ^ (sums.3 &<< 3)
    }
}
