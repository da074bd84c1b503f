internal import COpenSSL

/// A throwaway authority, made in memory and gone with the process. Our clients trust it, so
/// that verification stays on without certificate files.
///
/// `@unchecked Sendable`: written once; signing only reads the key.
/// `@safe`: owns the OpenSSL objects.
@safe
package final class CertificateAuthority: @unchecked Sendable {
    /// How long the authority and its certificates are valid: longer than any run, and too short for
    /// a copy that is found a month later.
    package static let validity: Duration = .seconds(7 * 86_400)

    /// The start of the validity before now, for a peer whose clock is a little behind.
    private static let headStartSeconds = 3600

    /// Names in one certificate: every address of a host with room to spare.
    package static let nameLimit = 64

    let certificate: OpaquePointer
    private let key: OpaquePointer

    /// A new authority: P-256, a few hundred microseconds.
    package init() throws(TLSSetupError) {
        ErrorQueue.clear()
        let key = unsafe try CertificateAuthority.makeKey()
        unsafe self.key = unsafe key
        guard let certificate = unsafe X509_new() else {
            unsafe EVP_PKEY_free(key)
            throw .outOfResources
        }
        unsafe self.certificate = unsafe certificate
        let isDone = unsafe CertificateAuthority.fill(
            certificate, name: "Highwater throwaway authority", key: key, issuer: certificate,
            from: -CertificateAuthority.headStartSeconds,
            to: Int(CertificateAuthority.validity.components.seconds))
            && hw_x509_add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") == 1
            && hw_x509_add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") == 1
            && hw_x509_add_extension(certificate, certificate, NID_subject_key_identifier, "hash") == 1
            && X509_sign(certificate, key, EVP_sha256()) > 0
        if !isDone { throw .refused(reason: ErrorQueue.drainText()) }
    }

    deinit {
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }

    /// Issues a server's certificate with a key of its own.
    /// - Parameters:
    ///   - names: DNS names and IP addresses that it is valid for, 1 to `nameLimit`.
    ///   - validitySeconds: the time of its validity, in seconds from now.
    package func issue(
        names: [String],
        validitySeconds: Range<Int> = -headStartSeconds..<Int(validity.components.seconds)
    ) throws(TLSSetupError) -> TLSIdentity {
        ErrorQueue.clear()
        let alternativeNames = try CertificateAuthority.alternativeNames(names)
        let leafKey = unsafe try CertificateAuthority.makeKey()
        guard let leaf = unsafe X509_new() else {
            unsafe EVP_PKEY_free(leafKey)
            throw .outOfResources
        }
        let identity = unsafe TLSIdentity(certificate: leaf, chain: [], key: leafKey)
        let isDone = unsafe CertificateAuthority.fill(
            leaf, name: "Highwater", key: leafKey, issuer: certificate,
            from: validitySeconds.lowerBound, to: validitySeconds.upperBound)
            && hw_x509_add_extension(leaf, certificate, NID_basic_constraints, "critical,CA:FALSE") == 1
            && hw_x509_add_extension(leaf, certificate, NID_key_usage, "critical,digitalSignature") == 1
            && hw_x509_add_extension(leaf, certificate, NID_ext_key_usage, "serverAuth") == 1
            && hw_x509_add_extension(leaf, certificate, NID_subject_key_identifier, "hash") == 1
            && hw_x509_add_extension(leaf, certificate, NID_authority_key_identifier, "keyid:always") == 1
            && hw_x509_add_extension(leaf, certificate, NID_subject_alt_name, alternativeNames) == 1
            && X509_sign(leaf, key, EVP_sha256()) > 0
        if !isDone { throw .refused(reason: ErrorQueue.drainText()) }
        return identity
    }

    // MARK: The parts of a certificate

    private static func makeKey() throws(TLSSetupError) -> OpaquePointer {
        guard let key = unsafe hw_make_p256_key() else { throw .outOfResources }
        return unsafe key
    }

    private static func fill(
        _ certificate: OpaquePointer, name: String, key: OpaquePointer, issuer: OpaquePointer, from: Int, to: Int
    ) -> Bool {
        let subject = unsafe X509_get_subject_name(certificate)
        return unsafe X509_set_version(certificate, Int(X509_VERSION_3)) == 1
            && setSerial(of: certificate)
            && X509_gmtime_adj(X509_getm_notBefore(certificate), from) != nil
            && X509_gmtime_adj(X509_getm_notAfter(certificate), to) != nil
            && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, Int32(name.utf8.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1
            && X509_set_pubkey(certificate, key) == 1
    }

    /// 127 random bits: unique without a counter, positive (RFC 5280, 4.1.2.2).
    private static func setSerial(of certificate: OpaquePointer) -> Bool {
        guard let number = unsafe BN_new() else { return false }
        defer { unsafe BN_free(number) }
        return unsafe BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    /// The names as OpenSSL reads them: "DNS:localhost,IP:127.0.0.1". A comma in a name would add
    /// another name, so only the characters of host names pass.
    private static func alternativeNames(_ names: [String]) throws(TLSSetupError) -> String {
        precondition(!names.isEmpty && names.count <= nameLimit, "a certificate needs 1 to \(nameLimit) names")
        var parts: [String] = []
        for name in names {
            if HostName.isAddress(name) {
                parts.append("IP:\(name)")
            } else if HostName.isValid(name) {
                parts.append("DNS:\(name)")
            } else {
                throw .invalidName(name)
            }
        }
        return parts.joined(separator: ",")
    }
}
