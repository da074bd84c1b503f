package import Memory

/// Parses one request; `reset()` it, or make a new one, for the next.
///
/// Bytes go in as they come, in pieces of any size, and those that must be kept are copied into the
/// arena of the exchange. The result does not depend on how the bytes were split. After an error
/// nothing more is parsed: every further call throws the same error.
///
/// `@safe`: its pointers lead into the arena that its owner hands in with every call and
/// must not reset before the request is done with.
@safe
package struct RequestParser {
    /// The head, after `.head` or `.complete`.
    package private(set) var head = RequestHead.none
    private var phase = Phase.emptyLines
    private var emptyLineByteCount = 0
    private var scanner = HeadScanner()
    /// The part of the head that came in earlier pieces.
    private var partialHead: UnsafeMutableRawPointer?
    private var partialHeadCapacity = 0
    private var bodyBuffer = BodyBuffer()
    private var chunks = ChunkReader()

    private enum Phase {
        /// Before the first byte of the request line.
        case emptyLines
        case head
        /// A body of known length: bytes still to come, and bytes in all.
        case countedBody(remaining: Int, announced: Int)
        case chunkedBody
        case complete
        case failed(RequestError)
    }

    /// The result of a call.
    package struct Progress {
        /// Bytes of the input that belong to this request. The rest is the next one's.
        package let consumedByteCount: Int
        package let step: Step
    }

    /// The caller's next step.
    package enum Step: Sendable {
        /// All input is consumed and the request is not complete.
        case needsMore
        /// The head is complete and a body follows. Said once; call again for the body.
        case head
        /// Head and body are complete. Do not call again before `reset()`.
        case complete
    }

    package init() {}

    /// Forgets everything, for the next request and its own arena.
    package mutating func reset() { self = RequestParser() }

    /// Whether a byte of the request has been seen. Empty lines before it do not count,
    /// so a connection that ends here has lost nothing.
    package var hasStarted: Bool {
        if case .emptyLines = phase { false } else { true }
    }

    /// The body in one run, after `.complete`. Empty if there was none or it was discarded.
    package var body: ArenaBytes { bodyBuffer.bytes }

    /// From now on the body is counted, checked and dropped. For a request that is answered early.
    package mutating func discardBody() { bodyBuffer.discard() }

    /// Takes bytes from the front of `input`: at most to the end of this request.
    /// - Parameter arena: the exchange's, the same one at every call of one request.
    package mutating func parse(
        _ input: UnsafeRawBufferPointer, into arena: Arena, limits: RequestLimits
    ) throws(RequestError) -> Progress {
        do throws(RequestError) {
            switch phase {
            case .emptyLines:
                let skipped = try unsafe skipEmptyLines(input, limits: limits)
                guard skipped < input.count else { return Progress(consumedByteCount: skipped, step: .needsMore) }
                phase = .head
                let rest = unsafe UnsafeRawBufferPointer(rebasing: input[skipped...])
                return try unsafe parseHead(rest, skipped: skipped, into: arena, limits: limits)
            case .head:
                return try unsafe parseHead(input, skipped: 0, into: arena, limits: limits)
            case .countedBody(let remaining, let announced):
                return unsafe parseCountedBody(input, remaining: remaining, announced: announced, into: arena)
            case .chunkedBody:
                let (count, isComplete) = try unsafe chunks.read(
                    input, body: &bodyBuffer, into: arena, limits: limits)
                if isComplete { phase = .complete }
                return Progress(consumedByteCount: count, step: isComplete ? .complete : .needsMore)
            case .complete:
                preconditionFailure("a request parser must be reset between requests")
            case .failed(let error):
                throw error
            }
        } catch {
            phase = .failed(error)
            throw error
        }
    }

    /// Counts the CR LF pairs before the request line, and looks at the first byte of it:
    /// a TLS handshake or other noise need not wait for its head to end.
    private mutating func skipEmptyLines(
        _ input: UnsafeRawBufferPointer, limits: RequestLimits
    ) throws(RequestError) -> Int {
        var index = 0
        while index < input.count {
            let byte = unsafe input[index]
            if emptyLineByteCount & 1 == 1 {
                guard byte == ASCII.lineFeed else { throw .invalidLineEnd }
            } else if byte == ASCII.lineFeed {
                throw .invalidLineEnd
            } else if byte != ASCII.carriageReturn {
                guard ByteSet.token.contains(byte) else { throw .invalidMethod }
                break
            }
            emptyLineByteCount += 1
            if emptyLineByteCount > 2 * limits.leadingEmptyLineLimit { throw .tooManyEmptyLines }
            index += 1
        }
        return index
    }

    private mutating func parseHead(
        _ input: UnsafeRawBufferPointer, skipped: Int, into arena: Arena, limits: RequestLimits
    ) throws(RequestError) -> Progress {
        let earlier = scanner.byteCount
        guard let count = try unsafe scanner.scan(input, limits: limits) else {
            unsafe keep(input, after: earlier, room: 2 &* scanner.byteCount, arena: arena)
            return Progress(consumedByteCount: skipped &+ input.count, step: .needsMore)
        }
        unsafe keep(
            UnsafeRawBufferPointer(rebasing: input[..<count]), after: earlier, room: 0, arena: arena)
        guard let start = unsafe partialHead else { preconditionFailure("a head has bytes") }
        head = try unsafe HeadReader.read(
            at: start, lineCount: scanner.lineCount, into: arena, limits: limits)
        switch head.bodyLength {
        case .none:
            phase = .complete
            return Progress(consumedByteCount: skipped &+ count, step: .complete)
        case .count(let length):
            phase = .countedBody(remaining: length, announced: length)
        case .chunked:
            phase = .chunkedBody
        }
        return Progress(consumedByteCount: skipped &+ count, step: .head)
    }

    /// Adds a piece to the head in the arena, with the slack that its reader needs after it.
    /// The usual head comes in one piece and is copied once, to a place of just its size.
    private mutating func keep(
        _ piece: UnsafeRawBufferPointer, after earlier: Int, room: Int, arena: Arena
    ) {
        guard let source = piece.baseAddress else { return }
        let needed = earlier &+ piece.count &+ HeadReader.slackByteCount
        if needed > partialHeadCapacity {
            let capacity = max(needed, room)
            let larger = unsafe arena.allocate(byteCount: capacity, alignment: 1)
            if let partialHead = unsafe partialHead { unsafe larger.copyMemory(from: partialHead, byteCount: earlier) }
            unsafe partialHead = unsafe larger
            partialHeadCapacity = capacity
        }
        guard let start = unsafe partialHead else { return }
        unsafe (start + earlier).copyMemory(from: source, byteCount: piece.count)
        // The reader looks at the slack, so let it be the same every time.
        unsafe (start + earlier + piece.count).storeBytes(of: 0 as UInt64, as: UInt64.self)
    }

    private mutating func parseCountedBody(
        _ input: UnsafeRawBufferPointer, remaining: Int, announced: Int, into arena: Arena
    ) -> Progress {
        let count = min(remaining, input.count)
        unsafe bodyBuffer.append(
            UnsafeRawBufferPointer(rebasing: input[..<count]), byteLimit: announced, into: arena)
        if count == remaining {
            phase = .complete
            return Progress(consumedByteCount: count, step: .complete)
        }
        phase = .countedBody(remaining: remaining &- count, announced: announced)
        return Progress(consumedByteCount: count, step: .needsMore)
    }
}
