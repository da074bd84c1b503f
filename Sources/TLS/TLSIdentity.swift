internal import COpenSSL

/// The identity of a server, or of a client: a certificate, its chain and its private key.
///
/// Never printed, never written. OpenSSL wipes the key when the last context that uses it is gone.
///
/// `@unchecked Sendable`: written once; OpenSSL counts references to certificates and keys
/// atomically, and guards its caches in them with locks of its own.
/// `@safe`: owns the OpenSSL objects.
@safe
package final class TLSIdentity: @unchecked Sendable {
    let certificate: OpaquePointer
    /// The certificates between ours and the authority's, nearest first.
    let chain: [OpaquePointer]
    let key: OpaquePointer

    /// Takes over all of its arguments.
    init(certificate: OpaquePointer, chain: [OpaquePointer], key: OpaquePointer) {
        unsafe self.certificate = unsafe certificate
        unsafe self.chain = unsafe chain
        unsafe self.key = unsafe key
    }

    /// A client's: from PEM files, or from one file of PKCS#12.
    ///
    /// - Parameters:
    ///   - keyFile: nil: the key is in the file of the certificate.
    ///   - passwordFile: its first line is the password of the key, or of the PKCS#12; nil: there is none.
    package static func read(certificateFile: String, keyFile: String?, passwordFile: String?) throws(TLSSetupError) -> TLSIdentity {
        let file = try PEMFile(path: certificateFile)
        let password = if let passwordFile { try PEMFile(path: passwordFile).firstLine() } else { nil as Password? }
        guard file.isBinary else {
            return try TLSIdentity(certificateFile: certificateFile, keyFile: keyFile ?? certificateFile, password: password)
        }
        if keyFile != nil { throw .keyBesidePKCS12(certificateFile) }
        return try file.identity(password: password)
    }

    /// From PEM files. The first certificate is the peer's own, those behind it its chain.
    /// Both paths may name the same file.
    package convenience init(certificateFile: String, keyFile: String) throws(TLSSetupError) {
        try self.init(certificateFile: certificateFile, keyFile: keyFile, password: nil)
    }

    private convenience init(certificateFile: String, keyFile: String, password: Password?) throws(TLSSetupError) {
        var certificates = unsafe try PEMFile(path: certificateFile).certificates()
        let key: OpaquePointer
        do throws(TLSSetupError) {
            unsafe key = unsafe try PEMFile(path: keyFile).privateKey(password: password)
        } catch {
            for unsafe certificate in unsafe certificates { unsafe X509_free(certificate) }
            throw error
        }
        let leaf = unsafe certificates.removeFirst()
        unsafe self.init(certificate: leaf, chain: certificates, key: key)
        let matches = unsafe X509_check_private_key(leaf, key) == 1
        ErrorQueue.clear()
        if !matches { throw .keyDoesNotMatch(certificate: certificateFile, key: keyFile) }
    }

    deinit {
        unsafe X509_free(certificate)
        for unsafe certificate in unsafe chain { unsafe X509_free(certificate) }
        unsafe EVP_PKEY_free(key)
    }
}
