internal import CLibuv

/// A write whose memory was taken from under it: what was given to libuv, and what is there now.
package struct WriteEvidence {
    /// What broke, the worst first.
    package enum Kind: Sendable {
        /// An arena was reset while libuv had the write.
        case reset
        /// libuv called back, and the arena had been reset in between.
        case staleCompletion
        /// The bytes are not those that were given.
        case changedBytes
    }

    /// The part of a `uv_write_t` that libuv needs to finish a write.
    package struct RequestFields: Equatable, Sendable {
        package var callback: UInt
        package var buffers: UInt
        package var bufferCount: UInt32

        /// As the memory has it, whatever it is.
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
    /// As the stream's owner calls itself, and the arena's owner then and now.
    package var streamNumber: UInt64
    package var owner: UInt64
    package var newOwner: UInt64?
    /// 0 where the bytes were in no arena.
    package var arenaNumber: UInt32
    package var generation: UInt32
    package var foundGeneration: UInt32
    /// Where the write's first byte lay in its arena; nil when that is no arena's, or no more.
    package var offset: Int?
    package var byteCount: Int
    package var ageNanoseconds: UInt64
    package var isDirect: Bool

    package var requestAddress: UInt
    package var expectedRequest: RequestFields
    package var foundRequest: RequestFields

    /// The first byte that changed, counted from the write's first; nil when none did, or none can be looked at.
    package var changeOffset: Int?
    /// The bytes from there on, at most `byteLimit`; empty where they were not kept.
    package var expectedBytes: [UInt8] = []
    package var foundBytes: [UInt8] = []

    /// Four lines of sixteen.
    package static let byteLimit = 64
}
