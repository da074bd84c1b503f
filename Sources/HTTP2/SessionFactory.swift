internal import CNghttp2
internal import Memory

/// The parts that the sessions of one loop share: the callbacks, the options and nghttp2's memory.
///
/// `@safe`: the nghttp2 objects are its own, and each session keeps the factory.
@safe
package final class SessionFactory {
    /// Of the nghttp2 that is linked now.
    package static var nghttp2Version: String {
        guard let info = unsafe nghttp2_version(0) else { return "unknown" }
        return unsafe String(cString: info.pointee.version_str)
    }

    /// Where messages are held against the rules of HTTP, on top of those of HTTP/2 (RFC 9113, 8).
    package enum MessageCheck: Sendable {
        /// In `RequestRules`, as their fields come: for servers.
        case requests
        /// In nghttp2, with the same answers.
        case library
        /// Nowhere: a load client may leave it out.
        case none
    }

    let messageCheck: MessageCheck
    /// Whether a session that reads its frames too late is noticed: see `FrameBuffer.markDead`.
    let isAudited: Bool
    /// That of all server's sessions; nil when nghttp2 does not take it.
    private(set) lazy var frames = FrameBuffer.make(allocator, for: self)

    private let callbacks: OpaquePointer
    private let option: OpaquePointer
    private let memory: UnsafeMutablePointer<nghttp2_mem>
    private let allocator = BlockAllocator()

    /// Times that nghttp2 needed memory that was not on a free list.
    package var mallocCount: UInt64 { allocator.mallocCount }

    /// Gives idle memory back to malloc.
    package func trim() { allocator.trim() }

    /// The page of the session that was made last: of nghttp2 1.52 the map of its streams, 4 KiB, which holds nothing
    /// but zeros when there are none. nil: of another version, or there are no pages.
    var lastPage: UnsafeMutableRawPointer? { unsafe allocator.lastPage }

    /// Gives a session's page back to the kernel while it holds nothing but zeros.
    func returnZeros(_ page: UnsafeMutableRawPointer) -> Bool { unsafe allocator.returnZeros(page) }

    /// - Parameter sentHeadByteLimit: bytes of a head that are sent at most, before compression; nghttp2's own limit of 64 KiB
    ///   is less than some servers take.
    /// - Parameter isAudited: in debug builds the default is true.
    /// - Returns: nil when there is no memory.
    package init?(
        messageCheck: MessageCheck, sentHeadByteLimit: Int? = nil, isAudited: Bool = ArenaPool.isAuditedByDefault
    ) {
        var callbacks: OpaquePointer?
        var option: OpaquePointer?
        guard unsafe nghttp2_session_callbacks_new(&callbacks) == 0, unsafe nghttp2_option_new(&option) == 0,
            let callbacks = unsafe callbacks, let option = unsafe option
        else { return nil }
        unsafe self.callbacks = unsafe callbacks
        unsafe self.option = unsafe option
        self.messageCheck = messageCheck
        self.isAudited = isAudited
        unsafe memory = .allocate(capacity: 1)
        // nghttp2 would keep closed streams for priorities, which are deprecated (RFC 9113, 5.3).
        unsafe nghttp2_option_set_no_closed_streams(option, 1)
        unsafe nghttp2_option_set_max_settings(option, 32)
        if let sentHeadByteLimit { unsafe nghttp2_option_set_max_send_header_block_length(option, sentHeadByteLimit) }
        switch messageCheck {
        case .requests, .none: unsafe nghttp2_option_set_no_http_messaging(option, 1)
        case .library: break
        }
        unsafe memory.initialize(to: nghttp2_mem(
            mem_user_data: Unmanaged.passUnretained(allocator).toOpaque(),
            malloc: BlockAllocator.mallocFunction, free: BlockAllocator.freeFunction,
            calloc: BlockAllocator.callocFunction, realloc: BlockAllocator.reallocFunction))
        unsafe Session.install(in: callbacks)
    }

    deinit {
        unsafe nghttp2_session_callbacks_del(callbacks)
        unsafe nghttp2_option_del(option)
        unsafe memory.deallocate()
    }

    // MARK: Sessions

    /// nil when there is no memory. The caller ends it with `nghttp2_session_del`.
    func makeClientSession() -> OpaquePointer? {
        var session: OpaquePointer?
        let code = unsafe nghttp2_session_client_new3(&session, callbacks, nil, option, memory)
        return unsafe code == 0 ? session : nil
    }

    /// As `makeClientSession`; the session packs its frames in `frames`.
    func makeServerSession() -> OpaquePointer? {
        guard let frames else { return unsafe makeUnsharedServerSession() }
        return unsafe frames.share { unsafe makeUnsharedServerSession() }
    }

    func makeUnsharedServerSession() -> OpaquePointer? {
        var session: OpaquePointer?
        let code = unsafe nghttp2_session_server_new3(&session, callbacks, nil, option, memory)
        return unsafe code == 0 ? session : nil
    }
}
