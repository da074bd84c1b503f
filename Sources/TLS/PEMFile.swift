internal import COpenSSL

/// The bytes of a PEM file, wiped at the end of their use.
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
    func privateKey() throws(TLSSetupError) -> OpaquePointer {
        ErrorQueue.clear()
        guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(count)) else { throw .outOfResources }
        var wasAsked = false
        // Without a callback OpenSSL would ask for a password on the terminal.
        let key = unsafe PEM_read_bio_PrivateKey(
            source, nil,
            { _, _, _, wasAsked in
                unsafe wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
                return -1
            }, &wasAsked)
        unsafe BIO_free_all(source)
        ErrorQueue.clear()
        if let key = unsafe key { return unsafe key }
        throw wasAsked ? .encryptedKey(path) : .noPrivateKey(path)
    }
}
