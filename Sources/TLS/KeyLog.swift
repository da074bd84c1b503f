internal import COpenSSL

/// The file that Wireshark reads secrets from (SSLKEYLOGFILE). Written only when its path was given.
struct KeyLog: ~Copyable {
    private let file: Int32

    /// Opens the file to append, or makes it: readable for its owner alone.
    init(path: String) throws(TLSSetupError) {
        file = unsafe hw_open_private_log(path)
        if file < 0 { throw PEMFile.error(path, hw_errno()) }
    }

    deinit { close(file) }

    /// Appends one line in one call, so that the lines of several loops do not mix.
    func append(_ line: UnsafePointer<CChar>) {
        let count = unsafe strlen(line)
        unsafe withUnsafeTemporaryAllocation(byteCount: count + 1, alignment: 1) { buffer in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(start: line, count: count))
            unsafe buffer[count] = UInt8(ascii: "\n")
            // A debugging aid: a full disk must not end the connection.
            unsafe _ = write(file, buffer.baseAddress, count + 1)
            unsafe OPENSSL_cleanse(buffer.baseAddress, count + 1)
        }
    }
}
