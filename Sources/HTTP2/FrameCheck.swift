/// The rules for a client's frames that nghttp2 does not look after: those on closed streams (RFC 9113, 5.1 and 5.1.1)
/// and those of PRIORITY (6.3).
///
/// Reads the headers of the frames alongside nghttp2, which reports nothing about the frames that it ignores. Every
/// fault is an error of the connection. Bytes that are no frames are nghttp2's to judge.
package struct FrameCheck {
    /// A frame that breaks a rule.
    package struct Fault: Equatable, Sendable {
        /// How many of the bytes were read before the fault: those that are still good.
        package var goodByteCount: Int
        package var code: HTTP2ErrorCode
    }

    private static let headerByteCount = 9
    /// A PRIORITY frame's header and the stream that it depends on.
    private static let dependencyEnd = 13
    private static let priorityByteCount: UInt32 = 5

    private var history = StreamHistory()
    /// Bytes to pass over: the preface, then of each frame what need not be looked at.
    private var skippedByteCount = 24
    /// The beginning of a frame that came in pieces, its last byte lowest, and how many bytes that is.
    private var piece: UInt128 = 0
    private var pieceByteCount = 0
    /// Between HEADERS and the last CONTINUATION: nothing else may come, and nghttp2 sees to that.
    private var isInHeaderBlock = false
    /// PRIORITY frames since the last `takePriorityCount`.
    private var priorityCount = 0

    package init() {}

    /// PRIORITY frames that have come since the last call: nghttp2 does not report them.
    package mutating func takePriorityCount() -> Int {
        defer { priorityCount = 0 }
        return priorityCount
    }

    /// Takes the next bytes of the connection. Not again after a fault.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> Fault? {
        guard let start = bytes.baseAddress else { return nil }
        var index = 0
        while true {
            let skip = min(skippedByteCount, bytes.count &- index)
            skippedByteCount &-= skip
            index &+= skip
            guard index < bytes.count else { return nil }
            let begin = index
            var frame: Frame
            if pieceByteCount == 0, bytes.count &- index >= FrameCheck.dependencyEnd {
                frame = unsafe Frame(start + index)
                index &+= FrameCheck.headerByteCount
            } else {
                // A frame at the end of the bytes, or one that began in those before.
                guard let whole = unsafe takePiece(bytes, &index) else { return nil }
                frame = whole
            }
            skippedByteCount = Int(frame.payloadByteCount) &- (frame.hasReadDependency ? 4 : 0)
            if let code = judge(frame) {
                return Fault(goodByteCount: begin, code: code)
            }
        }
    }

    /// Adds bytes to the piece until the frame can be judged.
    private mutating func takePiece(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Frame? {
        while index < bytes.count {
            unsafe piece = piece << 8 | UInt128(bytes[index])
            index &+= 1
            pieceByteCount &+= 1
            if pieceByteCount < FrameCheck.headerByteCount { continue }
            var frame: Frame
            if pieceByteCount == FrameCheck.headerByteCount {
                frame = Frame(header: piece)
                if frame.isPriority { continue }
            } else if pieceByteCount == FrameCheck.dependencyEnd {
                frame = Frame(header: piece >> 32)
                frame.dependency = UInt32(truncatingIfNeeded: piece) & Frame.streamMask
                frame.hasReadDependency = true
            } else {
                continue
            }
            piece = 0
            pieceByteCount = 0
            return frame
        }
        return nil
    }

    private mutating func judge(_ frame: Frame) -> HTTP2ErrorCode? {
        if isInHeaderBlock {
            if frame.kind == Frame.continuation && frame.flags & Frame.endHeaders != 0 { isInHeaderBlock = false }
            return nil
        }
        let isClients = frame.stream & 1 != 0
        switch frame.kind {
        case Frame.headers:
            isInHeaderBlock = frame.flags & Frame.endHeaders == 0
            guard isClients else { return nil }
            switch history.standing(of: frame.stream) {
            case .idle: history.begin(frame.stream)
            case .ended: return .streamClosed
            case .skipped: return .protocolError
            case .open, .unknown: break
            }
            if frame.flags & Frame.endStream != 0 { history.end(frame.stream) }
        case Frame.data:
            guard isClients else { return nil }
            switch history.standing(of: frame.stream) {
            case .ended, .skipped: return .streamClosed
            case .open: if frame.flags & Frame.endStream != 0 { history.end(frame.stream) }
            // On an idle stream nghttp2 calls it an error.
            case .idle, .unknown: break
            }
        case Frame.reset:
            if isClients, case .open = history.standing(of: frame.stream) { history.end(frame.stream) }
        case Frame.priority:
            priorityCount += 1
            if frame.stream == 0 || (frame.isPriority && frame.dependency == frame.stream) { return .protocolError }
        default: break
        }
        return nil
    }

    /// What is looked at in a frame (RFC 9113, 4.1).
    private struct Frame {
        static var data: UInt8 { 0 }
        static var headers: UInt8 { 1 }
        static var priority: UInt8 { 2 }
        static var reset: UInt8 { 3 }
        static var continuation: UInt8 { 9 }
        static var endStream: UInt8 { 1 }
        static var endHeaders: UInt8 { 4 }
        /// Without the reserved bit.
        static var streamMask: UInt32 { 0x7FFF_FFFF }

        var payloadByteCount: UInt32
        var kind: UInt8
        var flags: UInt8
        var stream: UInt32
        /// Of a PRIORITY frame.
        var dependency: UInt32 = 0
        /// The dependency's bytes were taken along with the header.
        var hasReadDependency = false

        /// With its five bytes: with others nghttp2 calls it an error.
        var isPriority: Bool { kind == Frame.priority && payloadByteCount == FrameCheck.priorityByteCount }

        /// The frame at `start`, where 13 bytes lie.
        @inline(__always)
        init(_ start: UnsafeRawPointer) {
            let front = unsafe UInt64(bigEndian: start.loadUnaligned(as: UInt64.self))
            payloadByteCount = UInt32(truncatingIfNeeded: front >> 40)
            kind = UInt8(truncatingIfNeeded: front >> 32)
            flags = UInt8(truncatingIfNeeded: front >> 24)
            let last = unsafe UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 5, as: UInt64.self))
            stream = UInt32(truncatingIfNeeded: last >> 32) & Frame.streamMask
            dependency = UInt32(truncatingIfNeeded: last) & Frame.streamMask
        }

        /// - Parameter header: its nine bytes.
        init(header: UInt128) {
            payloadByteCount = UInt32(truncatingIfNeeded: header >> 48)
            kind = UInt8(truncatingIfNeeded: header >> 40)
            flags = UInt8(truncatingIfNeeded: header >> 32)
            stream = UInt32(truncatingIfNeeded: header) & Frame.streamMask
        }
    }
}
