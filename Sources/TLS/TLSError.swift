/// Why a TLS connection failed, by cause.
package enum TLSError: Error, Equatable, Sendable {
    /// The peer's certificate, or one above it, is past its end or before its beginning.
    case certificateExpired
    case certificateNotYetValid
    /// The peer's certificate is signed by itself, and not among those that we trust.
    case certificateSelfSigned
    /// The chain of the peer's certificate ends at an authority that we do not trust.
    case unknownAuthority
    /// The certificate is good, but for other names than the one that we connected to.
    case wrongHost(String)
    /// The client has sent no certificate, and we ask for one.
    case noClientCertificate
    /// Any other fault of the certificate: OpenSSL's X509_V_ERR_... code and its words.
    case certificateRefused(code: Int, reason: String)
    /// The name to connect to cannot stand in a certificate.
    case invalidHost(String)
    /// Both peers use ALPN, and share no protocol.
    case noCommonProtocol
    /// The peers share no version of TLS.
    case protocolVersion
    /// The peers share no cipher, group or signature algorithm.
    case noCommonCipher
    /// The bytes that came were not TLS at all, but HTTP in the clear, for one.
    case notTLS
    /// The peer gave up with this alert (RFC 8446, 6).
    case peerAlert(code: UInt8, reason: String)
    /// The connection ended without close_notify: the last bytes may be missing.
    case truncated
    /// The peer broke the protocol, in OpenSSL's words.
    case protocolViolation(reason: String)
    /// OpenSSL has no memory or no randomness.
    case outOfResources

    /// Whether a second try with the same peer could only fail the same way.
    package var isPermanent: Bool {
        switch self {
        case .certificateExpired, .certificateNotYetValid, .certificateSelfSigned, .unknownAuthority, .wrongHost,
            .certificateRefused, .noClientCertificate, .invalidHost, .noCommonProtocol, .protocolVersion, .noCommonCipher, .notTLS:
            true
        case .peerAlert, .truncated, .protocolViolation, .outOfResources: false
        }
    }
}

/// Why a certificate, a key or a file of them cannot be used.
package enum TLSSetupError: Error, Equatable, Sendable {
    /// There is no such file.
    case missingFile(String)
    /// The file exists, and we may not read or write it.
    case noPermission(String)
    /// Reading or opening failed otherwise: the errno.
    case unreadableFile(String, errno: Int32)
    /// The file holds no certificate in PEM.
    case noCertificate(String)
    /// The file holds no private key in PEM.
    case noPrivateKey(String)
    /// The key, or all of PKCS#12, is encrypted, and no password was given.
    case encryptedKey(String)
    /// The password is that of another key.
    case wrongPassword(String)
    /// The file is binary, and no PKCS#12.
    case notPKCS12(String)
    /// The PKCS#12 lacks the certificate or its key.
    case incompletePKCS12(String)
    /// A key of its own beside PKCS#12, which has one.
    case keyBesidePKCS12(String)
    /// The key is not the one the certificate was made for.
    case keyDoesNotMatch(certificate: String, key: String)
    /// OpenSSL refuses the certificate or the key: its words.
    case refused(reason: String)
    /// A name that cannot stand in a certificate.
    case invalidName(String)
    /// OpenSSL has no memory or no randomness.
    case outOfResources

    /// The file that is at fault; nil: no file is.
    package var path: String? {
        switch self {
        case .missingFile(let path), .noPermission(let path), .unreadableFile(let path, _), .noCertificate(let path), .noPrivateKey(let path),
            .encryptedKey(let path), .wrongPassword(let path), .notPKCS12(let path), .incompletePKCS12(let path), .keyBesidePKCS12(let path),
            .keyDoesNotMatch(_, let path):
            path
        case .refused, .invalidName, .outOfResources: nil
        }
    }
}
