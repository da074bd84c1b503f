internal import COpenSSL

/// The bytes of a file with certificates or keys, in PEM or as PKCS#12, wiped at the end of their use.
///
/// `@safe`: owns its memory.
@safe
struct PEMFile: ~Copyable {
    /// A chain of a dozen certificates takes 30 KiB, the trust store of a system 250 KiB.
    static let byteLimit = 4 << 20

    let path: String
    private let bytes: UnsafeMutableRawBufferPointer
    private let count: Int

    init(path: String) throws(TLSSetupError) {
        let file = unsafe hw_open_for_reading(path)
        guard file >= 0 else { throw PEMFile.error(path, hw_errno()) }
        defer { close(file) }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: PEMFile.byteLimit, alignment: 1)
        var count = 0
        var failure: Int32 = 0
        while count < bytes.count {
            let got = unsafe read(file, bytes.baseAddress.unsafelyUnwrapped + count, bytes.count - count)
            if got > 0 {
                count += got
            } else if got == 0 {
                break
            } else if hw_errno() != EINTR {
                failure = hw_errno()
                break
            }
        }
        if count == bytes.count { failure = EFBIG }
        if failure != 0 {
            unsafe OPENSSL_cleanse(bytes.baseAddress, count)
            unsafe bytes.deallocate()
            throw PEMFile.error(path, failure)
        }
        unsafe self.bytes = unsafe bytes
        self.count = count
        self.path = path
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes.baseAddress, count)
        unsafe bytes.deallocate()
    }

    static func error(_ path: String, _ code: Int32) -> TLSSetupError {
        switch code {
        case ENOENT, ENOTDIR: .missingFile(path)
        case EACCES, EPERM: .noPermission(path)
        default: .unreadableFile(path, errno: code)
        }
    }

    /// All certificates in the file, in their order; at least one. The caller frees them.
    func certificates() throws(TLSSetupError) -> [OpaquePointer] {
        ErrorQueue.clear()
        guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(count)) else { throw .outOfResources }
        var list = unsafe [OpaquePointer]()
        while let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil) { unsafe list.append(certificate) }
        unsafe BIO_free_all(source)
        // After the last one OpenSSL finds no further start line; anything else is a broken certificate.
        let reason = ErrorQueue.drain()
        if unsafe list.isEmpty || (reason != PEM_R_NO_START_LINE && reason != 0) {
            for unsafe certificate in unsafe list { unsafe X509_free(certificate) }
            throw .noCertificate(path)
        }
        return unsafe list
    }

    /// The private key in the file. The caller frees it.
    ///
    /// - Parameter password: of an encrypted key; nil: such a key cannot be read.
    func privateKey(password: Password? = nil) throws(TLSSetupError) -> OpaquePointer {
        ErrorQueue.clear()
        guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(count)) else { throw .outOfResources }
        var question = unsafe Question(password: password?.text)
        // Without a callback OpenSSL would ask for a password on the terminal.
        let key = unsafe PEM_read_bio_PrivateKey(
            source, nil,
            { room, roomCount, _, question in
                guard let question = unsafe question?.assumingMemoryBound(to: Question.self), let room = unsafe room else { return -1 }
                unsafe question.pointee.wasAsked = true
                guard let password = unsafe question.pointee.password, unsafe strlen(password) <= Int(roomCount) else { return -1 }
                unsafe memcpy(room, password, strlen(password))
                return unsafe Int32(strlen(password))
            }, &question)
        unsafe BIO_free_all(source)
        ErrorQueue.clear()
        if let key = unsafe key { return unsafe key }
        guard unsafe question.wasAsked else { throw .noPrivateKey(path) }
        throw password == nil ? .encryptedKey(path) : .wrongPassword(path)
    }

    /// What OpenSSL asks for while it reads a key.
    @unsafe private struct Question {
        var password: UnsafePointer<CChar>?
        var wasAsked = false
    }

    /// Whether the file is binary: DER, and no PEM.
    var isBinary: Bool { unsafe count > 0 && bytes[0] == 0x30 }

    /// A certificate, its chain and its key out of PKCS#12 (RFC 7292).
    func identity(password: Password?) throws(TLSSetupError) -> TLSIdentity {
        ErrorQueue.clear()
        guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(count)) else { throw .outOfResources }
        defer { unsafe BIO_free_all(source) }
        guard let file = unsafe d2i_PKCS12_bio(source, nil) else {
            ErrorQueue.clear()
            throw .notPKCS12(path)
        }
        defer { unsafe PKCS12_free(file) }
        var key: OpaquePointer?, certificate: OpaquePointer?, others: OpaquePointer?
        let isRead = unsafe PKCS12_parse(file, password?.text, &key, &certificate, &others) == 1
        let reason = ErrorQueue.drain()
        defer { unsafe hw_free_certificates(others) }
        guard isRead, let key = unsafe key, let certificate = unsafe certificate else {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
            if !isRead, reason == PKCS12_R_MAC_VERIFY_FAILURE { throw password == nil ? .encryptedKey(path) : .wrongPassword(path) }
            throw isRead ? .incompletePKCS12(path) : .notPKCS12(path)
        }
        var chain = unsafe [OpaquePointer]()
        while let next = unsafe hw_take_certificate(others) { unsafe chain.append(next) }
        return unsafe TLSIdentity(certificate: certificate, chain: chain, key: key)
    }

    /// The first line of the file, as a password.
    func firstLine() -> Password { unsafe Password(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
}
