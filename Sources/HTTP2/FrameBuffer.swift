internal import CNghttp2
internal import Memory

/// The memory in which nghttp2 packs frames: one for all the server's sessions of a loop.
///
/// nghttp2 has 16 KiB for each session, of which an idle connection would hold the pages that its frames have touched.
/// But the bytes count only until the next `nghttp2_session_mem_send`, and are used up then: a frame is copied when it is
/// packed. The header of a DATA frame without a copy may wait longer, and the session writes that again. A client's
/// session has the connection preface in its buffer from its making, so it has a buffer of its own; so have the
/// CONTINUATION frames of a large head.
///
/// `@safe`: owns its block, and the sessions with that block keep its factory, and so itself.
@safe
final class FrameBuffer {
    /// What nghttp2 asks for: the largest payload by default, a frame's header, and the length of padding.
    private static let byteCount = 16_384 + 9 + 1

    private let allocator: BlockAllocator
    private let block: UnsafeMutableRawPointer

    /// - Returns: nil when there is no memory, or when nghttp2 packs frames elsewhere: another version might.
    static func make(_ allocator: BlockAllocator, for factory: SessionFactory) -> FrameBuffer? {
        guard let block = unsafe allocator.allocateShared(byteCount: byteCount) else { return nil }
        let frames = unsafe FrameBuffer(allocator, block)
        return frames.isUsed(by: factory) ? frames : nil
    }

    /// Whether the first frame of a session that is made here comes from here.
    private func isUsed(by factory: SessionFactory) -> Bool {
        guard let session = unsafe share({ unsafe factory.makeUnsharedServerSession() }) else { return false }
        defer { unsafe nghttp2_session_del(session) }
        var start: UnsafePointer<UInt8>?
        guard unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil, 0) == 0,
            unsafe nghttp2_session_mem_send(session, &start) > 0, let start = unsafe start
        else { return false }
        return unsafe (0..<FrameBuffer.byteCount).contains(UnsafeRawPointer(start) - UnsafeRawPointer(block))
    }

    private init(_ allocator: BlockAllocator, _ block: UnsafeMutableRawPointer) {
        self.allocator = allocator
        unsafe self.block = unsafe block
    }

    deinit { unsafe allocator.freeShared(block) }

    /// Has the session that `make` makes pack its frames here.
    func share(_ make: () -> OpaquePointer?) -> OpaquePointer? { unsafe allocator.share(block, make) }

    /// Overwrites all frames: none may be needed when a session begins to pack the next. For an audit.
    func markDead() { unsafe allocator.markSharedDead(block) }
}
