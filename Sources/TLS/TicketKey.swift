internal import COpenSSL

/// The key that seals a server's session tickets, the same in the contexts of all its loops:
/// a client may come back to another loop than the one that gave it the ticket.
///
/// Lives as long as the configuration, and is wiped with it.
///
/// `@unchecked Sendable`: written once. `@safe`: owns its memory.
@safe
final class TicketKey: @unchecked Sendable {
    /// A name, an HMAC key and an AES key, as OpenSSL 3 takes them.
    static let byteCount = 80

    let bytes: UnsafeMutableRawBufferPointer

    init() throws(TLSSetupError) {
        unsafe bytes = .allocate(byteCount: TicketKey.byteCount, alignment: 8)
        if unsafe RAND_priv_bytes(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count)) != 1 {
            ErrorQueue.clear()
            throw .outOfResources
        }
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        unsafe bytes.deallocate()
    }
}
