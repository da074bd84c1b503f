internal import COpenSSL

/// OpenSSL's queue of errors, one a thread. An error left in it would make the next connection on this thread
/// fail, so the queue is emptied before each call and read after it.
enum ErrorQueue {
    /// Empties the queue. Looks first, at a twentieth of the cost: OpenSSL clears all sixteen places, used or not.
    @inline(__always)
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Empties the queue. - Returns: the reason of its oldest error, 0 for none.
    static func drain() -> Int32 {
        let error = ERR_peek_error()
        ERR_clear_error()
        return hw_reason(error)
    }

    /// Empties the queue. - Returns: the words for its oldest error.
    static func drainText() -> String {
        let error = ERR_peek_error()
        ERR_clear_error()
        return ErrorQueue.text(error)
    }

    /// The words for an alert; OpenSSL 3.0 has none for two of TLS 1.3 (RFC 8446, 6.2).
    static func words(forAlert code: UInt8) -> String {
        switch code {
        case 109: "missing extension"
        case 116: "certificate required"
        default: unsafe String(cString: SSL_alert_desc_string_long(Int32(code)))
        }
    }

    static func text(_ error: UInt) -> String {
        guard let text = unsafe ERR_reason_error_string(error) else { return "unknown error" }
        return unsafe String(cString: text)
    }
}

extension TLSError {
    /// The cause of a call that failed on `ssl`, from the queue, which is emptied.
    /// - Parameter host: the name that the client connects to; nil on a server.
    static func takeLast(of ssl: OpaquePointer, host: String?) -> TLSError {
        let error = ERR_peek_error()
        ERR_clear_error()
        let reason = hw_reason(error)
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return unsafe certificate(fault: SSL_get_verify_result(ssl), host: host)
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return .noClientCertificate
        case SSL_R_NO_APPLICATION_PROTOCOL: return .noCommonProtocol
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH, SSL_R_UNKNOWN_PROTOCOL,
            SSL_R_NO_PROTOCOLS_AVAILABLE:
            return .protocolVersion
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
            SSL_R_NO_SHARED_GROUPS:
            return .noCommonCipher
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .notTLS
        case hw_reason_no_memory: return .outOfResources
        case SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL: return .noCommonProtocol
        case SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION: return .protocolVersion
        case (SSL_AD_REASON_OFFSET)..<(SSL_AD_REASON_OFFSET + 256):
            let code = UInt8(reason - SSL_AD_REASON_OFFSET)
            return .peerAlert(code: code, reason: ErrorQueue.words(forAlert: code))
        default: return .protocolViolation(reason: ErrorQueue.text(error))
        }
    }

    private static func certificate(fault: Int, host: String?) -> TLSError {
        switch Int32(fault) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return .certificateExpired
        case X509_V_ERR_CERT_NOT_YET_VALID: return .certificateNotYetValid
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return .certificateSelfSigned
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            // An authority of the same name with another key: not the one we trust.
            X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return .unknownAuthority
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: return .wrongHost(host ?? "")
        default:
            return unsafe .certificateRefused(code: fault, reason: String(cString: X509_verify_cert_error_string(fault)))
        }
    }
}
