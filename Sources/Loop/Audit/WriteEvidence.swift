internal import CLibuv

/// A write whose memory was reused too early: the memory as libuv got it, and as it is now.
package struct WriteEvidence {
    /// The kind of damage, the worst first.
    package enum Kind: Sendable {
        /// An arena was reset while libuv had the write.
        case reset
        /// libuv called back, and the arena had been reset in between.
        case staleCompletion
        /// The bytes are not those that were given.
        case changedBytes
    }

    /// The fields of a `uv_write_t` that libuv needs to finish a write.
    package struct RequestFields: Equatable, Sendable {
        package var callback: UInt
        package var buffers: UInt
        package var bufferCount: UInt32

        /// The fields as the memory has them now, sound or not.
        init(_ request: UnsafeMutablePointer<uv_write_t>) {
            let raw = UnsafeRawPointer(request)
            callback = unsafe raw.load(fromByteOffset: RequestFields.callbackOffset, as: UInt.self)
            buffers = unsafe raw.load(fromByteOffset: RequestFields.buffersOffset, as: UInt.self)
            bufferCount = unsafe raw.load(fromByteOffset: RequestFields.bufferCountOffset, as: UInt32.self)
        }

        private static let callbackOffset = unsafe MemoryLayout<uv_write_t>.offset(of: \.cb) ?? 0
        private static let buffersOffset = unsafe MemoryLayout<uv_write_t>.offset(of: \.bufs) ?? 0
        private static let bufferCountOffset = unsafe MemoryLayout<uv_write_t>.offset(of: \.nbufs) ?? 0
    }

    package var kind: Kind
    /// `TCPStream.number`, and the arena's owner then and now.
    package var streamNumber: UInt64
    package var owner: UInt64
    package var newOwner: UInt64?
    /// 0 where the bytes were in no arena.
    package var arenaNumber: UInt32
    package var generation: UInt32
    package var foundGeneration: UInt32
    /// Where the write's first byte lies in its arena; nil when no arena has it, or has it any more.
    package var offset: Int?
    package var byteCount: Int
    package var ageNanoseconds: UInt64
    package var isDirect: Bool

    package var requestAddress: UInt
    package var expectedRequest: RequestFields
    package var foundRequest: RequestFields

    /// The first byte that changed, counted from the write's first; nil when none did, or none can be read.
    package var changeOffset: Int?
    /// The bytes from there on, at most `byteLimit`; empty where they were not kept.
    package var expectedBytes: [UInt8] = []
    package var foundBytes: [UInt8] = []

    /// Four lines of sixteen.
    package static let byteLimit = 64
}
