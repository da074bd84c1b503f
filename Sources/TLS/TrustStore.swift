internal import COpenSSL

/// The authorities that a client trusts.
///
/// Read once and shared by the contexts of all loops: the system's has some 140 certificates
/// and takes 10 ms to read.
///
/// `@unchecked Sendable`: not changed after `init`; OpenSSL locks the store for each look-up.
/// `@safe`: owns the OpenSSL object.
@safe
package final class TrustStore: @unchecked Sendable {
    let store: OpaquePointer
    /// Those that were added one by one.
    private var certificates: [OpaquePointer] = unsafe []

    private init() throws(TLSSetupError) {
        ErrorQueue.clear()
        guard let store = unsafe X509_STORE_new() else { throw .outOfResources }
        unsafe self.store = unsafe store
    }

    deinit {
        for unsafe certificate in unsafe certificates { unsafe X509_free(certificate) }
        unsafe X509_STORE_free(store)
    }

    /// The authorities, but for the system's: a server names them to its clients.
    func forEachCertificate(_ body: (OpaquePointer) -> Void) {
        for unsafe certificate in unsafe certificates { unsafe body(certificate) }
    }

    /// The authorities that the operating system trusts.
    package static func system() throws(TLSSetupError) -> TrustStore {
        let trust = try TrustStore()
        guard unsafe X509_STORE_set_default_paths(trust.store) == 1 else {
            throw .refused(reason: ErrorQueue.drainText())
        }
        ErrorQueue.clear()
        return trust
    }

    /// The authorities in a PEM file, and no others.
    package static func file(_ path: String) throws(TLSSetupError) -> TrustStore {
        let trust = try TrustStore()
        let certificates = unsafe try PEMFile(path: path).certificates()
        defer { for unsafe certificate in unsafe certificates { unsafe X509_free(certificate) } }
        for unsafe certificate in unsafe certificates { try unsafe trust.add(certificate) }
        return trust
    }

    /// The throwaway authority alone.
    package static func authority(_ authority: CertificateAuthority) throws(TLSSetupError) -> TrustStore {
        let trust = try TrustStore()
        try unsafe trust.add(authority.certificate)
        return trust
    }

    private func add(_ certificate: OpaquePointer) throws(TLSSetupError) {
        guard unsafe X509_STORE_add_cert(store, certificate) == 1 else {
            throw .refused(reason: ErrorQueue.drainText())
        }
        unsafe X509_up_ref(certificate)
        unsafe certificates.append(certificate)
    }
}
