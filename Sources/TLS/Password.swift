internal import COpenSSL

/// A password, wiped at the end of its use. Never printed, never written.
///
/// `@safe`: owns its memory.
@safe
final class Password {
    private let bytes: UnsafeMutableBufferPointer<CChar>

    /// The bytes up to the end of their first line.
    init(_ text: UnsafeRawBufferPointer) {
        let count = unsafe text.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 == 0 } ?? text.count
        let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: count + 1)
        unsafe bytes.initialize(repeating: 0)
        for index in 0..<count { unsafe bytes[index] = CChar(bitPattern: text[index]) }
        unsafe self.bytes = unsafe bytes
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        unsafe bytes.deallocate()
    }

    /// With a zero at its end, for OpenSSL; not to be kept.
    var text: UnsafePointer<CChar>? { unsafe UnsafePointer(bytes.baseAddress) }
}
