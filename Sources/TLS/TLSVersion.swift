internal import COpenSSL

/// The versions of TLS that we speak. Older ones are broken (RFC 8996).
package enum TLSVersion: Sendable, Comparable, CaseIterable {
    case tls12
    case tls13

    /// Of the OpenSSL that is linked now.
    package static var openSSLVersion: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION_STRING)) }

    var wireValue: Int32 {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }

    init?(wireValue: Int32) {
        guard let version = TLSVersion.allCases.first(where: { $0.wireValue == wireValue }) else { return nil }
        self = version
    }
}
