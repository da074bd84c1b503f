internal import COpenSSL
internal import Memory

/// OpenSSL's way to the bytes: a BIO that reads from the ciphertext that the caller of `receive` holds and
/// writes straight into an arena. A pair of memory BIOs would copy everything once more each way.
extension TLSEndpoint {
    /// Our kind of BIO: a number of its own for the whole process.
    static let bioType: Int32 = BIO_get_new_index() | Int32(BIO_TYPE_SOURCE_SINK)

    static func install(in method: OpaquePointer) {
        unsafe BIO_meth_set_read_ex(method) { bio, target, limit, count in
            unsafe withEndpoint(bio) { unsafe $0.read(bio, target, limit, count) }
        }
        unsafe BIO_meth_set_write_ex(method) { bio, bytes, byteCount, count in
            unsafe withEndpoint(bio) { unsafe $0.write(bytes, byteCount, count) }
        }
        unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }

    private func read(
        _ bio: OpaquePointer?, _ target: UnsafeMutablePointer<CChar>?, _ limit: Int, _ count: UnsafeMutablePointer<Int>?
    ) -> Int32 {
        let taken = min(limit, inputByteCount)
        guard taken > 0, let start = unsafe input, let target = unsafe target else {
            // Not the end: more ciphertext has not come yet.
            unsafe BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return 0
        }
        unsafe BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
        unsafe UnsafeMutableRawPointer(target).copyMemory(from: start, byteCount: taken)
        unsafe input = start + taken
        inputByteCount -= taken
        unsafe count?.pointee = taken
        return 1
    }

    private func write(
        _ bytes: UnsafePointer<CChar>?, _ byteCount: Int, _ count: UnsafeMutablePointer<Int>?
    ) -> Int32 {
        guard let bytes = unsafe bytes else { return 0 }
        var blocks = output
        unsafe blocks.append(UnsafeRawBufferPointer(start: bytes, count: byteCount), from: context.pool)
        output = blocks
        unsafe count?.pointee = byteCount
        return 1
    }
}

private func withEndpoint(_ bio: OpaquePointer?, _ body: (TLSEndpoint) -> Int32) -> Int32 {
    guard let data = unsafe BIO_get_data(bio) else { return 0 }
    return unsafe Unmanaged<TLSEndpoint>.fromOpaque(data)._withUnsafeGuaranteedRef { body($0) }
}
