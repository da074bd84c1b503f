internal import Memory

/// Tells the protocol of a connection in the clear from its first bytes.
///
/// HTTP/2 with prior knowledge begins with a fixed text (RFC 9113, 3.4) whose first four bytes begin no
/// request of HTTP/1.1 that we would take.
struct HTTP2Preface {
    enum Verdict {
        /// So far it could be either.
        case undecided
        /// - Parameter replay: the letters of earlier pieces, which the protocol has not got yet.
        case http1(replay: ArenaBytes)
        case http2(replay: ArenaBytes)
    }

    private static var beginning: ArenaBytes { ArenaBytes("PRI ") }
    private var matchedByteCount = 0

    /// Takes the next piece of input. Not again after a verdict.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        let beginning = HTTP2Preface.beginning
        let replay = beginning[0..<matchedByteCount]
        for unsafe byte in unsafe bytes {
            if byte != beginning[matchedByteCount] { return .http1(replay: replay) }
            matchedByteCount += 1
            if matchedByteCount == beginning.count { return .http2(replay: replay) }
        }
        return .undecided
    }
}
