internal import COpenSSL
package import Memory

/// The parts that the TLS connections of one loop share: OpenSSL's context, and two buffers.
///
/// One a loop and role, made of a configuration that all loops share; used by that loop's thread
/// alone, so that no connection waits for another's lock. Outlives its endpoints, which keep it.
///
/// `@safe`: owns the OpenSSL objects and the buffers.
@safe
package final class TLSContext {
    /// Bytes of plaintext in one record (RFC 8446, 5.1).
    static let recordByteLimit = 16_384

    /// Most plaintext handed on at once: as much as a loop's 64 KiB of ciphertext can hold.
    static let plaintextByteCount = 4 * recordByteLimit

    /// The end of a connection that we are.
    package enum Role: Sendable { case client, server }
    package let role: Role

    let context: OpaquePointer
    let method: OpaquePointer
    let pool: ArenaPool

    /// The buffer in which records are opened, one connection after the other.
    let plaintext: UnsafeMutableRawPointer
    /// Whether `plaintext` is in use.
    var isDelivering = false

    /// Small writes on their way into one record, and their endpoint.
    let staging: UnsafeMutableRawPointer
    var stagedByteCount = 0
    var stagedEndpoint: Unmanaged<TLSEndpoint>?

    /// Our protocols as they stand in the handshake.
    private let protocols: UnsafeMutableBufferPointer<UInt8>
    private let keyLog: KeyLog?

    /// - Parameter pool: the loop's, for the output.
    package convenience init(_ configuration: ServerTLSConfiguration, pool: ArenaPool) throws(TLSSetupError) {
        try self.init(
            role: .server, versions: configuration.versions, protocols: configuration.protocols, keyLogPath: nil,
            pool: pool)
        let identity = configuration.identity
        unsafe SSL_CTX_set_options(context, hw_op_server_preference)
        unsafe hw_ctx_disable_session_cache(context)
        unsafe hw_ctx_accept_any_name(context)
        unsafe SSL_CTX_set_num_tickets(context, configuration.ticketCount)
        unsafe SSL_CTX_set_max_early_data(context, 0)
        unsafe SSL_CTX_set_recv_max_early_data(context, 0)
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, chosenCount, offered, offeredCount, argument in
                unsafe TLSContext.choose(chosen, chosenCount, offered, offeredCount, argument)
            }, Unmanaged.passUnretained(self).toOpaque())
        if let authorities = configuration.clientAuthorities {
            unsafe SSL_CTX_set1_cert_store(context, authorities.store)
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            unsafe authorities.forEachCertificate { certificate in unsafe _ = SSL_CTX_add_client_CA(context, certificate) }
        }
        let isDone = unsafe use(identity)
            && SSL_CTX_set_session_id_context(context, "highwater", 9) == 1
            && hw_ctx_ticket_key_byte_count(context) == TicketKey.byteCount
            && hw_ctx_set_ticket_keys(
                context, configuration.ticketKey.bytes.baseAddress, Int32(TicketKey.byteCount)) == 1
        try TLSContext.check(isDone)
    }

    /// - Parameter pool: the loop's, for the output.
    package convenience init(_ configuration: ClientTLSConfiguration, pool: ArenaPool) throws(TLSSetupError) {
        try self.init(
            role: .client, versions: configuration.versions, protocols: configuration.protocols,
            keyLogPath: configuration.keyLogPath, pool: pool)
        switch configuration.verification {
        case .trust(let trust):
            unsafe SSL_CTX_set1_cert_store(context, trust.store)
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        case .insecure: unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        }
        if configuration.takesSessions {
            unsafe hw_ctx_enable_client_sessions(context)
            unsafe SSL_CTX_sess_set_new_cb(context) { ssl, session in
                guard let ssl = unsafe ssl, let session = unsafe session else { return 0 }
                unsafe TLSContext.endpoint(of: ssl)?._withUnsafeGuaranteedRef { unsafe $0.didReceiveSession(session) }
                // We made a copy: the reference stays OpenSSL's.
                return 0
            }
        } else {
            unsafe hw_ctx_disable_session_cache(context)
        }
        // 0 is success, for this one call.
        let isDone = unsafe (protocols.isEmpty
            || SSL_CTX_set_alpn_protos(context, protocols.baseAddress, UInt32(protocols.count)) == 0)
            && configuration.identity.map(use) ?? true
        try TLSContext.check(isDone)
        if keyLog != nil {
            unsafe SSL_CTX_set_keylog_callback(context) { ssl, line in
                guard let ssl = unsafe ssl, let line = unsafe line else { return }
                unsafe TLSContext.endpoint(of: ssl)?._withUnsafeGuaranteedRef { unsafe $0.context.keyLog?.append(line) }
            }
        }
    }

    private init(
        role: Role, versions: ClosedRange<TLSVersion>, protocols: [ApplicationProtocol], keyLogPath: String?,
        pool: ArenaPool
    ) throws(TLSSetupError) {
        ErrorQueue.clear()
        let keyLog = if let keyLogPath { try KeyLog(path: keyLogPath) as KeyLog? } else { nil as KeyLog? }
        guard let context = unsafe SSL_CTX_new(role == .client ? TLS_client_method() : TLS_server_method()) else {
            throw .outOfResources
        }
        guard let method = unsafe BIO_meth_new(TLSEndpoint.bioType, "highwater") else {
            unsafe SSL_CTX_free(context)
            throw .outOfResources
        }
        self.role = role
        self.pool = pool
        unsafe self.context = unsafe context
        unsafe self.method = unsafe method
        self.keyLog = keyLog
        unsafe plaintext = .allocate(byteCount: TLSContext.plaintextByteCount, alignment: 64)
        unsafe staging = .allocate(byteCount: TLSContext.recordByteLimit, alignment: 64)
        let names = ApplicationProtocol.wireFormat(protocols)
        unsafe self.protocols = .allocate(capacity: names.count)
        unsafe _ = self.protocols.initialize(from: names)
        unsafe TLSEndpoint.install(in: method)

        unsafe SSL_CTX_set_options(context, hw_op_no_renegotiation | hw_op_no_compression)
        unsafe hw_ctx_set_modes(context)
        // One call for several records instead of two for each.
        unsafe hw_ctx_set_read_ahead(context)
        let isDone = unsafe hw_ctx_set_versions(
            context, versions.lowerBound.wireValue, versions.upperBound.wireValue) == 1
            // AES-128 first, as in Mozilla's recommendation: no weaker in practice, and a third faster.
            && SSL_CTX_set_ciphersuites(
                context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1
            // Forward secrecy and authenticated encryption only (RFC 9113, 9.2.2 forbids h2 the rest).
            && SSL_CTX_set_cipher_list(context, "ECDHE+AES128+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20") == 1
            && hw_ctx_set_groups(context, "X25519:P-256:P-384") == 1
        try TLSContext.check(isDone)
    }

    deinit {
        unsafe SSL_CTX_free(context)
        unsafe BIO_meth_free(method)
        unsafe OPENSSL_cleanse(plaintext, TLSContext.plaintextByteCount)
        unsafe OPENSSL_cleanse(staging, TLSContext.recordByteLimit)
        unsafe plaintext.deallocate()
        unsafe staging.deallocate()
        unsafe protocols.deallocate()
    }

    /// Our certificate, its chain and its key. - Returns: whether OpenSSL takes them.
    private func use(_ identity: TLSIdentity) -> Bool {
        var isDone = unsafe SSL_CTX_use_certificate(context, identity.certificate) == 1
            && SSL_CTX_use_PrivateKey(context, identity.key) == 1
        for unsafe certificate in unsafe identity.chain {
            isDone = unsafe isDone && hw_ctx_add_chain_certificate(context, certificate) == 1
        }
        return isDone
    }

    private static func check(_ isDone: Bool) throws(TLSSetupError) {
        if isDone { return ErrorQueue.clear() }
        throw .refused(reason: ErrorQueue.drainText())
    }

    /// The endpoint of a callback about `ssl`.
    private static func endpoint(of ssl: OpaquePointer) -> Unmanaged<TLSEndpoint>? {
        guard let data = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
        return unsafe Unmanaged<TLSEndpoint>.fromOpaque(data)
    }

    /// Chooses a protocol out of those the client offers, by our preference (RFC 7301, 3.2).
    private static func choose(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ chosenCount: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32, _ argument: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard let argument = unsafe argument, let chosen = unsafe chosen else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        return unsafe Unmanaged<TLSContext>.fromOpaque(argument)._withUnsafeGuaranteedRef { me in
            var match: UnsafeMutablePointer<UInt8>?
            let result = unsafe SSL_select_next_proto(
                &match, chosenCount, me.protocols.baseAddress, UInt32(me.protocols.count), offered, offeredCount)
            guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            unsafe chosen.pointee = UnsafePointer(match)
            return SSL_TLSEXT_ERR_OK
        }
    }
}
