internal import CSegment
package import Measurements

/// One broken promise that a probe saw: what was handed over, what was found, and both places. Of a bug that was found
/// many times it is the first time.
package struct Finding: Sendable, Equatable {
    /// Its place among all, from 0: it stays while others come.
    package var number: Int
    /// How often the same kind was found at the same places.
    package var count: UInt64
    package var kind: Kind
    package var process: Int32
    package var thread: Int32
    /// -1: not on a socket that is known.
    package var descriptor: Int
    package var peer: PeerAddress?
    /// Monotonic nanoseconds.
    package var time: UInt64
    /// How long the write had been pending, or cut.
    package var ageNanoseconds: UInt64
    /// Bytes that were handed over; for a lost remainder, those that were left.
    package var byteCount: UInt64
    /// The `uv_write_t`, and what libuv goes by in it; 0 where there is none.
    package var request: UInt64
    package var expectedRequest: RequestFields
    package var foundRequest: RequestFields
    /// The first byte that differs; nil: not known.
    package var changeOffset: UInt64?
    /// The bytes from there on; empty where none were kept.
    package var expectedBytes: [UInt8]
    package var foundBytes: [UInt8]
    /// The kernel had all bytes when the call returned: harmless only for that reason.
    package var isLatent: Bool
    /// The memory is not mapped any more.
    package var isUnmapped: Bool
    /// Seen when the process faulted.
    package var isAtFault: Bool
    /// Of a queue of the program's own (`hw_pending_begin`), not of libuv's.
    package var isOwnQueue: Bool
    /// It is the request that lies on the dead stack, not the bytes.
    package var isRequest: Bool
    /// Return addresses, innermost first: where the bytes were handed over, and where it was noticed.
    package var writeFrames: [UInt64]
    package var foundFrames: [UInt64]
    /// What became of `--trap`; nil: not known.
    package var trap: BrokenWrite.Trap?
    /// A later write that had the same memory while this one was pending; nil: none is known.
    package var again: Again?
    /// Of a lost remainder: where the write went on; nil: of another kind.
    package var nextWrite: BrokenWrite.NextWrite?
    /// Where the remainder's memory was freed, as the other frames; empty: it was not, or it is not known.
    package var freedFrames: [UInt64]
    /// No call of `free` had that memory.
    package var isNotFreed: Bool

    /// Where the same memory was handed over again: a return address.
    package struct Again: Sendable, Equatable {
        package var frame: UInt64
        package var isOnSameConnection: Bool
    }

    /// `cb`, `handle` and `nbufs` of a `uv_write_t`, as numbers.
    package typealias RequestFields = BrokenWrite.RequestFields

    /// The promise that was broken.
    package typealias Kind = BrokenWrite.Kind

    /// nil: not finished, or of a kind that does not exist.
    init?(_ raw: hw_finding, number: Int) {
        guard raw.is_ready == 1, let kind = Kind.allCases.first(where: { $0.code == raw.kind }) else { return nil }
        self.number = number
        count = max(1, raw.count)
        self.kind = kind
        process = raw.pid
        thread = raw.tid
        descriptor = Int(raw.fd)
        peer = unsafe withUnsafeBytes(of: raw.peer) { unsafe PeerAddress(socketAddress: $0.bytes) }
        time = raw.time
        ageNanoseconds = raw.age
        byteCount = raw.byte_count
        request = raw.request
        expectedRequest = RequestFields(raw.expected)
        foundRequest = RequestFields(raw.found)
        changeOffset = raw.change_offset == .max ? nil : raw.change_offset
        expectedBytes = unsafe withUnsafeBytes(of: raw.expected_bytes) { unsafe Array($0.prefix(Int(raw.expected_count))) }
        foundBytes = unsafe withUnsafeBytes(of: raw.found_bytes) { unsafe Array($0.prefix(Int(raw.found_count))) }
        isLatent = raw.flags & UInt32(hw_finding_latent) != 0
        isUnmapped = raw.flags & UInt32(hw_finding_unmapped) != 0
        isAtFault = raw.flags & UInt32(hw_finding_at_fault) != 0
        isOwnQueue = raw.flags & UInt32(hw_finding_own_queue) != 0
        isRequest = raw.flags & UInt32(hw_finding_request) != 0
        writeFrames = unsafe withUnsafeBytes(of: raw.write_frames) { unsafe Array($0.assumingMemoryBound(to: UInt64.self).prefix(Int(raw.write_frame_count))) }
        foundFrames = unsafe withUnsafeBytes(of: raw.found_frames) { unsafe Array($0.assumingMemoryBound(to: UInt64.self).prefix(Int(raw.found_frame_count))) }
        trap = BrokenWrite.Trap.allCases.first { $0.code == raw.trap }
        again = raw.again == 0 ? nil : Again(frame: raw.again_caller, isOnSameConnection: raw.again == hw_again_same_stream.rawValue)
        nextWrite = kind != .remainderLost ? nil : raw.flags & UInt32(hw_finding_in_place) != 0 ? .inPlace
            : raw.flags & UInt32(hw_finding_passed_over) != 0 ? .passedOver : .elsewhere
        freedFrames = unsafe withUnsafeBytes(of: raw.freed_frames) { unsafe Array($0.assumingMemoryBound(to: UInt64.self).prefix(Int(raw.freed_frame_count))) }
        isNotFreed = raw.flags & UInt32(hw_finding_not_freed) != 0
    }
}

extension BrokenWrite.RequestFields {
    init(_ raw: hw_request_fields) {
        self.init(callback: raw.callback, handle: raw.handle, bufferCount: raw.buffer_count)
    }
}
