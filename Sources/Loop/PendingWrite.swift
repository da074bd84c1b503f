internal import CLibuv
internal import Memory

/// One write that libuv has not finished.
///
/// libuv copies the list of buffers but not the bytes: they must stay put until the
/// callback runs. So the leases live here, beside the request that reads the bytes, and
/// end in the callback, which libuv always runs, with ECANCELED on close.
@unsafe
struct PendingWrite {
    /// libuv keeps up to four buffers inside `uv_write_t` and mallocs for more.
    static let bufferLimit = 4

    /// First, so that a pointer to it is a pointer to us.
    var request = unsafe uv_write_t()
    var stream: Unmanaged<TCPStream>?
    /// The next younger write of the stream, or the next idle one of the loop.
    var next: UnsafeMutablePointer<PendingWrite>?
    var byteCount = 0
    var queuedNanoseconds: UInt64 = 0
    /// Room for `bufferLimit` leases, of which `leaseCount` are out.
    let leases: UnsafeMutablePointer<Lease>
    var leaseCount = 0

    static func make() -> UnsafeMutablePointer<PendingWrite> {
        let write = UnsafeMutablePointer<PendingWrite>.allocate(capacity: 1)
        unsafe write.initialize(to: PendingWrite(leases: .allocate(capacity: bufferLimit)))
        return unsafe write
    }

    /// Frees a write whose leases have ended.
    static func free(_ write: UnsafeMutablePointer<PendingWrite>) {
        unsafe precondition(write.pointee.leaseCount == 0, "write freed with leases")
        unsafe write.pointee.leases.deallocate()
        unsafe write.deallocate()
    }

    private init(leases: UnsafeMutablePointer<Lease>) { unsafe self.leases = unsafe leases }

    /// Gives the leases back: libuv is done with the bytes.
    mutating func endLeases() {
        unsafe leases.deinitialize(count: leaseCount)
        unsafe leaseCount = 0
    }
}
