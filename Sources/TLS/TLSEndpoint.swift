internal import COpenSSL
package import Memory

/// One end of a TLS connection: ciphertext in, plaintext out, and back. Knows no socket and no clock.
///
/// After every call `takeOutput` has the bytes to send, also after a call that threw: then the alert
/// that tells the peer why. A client's first message is there from the start. One loop's thread only.
///
/// `@safe`: owns the OpenSSL object; OpenSSL's way back to us ends with it, in `deinit`.
@safe
package final class TLSEndpoint {
    /// How far the connection has come.
    package enum State: Equatable, Sendable {
        /// The peers are still agreeing; nothing can be written.
        case handshaking
        case open
        /// There is nothing left but to send the alert and to close the socket.
        case failed(TLSError)
    }

    /// Sessions kept until they are taken: more than a server gives at once.
    static let sessionLimit = 4

    let ssl: OpaquePointer
    let context: TLSContext
    /// The name that a client connects to; nil on a server.
    private let host: String?

    // Private: the compiler then sees every access, and checks none of them at run time.
    private var current = State.handshaking
    package var state: State { current }

    /// Whether the handshake was done; the connection may have failed since.
    package var hasOpened: Bool { didOpen }
    private var didOpen = false

    /// Whether the peer has sent close_notify: nothing more will come.
    package var peerHasClosed: Bool { peerDidClose }
    private var peerDidClose = false
    /// We have sent close_notify.
    private var didClose = false

    private var sessions: [TLSSession] = []

    /// Ciphertext that OpenSSL has not read yet. The caller's, during `receive` only.
    var input: UnsafeRawPointer?
    var inputByteCount = 0
    /// Ciphertext to send. Read and written as a whole, never changed in place: each look at it would then
    /// be checked for exclusive access at run time.
    var output = OutputBlocks()

    /// A server's end of a connection.
    package init(server context: TLSContext) throws(TLSError) {
        precondition(context.role == .server, "a client's context for a server")
        host = nil
        self.context = context
        unsafe ssl = unsafe try TLSEndpoint.makeSSL(context)
        try attach()
        unsafe SSL_set_accept_state(ssl)
    }

    /// A client's end of a connection. Its first message is ready to be sent.
    /// - Parameters:
    ///   - host: the DNS name or IP address that the certificate must be valid for; goes into SNI.
    ///   - session: a session of this host, to resume; nil for a full handshake.
    package init(
        client context: TLSContext, host: String, resuming session: TLSSession? = nil
    ) throws(TLSError) {
        precondition(context.role == .client, "a server's context for a client")
        self.host = host
        self.context = context
        unsafe ssl = unsafe try TLSEndpoint.makeSSL(context)
        try attach()
        unsafe SSL_set_connect_state(ssl)
        try expect(host)
        if let session, unsafe !session.offer(to: ssl) { ErrorQueue.clear() }
        try shakeHands()
    }

    deinit {
        if unsafe context.stagedEndpoint.map({ unsafe $0.toOpaque() == Unmanaged.passUnretained(self).toOpaque() }) ?? false {
            unsafe context.stagedEndpoint = nil
            context.stagedByteCount = 0
        }
        unsafe SSL_free(ssl)
        ErrorQueue.clear()
        var left = output
        left.drop()
    }

    private static func makeSSL(_ context: TLSContext) throws(TLSError) -> OpaquePointer {
        ErrorQueue.clear()
        guard let ssl = unsafe SSL_new(context.context) else {
            ErrorQueue.clear()
            throw .outOfResources
        }
        return unsafe ssl
    }

    private func attach() throws(TLSError) {
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        guard let bio = unsafe BIO_new(context.method), unsafe SSL_set_ex_data(ssl, 0, me) == 1 else {
            ErrorQueue.clear()
            throw .outOfResources
        }
        unsafe BIO_set_data(bio, me)
        unsafe BIO_set_init(bio, 1)
        // One reference for both directions; `ssl` frees it.
        unsafe SSL_set_bio(ssl, bio, bio)
    }

    /// The certificate must be valid for `host`, which also goes to the server as its name (SNI).
    private func expect(_ host: String) throws(TLSError) {
        let parameters = unsafe SSL_get0_param(ssl)
        if HostName.isAddress(host) {
            // SNI has names only (RFC 6066, 3).
            if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 { return }
        } else if HostName.isValid(host) {
            let name = host.hasSuffix(".") ? String(host.dropLast()) : host
            unsafe X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            if !name.isEmpty, unsafe X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1,
                unsafe hw_set_server_name(ssl, name) == 1
            { return }
        }
        ErrorQueue.clear()
        throw .invalidHost(host)
    }

    // MARK: Ciphertext in

    /// Takes all ciphertext that the peer sent, and hands on the plaintext in runs of at most 64 KiB
    /// that are gone when `deliver` returns. `deliver` may write, close, and let go of this endpoint, but
    /// not call `receive` of any endpoint of the same context.
    package func receive(
        _ ciphertext: UnsafeRawBufferPointer, _ deliver: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        if case .failed(let error) = current { throw error }
        // Nothing counts after close_notify (RFC 8446, 6.1).
        if peerDidClose { return }
        unsafe input = ciphertext.baseAddress
        inputByteCount = ciphertext.count
        defer {
            unsafe input = nil
            inputByteCount = 0
        }
        ErrorQueue.clear()
        if current == .handshaking {
            try shakeHands()
            if current == .handshaking { return }
        }
        try unsafe openRecords(deliver)
    }

    /// The peer's end of the connection (TCP FIN). - Throws: `truncated` when it came without close_notify.
    package func receiveEnd() throws(TLSError) {
        if case .failed(let error) = current { throw error }
        if peerDidClose { return }
        current = .failed(.truncated)
        throw .truncated
    }

    private func shakeHands() throws(TLSError) {
        let code = unsafe SSL_do_handshake(ssl)
        if code == 1 {
            current = .open
            didOpen = true
        } else if unsafe SSL_get_error(ssl, code) != SSL_ERROR_WANT_READ {
            throw fail()
        }
    }

    private func openRecords(_ deliver: (UnsafeRawBufferPointer) -> Void) throws(TLSError) {
        precondition(!context.isDelivering, "receive called from within receive")
        context.isDelivering = true
        defer { context.isDelivering = false }
        let target = unsafe context.plaintext
        var filled = 0
        var failure: TLSError?
        // Without input and records at hand a read would bring nothing: it is spared.
        while inputByteCount > 0 || (unsafe SSL_has_pending(ssl) == 1) {
            var count = 0
            let code = unsafe SSL_read_ex(ssl, target + filled, TLSContext.plaintextByteCount - filled, &count)
            if code == 1 {
                filled += count
                if TLSContext.plaintextByteCount - filled < TLSContext.recordByteLimit {
                    unsafe deliver(UnsafeRawBufferPointer(start: target, count: filled))
                    filled = 0
                    ErrorQueue.clear()
                }
                continue
            }
            let error = unsafe SSL_get_error(ssl, code)
            if error == SSL_ERROR_ZERO_RETURN {
                peerDidClose = true
            } else if error != SSL_ERROR_WANT_READ {
                failure = fail()
            }
            break
        }
        if filled > 0 { unsafe deliver(UnsafeRawBufferPointer(start: target, count: filled)) }
        if let failure { throw failure }
    }

    // MARK: Plaintext in

    /// Sends `bytes`, of which nothing is kept. Small writes share a record until the output is taken.
    /// Before the handshake is done a write is a mistake; after the end, or a failure, the bytes are dropped.
    package func write(_ bytes: UnsafeRawBufferPointer) {
        switch current {
        case .handshaking: preconditionFailure("write before the handshake was done")
        case .failed: return
        case .open: if didClose { return }
        }
        stageForUs()
        var rest = unsafe bytes
        while let start = rest.baseAddress, rest.count > 0 {
            let count: Int
            if context.stagedByteCount == 0 && rest.count >= TLSContext.recordByteLimit {
                // Whole records are sealed from where they lie.
                count = rest.count - rest.count % TLSContext.recordByteLimit
                unsafe seal(start, count)
            } else {
                count = min(rest.count, TLSContext.recordByteLimit - context.stagedByteCount)
                unsafe (context.staging + context.stagedByteCount).copyMemory(from: start, byteCount: count)
                context.stagedByteCount += count
                if context.stagedByteCount == TLSContext.recordByteLimit { sealStaged() }
            }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Sends close_notify, behind all that was written before.
    package func close() {
        guard current == .open, !didClose else { return }
        sealStaged()
        guard current == .open else { return }
        didClose = true
        ErrorQueue.clear()
        // 0: ours is sent and the peer's has not come; neither is waited for here.
        unsafe _ = SSL_shutdown(ssl)
        ErrorQueue.clear()
    }

    /// Makes the staging buffer ours; bytes that another connection left in it become a record of its own.
    private func stageForUs() {
        let me = unsafe Unmanaged.passUnretained(self)
        if let owner = unsafe context.stagedEndpoint {
            if unsafe owner.toOpaque() == me.toOpaque() { return }
            unsafe owner._withUnsafeGuaranteedRef { $0.sealStaged() }
        }
        unsafe context.stagedEndpoint = unsafe me
    }

    /// Makes a record of our part of the staging buffer, if there is one.
    private func sealStaged() {
        guard let owner = unsafe context.stagedEndpoint,
            unsafe owner.toOpaque() == Unmanaged.passUnretained(self).toOpaque()
        else { return }
        let count = context.stagedByteCount
        context.stagedByteCount = 0
        if count > 0 { unsafe seal(UnsafeRawPointer(context.staging), count) }
    }

    private func seal(_ bytes: UnsafeRawPointer, _ count: Int) {
        guard current == .open else { return }
        ErrorQueue.clear()
        var written = 0
        // Our side of the BIO takes everything, so this fails only for good.
        if unsafe SSL_write_ex(ssl, bytes, count, &written) != 1 { _ = fail() }
    }

    // MARK: Ciphertext out

    /// Hands over the bytes to send, in order, each run with a lease that keeps it in place.
    package func takeOutput(_ body: (ArenaBytes, consuming Lease) -> Void) {
        sealStaged()
        // Emptied first, since `body` may write to us again.
        var taken = output
        output = OutputBlocks()
        taken.take(body)
    }

    /// Whether `takeOutput` has anything to give.
    package var hasOutput: Bool {
        if !output.isEmpty { return true }
        guard context.stagedByteCount > 0, let owner = unsafe context.stagedEndpoint else { return false }
        return unsafe owner.toOpaque() == Unmanaged.passUnretained(self).toOpaque()
    }

    // MARK: Reports of OpenSSL

    func didReceiveSession(_ session: OpaquePointer) {
        if sessions.count < TLSEndpoint.sessionLimit, let session = unsafe TLSSession(copying: session) {
            sessions.append(session)
        }
    }

    private func fail() -> TLSError {
        let error = unsafe TLSError.takeLast(of: ssl, host: host)
        current = .failed(error)
        return error
    }

    /// A session of the server to resume next time; nil when none is left. With TLS 1.3 sessions come
    /// after the handshake, so ask after every `receive`.
    package func takeSession() -> TLSSession? { sessions.isEmpty ? nil : sessions.removeFirst() }
}
