internal import CZlib

/// A CRC-32 as zlib and gzip have it, of bytes that come part by part.
package struct Checksum: Sendable, Equatable, BitwiseCopyable {
    /// Of all bytes so far; 0 of none.
    package private(set) var value: UInt32 = 0

    package init() {}

    /// Adds the next part.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        value = unsafe UInt32(truncatingIfNeeded: crc32_z(
            uLong(value), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}
