#if canImport(Glibc)
internal import Glibc
#endif
internal import CLibuv
internal import Memory

/// One write that libuv has not finished.
///
/// libuv copies the list of buffers but not the bytes: they must stay put until the
/// callback runs. So the leases live here, beside the request that reads the bytes, and
/// end in the callback, which libuv always runs, with ECANCELED on close. A write that has
/// its bytes copied owns the copy instead.
@unsafe
struct PendingWrite {
    /// libuv keeps up to four buffers inside `uv_write_t` and mallocs for more.
    static let bufferLimit = 4

    /// First, so that a pointer to it is a pointer to us.
    var request = unsafe uv_write_t()
    var stream: Unmanaged<TCPStream>?
    /// The next younger write of the stream's list, or the next idle one of the loop's.
    var next: UnsafeMutablePointer<PendingWrite>?
    var byteCount = 0
    var queuedNanoseconds: UInt64 = 0
    /// Room for `bufferLimit` leases, of which `leaseCount` are out.
    private let room: UnsafeMutablePointer<Lease>?
    var leases: UnsafeMutablePointer<Lease> { unsafe room.unsafelyUnwrapped }
    var leaseCount = 0
    /// The bytes, where they were copied.
    private let copy: UnsafeMutableRawPointer?
    /// The kernel took the bytes when libuv was given them; only the callback is due.
    var isDirect = false
    /// The audit's; nil without an audit.
    var witness: UnsafeMutablePointer<WriteWitness>?

    static func make() -> UnsafeMutablePointer<PendingWrite> {
        let write = UnsafeMutablePointer<PendingWrite>.allocate(capacity: 1)
        unsafe write.initialize(to: PendingWrite(room: .allocate(capacity: bufferLimit), copy: nil))
        return unsafe write
    }

    /// A write with room for a copy of its bytes: two blocks from malloc, freed by `free`.
    ///
    /// By C's malloc, as in the seed: Swift's `allocate` calls posix_memalign, which costs more.
    static func make(copyByteCount: Int) -> (UnsafeMutablePointer<PendingWrite>, copy: UnsafeMutableRawPointer) {
        guard let block = unsafe malloc(MemoryLayout<PendingWrite>.stride), let copy = unsafe malloc(copyByteCount) else {
            // As in an arena that cannot grow: an answer half written can be neither finished nor taken back.
            fatalError("out of memory: malloc of \(copyByteCount) bytes failed")
        }
        let write = unsafe block.bindMemory(to: PendingWrite.self, capacity: 1)
        unsafe write.initialize(to: PendingWrite(room: nil, copy: copy))
        return unsafe (write, copy)
    }

    /// The request that stands at a write's front.
    static func request(of write: UnsafeMutablePointer<PendingWrite>) -> UnsafeMutablePointer<uv_write_t> {
        unsafe UnsafeMutableRawPointer(write).assumingMemoryBound(to: uv_write_t.self)
    }

    /// Frees a write whose leases have ended.
    static func free(_ write: UnsafeMutablePointer<PendingWrite>) {
        unsafe precondition(write.pointee.leaseCount == 0, "write freed with leases")
        if let copy = unsafe write.pointee.copy {
            unsafe Glibc.free(copy)
            return unsafe Glibc.free(write)
        }
        unsafe write.pointee.room?.deallocate()
        unsafe write.deallocate()
    }

    private init(room: UnsafeMutablePointer<Lease>?, copy: UnsafeMutableRawPointer?) {
        unsafe self.room = unsafe room
        unsafe self.copy = unsafe copy
    }

    /// Owns a copy of its bytes, and has no leases.
    var isCopy: Bool { unsafe copy != nil }

    /// Gives the leases back: libuv is done with the bytes.
    mutating func endLeases() {
        if unsafe leaseCount > 0 { unsafe leases.deinitialize(count: leaseCount) }
        unsafe leaseCount = 0
    }
}
