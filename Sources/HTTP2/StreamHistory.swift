/// What a client has said on its streams of late: whether it began them, and whether it has ended them.
///
/// nghttp2 forgets a stream that is closed, which keeps an idle connection small. This keeps what has to be known
/// of it, two bits for each of the last 64 streams. A stream further back is `unknown`, and its frames are
/// ignored, which RFC 9113, 5.1 allows for every closed stream: with 100 streams at once an honest peer's trailers
/// can be that late.
package struct StreamHistory {
    /// What the client may still do on a stream.
    package enum Standing: Sendable {
        /// It has begun the stream and not ended it. We may have: then its frames are on their way and are ignored.
        case open
        /// It has sent END_STREAM or RST_STREAM.
        case ended
        /// It has begun a later stream instead, which closes this one (RFC 9113, 5.1.1).
        case skipped
        /// Not begun yet.
        case idle
        /// Too long ago to be known.
        case unknown
    }

    /// Streams that are remembered: a bit each.
    package static let reach = UInt32(UInt64.bitWidth)

    /// The newest stream by its place among the client's: 1 for stream 1, 2 for stream 3.
    private var newest: UInt32 = 0
    /// Bit n is about the n-th stream before the newest.
    private var begun: UInt64 = 0
    private var ended: UInt64 = 0

    package init() {}

    /// - Parameter stream: one of the client's, which are odd.
    package func standing(of stream: UInt32) -> Standing {
        let place = (stream &+ 1) / 2
        if place > newest { return .idle }
        let bit = newest &- place
        if bit >= StreamHistory.reach { return .unknown }
        if ended >> UInt64(bit) & 1 != 0 { return .ended }
        return begun >> UInt64(bit) & 1 != 0 ? .open : .skipped
    }

    /// The client begins an idle stream.
    package mutating func begin(_ stream: UInt32) {
        let place = (stream &+ 1) / 2
        // A shift by 64 or more leaves nothing, as it should.
        let distance = UInt64(place &- newest)
        begun = begun << distance | 1
        ended = ended << distance
        newest = place
    }

    /// The client sends no more on a stream.
    package mutating func end(_ stream: UInt32) {
        let bit = newest &- (stream &+ 1) / 2
        if bit < StreamHistory.reach { ended |= 1 << UInt64(bit) }
    }
}
