package import Memory

/// A body as it comes in: one run of bytes in the arena, grown as they come.
///
/// The announced length only bounds the growth, so that the announcement of a megabyte costs nothing
/// until the megabyte comes. Doubling leaves the smaller runs behind in the
/// arena until its reset: at worst as many bytes again as the body has.
///
/// `@safe`: writes only to the run that it allocated, within the size of that run.
@safe
package struct BodyBuffer {
    private var start: UnsafeMutableRawPointer?
    private var capacity = 0
    /// Bytes of the body so far, kept or not.
    package private(set) var byteCount = 0
    /// Whether bytes are counted and dropped.
    private(set) var isDiscarding = false

    /// The smallest run worth having when more is to come.
    private static let smallestByteCount = 512

    /// The body so far; empty when it is being discarded.
    package var bytes: ArenaBytes {
        unsafe ArenaBytes(start: start.map { UnsafeRawPointer($0) }, count: isDiscarding ? 0 : byteCount)
    }

    package init() {}

    /// From now on bytes are counted and dropped.
    mutating func discard() { isDiscarding = true }

    /// Adds bytes.
    /// - Parameter byteLimit: the most the body can come to, by its announcement or our limit.
    package mutating func append(_ bytes: UnsafeRawBufferPointer, byteLimit: Int, into arena: Arena) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        let needed = byteCount &+ bytes.count
        if !isDiscarding {
            if needed > capacity { grow(to: needed, byteLimit: byteLimit, arena: arena) }
            if let start = unsafe start {
                unsafe (start + byteCount).copyMemory(from: source, byteCount: bytes.count)
            }
        }
        byteCount = needed
    }

    private mutating func grow(to needed: Int, byteLimit: Int, arena: Arena) {
        let target = max(needed, min(byteLimit, max(2 &* capacity, BodyBuffer.smallestByteCount)))
        let larger = unsafe arena.allocate(byteCount: target, alignment: 1)
        if let start = unsafe start { unsafe larger.copyMemory(from: start, byteCount: byteCount) }
        unsafe start = unsafe larger
        capacity = target
    }
}
