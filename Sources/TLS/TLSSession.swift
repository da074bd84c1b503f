internal import COpenSSL
internal import Synchronization

/// A client's means to resume a connection: a ticket or a session ID, and the secret that belongs to it.
/// Opaque on purpose: none of it can be printed, encoded or written.
///
/// A copy of its own, so that no connection can change it any more. The caller keeps it under
/// host, port and protocols, and offers it to the same peer only.
///
/// `@unchecked Sendable`: written once; offering a session reads it, and hands out a copy.
/// `@safe`: owns the OpenSSL object.
@safe
package final class TLSSession: @unchecked Sendable {
    private let session: OpaquePointer
    private let isSpent = Atomic(false)

    /// Bytes of its encoded form, for a cache that counts bytes.
    package let byteCount: Int

    /// Whether it may be offered once only. A TLS 1.3 ticket seen twice ties two connections of a
    /// client together (RFC 8446, C.4): take it out of the cache to use it.
    package let isSingleUse: Bool

    /// When it ends: seconds since 1970, by OpenSSL's clock.
    package let expirySeconds: Int

    /// - Parameter original: a connection's own session, which stays the caller's.
    /// - Returns: nil when there is no memory, or nothing to resume with.
    init?(copying original: OpaquePointer) {
        guard unsafe SSL_SESSION_is_resumable(original) == 1, let copy = unsafe SSL_SESSION_dup(original) else {
            return nil
        }
        unsafe session = unsafe copy
        byteCount = unsafe Int(i2d_SSL_SESSION(copy, nil))
        isSingleUse = unsafe SSL_SESSION_get_protocol_version(copy) == TLS1_3_VERSION
        // The server's hint and our own limit: the shorter counts (0 is no hint).
        let hint = unsafe Int(SSL_SESSION_get_ticket_lifetime_hint(copy))
        let ours = unsafe SSL_SESSION_get_timeout(copy)
        expirySeconds = unsafe SSL_SESSION_get_time(copy) + (hint > 0 ? min(hint, ours) : ours)
    }

    deinit { unsafe SSL_SESSION_free(session) }

    /// Whether it can still be offered, but for its age.
    package var isResumable: Bool {
        !(isSingleUse && isSpent.load(ordering: .relaxed)) && (unsafe SSL_SESSION_is_resumable(session) == 1)
    }

    /// Offers it in the handshake that `ssl` is about to start. A single-use session that was
    /// offered before is not offered again. - Returns: whether it is offered.
    func offer(to ssl: OpaquePointer) -> Bool {
        let wasSpent = isSpent.exchange(true, ordering: .relaxed)
        if isSingleUse && wasSpent { return false }
        // OpenSSL writes into the session of a connection that fails: never into ours.
        guard let copy = unsafe SSL_SESSION_dup(session) else { return false }
        defer { unsafe SSL_SESSION_free(copy) }
        return unsafe SSL_set_session(ssl, copy) == 1
    }
}
