internal import Memory

/// A route's answer. The bytes live in the exchange's arena, in one that it has a lease on, or as long as the program.
///
/// `@safe`: its pointer is to memory of the exchange's arena.
@safe
struct Response {
    var status = 200
    var contentType = ArenaBytes("text/plain; charset=utf-8")
    /// The Allow field, where the status asks for one (405, and OPTIONS).
    var allow = ArenaBytes.empty
    var body = ArenaBytes.empty
    /// On the arena of a body that is not in the exchange's; it lies there, and ends with the exchange.
    var bodyLease: UnsafeMutablePointer<Lease>?
    /// Bytes of `body` already handed to the protocol (HTTP/2 asks in parts).
    var sentByteCount = 0
    /// A body that is made while it is sent, instead of `body`.
    var stream: BodyStream?
    /// The answer is sent only when this time has passed.
    var delayNanoseconds: UInt64 = 0

    /// Given before the request is whole: the rest of the request is not wanted.
    var stopsRequest = false

    /// Bytes of the whole body; nil for one that is made while it is sent, without a length that was announced.
    var knownLength: Int? {
        guard let stream else { return body.count }
        return stream.isLengthKnown ? stream.remainingByteCount : nil
    }

    /// Statuses that never have a body (RFC 9110, 6.4.1).
    var forbidsBody: Bool { status == 204 || status == 304 || status < 200 }

    /// A short text as answer.
    static func text(_ status: Int, _ text: StaticString) -> Response {
        var response = Response()
        response.status = status
        response.body = ArenaBytes(text)
        return response
    }
}

/// A body that is made part by part, as fast as the peer reads it, or at intervals.
struct BodyStream {
    /// Bytes to come.
    var remainingByteCount: Int
    /// Bytes of a part.
    var partByteCount: Int
    /// The bytes of the body, and how many of them were made.
    let content: SeededBody
    var offset = 0
    /// Time between two parts; 0: as fast as the peer reads.
    var intervalNanoseconds: UInt64
    /// Whether the length is announced; otherwise the body is chunked.
    var isLengthKnown: Bool
    /// Parts are held back until the timer fires.
    var isWaiting = false

    /// Parts of a stream without a size of its own: one DATA frame, one chunk.
    static let defaultPartByteCount = 16 * 1024

    /// The next part, made in `arena`.
    mutating func nextPart(byteLimit: Int, in arena: Arena) -> ArenaBytes {
        let count = min(remainingByteCount, partByteCount, byteLimit)
        let part = content.bytes(offset: offset, count: count, in: arena)
        offset += count
        remainingByteCount -= count
        return part
    }

    var isAtEnd: Bool { remainingByteCount == 0 }
}

extension SeededBody {
    /// A part of the body, made in `arena`.
    func bytes(offset: Int = 0, count: Int, in arena: Arena) -> ArenaBytes {
        let start = unsafe arena.allocate(byteCount: count, alignment: 8)
        unsafe fill(UnsafeMutableRawBufferPointer(start: start, count: count), offset: offset)
        return unsafe ArenaBytes(start: start, count: count)
    }
}
