internal import Loop
internal import Memory

/// Input that a peer has sent ahead while the answer before takes its time, in an arena of its own.
struct CarriedInput {
    /// Bytes that a peer may send ahead: one read's worth.
    static var byteLimit: Int { EventLoop.readByteLimit }

    private var arena: Arena?
    private var bytes = ArenaBytes.empty

    var isEmpty: Bool { arena == nil }
    var isFull: Bool { bytes.count >= CarriedInput.byteLimit }

    /// Adds a copy of `more`, which must not be empty.
    mutating func append(_ more: UnsafeRawBufferPointer, from pool: ArenaPool) {
        let old = arena
        let arena = pool.take()
        let start = unsafe arena.allocate(byteCount: bytes.count + more.count, alignment: 1)
        let joined = unsafe UnsafeMutableRawBufferPointer(start: start, count: bytes.count + more.count)
        unsafe joined.copyMemory(from: bytes.buffer)
        unsafe UnsafeMutableRawBufferPointer(rebasing: joined[bytes.count...]).copyMemory(from: more)
        bytes = unsafe ArenaBytes(start: start, count: joined.count)
        self.arena = arena
        old?.retire()
    }

    /// Hands over the bytes, which are the caller's until it retires their arena; nil without any.
    mutating func take() -> (bytes: ArenaBytes, arena: Arena)? {
        guard let arena else { return nil }
        defer { self = CarriedInput() }
        return (bytes, arena)
    }

    /// Gives the memory back; the bytes are lost.
    mutating func drop() {
        arena?.retire()
        self = CarriedInput()
    }
}
