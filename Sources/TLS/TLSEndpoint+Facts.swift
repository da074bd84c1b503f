internal import COpenSSL

/// The parameters that the peers agreed on. Known when the handshake is done.
extension TLSEndpoint {
    /// The protocol agreed on; nil when one side knows no ALPN: then it is HTTP/1.1.
    package var negotiatedProtocol: ApplicationProtocol? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard let name = unsafe name else { return nil }
        let bytes = unsafe UnsafeBufferPointer(start: name, count: Int(count))
        return ApplicationProtocol.allCases.first { unsafe $0.rawValue.utf8.elementsEqual(bytes) }
    }

    /// Whether the handshake resumed an earlier connection: on a client, the hit of its session cache.
    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// The version agreed on; nil before.
    package var version: TLSVersion? { unsafe TLSVersion(wireValue: SSL_version(ssl)) }

    /// The cipher agreed on, by its IANA name; nil before.
    package var cipherName: String? {
        guard let cipher = unsafe SSL_get_current_cipher(ssl), let name = unsafe SSL_CIPHER_standard_name(cipher)
        else { return nil }
        return unsafe String(cString: name)
    }

    /// The server's name that the client sent (SNI); nil when it sent none.
    package var serverName: String? {
        guard let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else { return nil }
        return unsafe String(cString: name)
    }
}
