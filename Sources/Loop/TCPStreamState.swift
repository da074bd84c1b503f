/// How far a TCP connection has come, each way.
///
/// A plain machine without a socket: events go in, and the answer says whether the stream acts on them.
/// `move` is the only function that assigns, and traps on an impossible event.
package struct TCPStreamState {
    private enum Stage {
        case new
        case connecting
        /// Bytes may go both ways.
        case open
        /// The peer has sent its end; we may still send.
        case inputEnded
        /// Our end is sent, or queued behind the writes; the owner still reads.
        case outputEnded
        /// Our end is queued behind the writes, and input is dropped.
        case finishing
        /// The same, and the peer's end has come.
        case finishingAfterInput
        /// Our end is out, input is dropped, and the peer's end is missing.
        case finished
        /// Both ends are through: only closing is left.
        case ended
        /// libuv still has the handle.
        case closing
        case closed
    }
    private var stage = Stage.new

    package init() {}

    /// The events in a stream's life.
    package enum Event: Sendable {
        // The owner's wishes
        case connect, accept, endWriting, finish, close
        // Reports of libuv
        case connected, connectFailed, inputEnded, shutDown, closed
    }

    /// Whether the stream acts on an event.
    package enum Answer: Sendable {
        /// The stream does what the event asks for, or tells its owner.
        case act
        /// The event comes too late, or too early for the owner.
        case ignore
    }

    /// The owner may send.
    package var takesWrites: Bool { stage == .open || stage == .inputEnded }

    /// The peer may have more to send, and the socket can be read.
    package var hasInput: Bool {
        switch stage {
        case .open, .outputEnded, .finishing, .finished: true
        case .new, .connecting, .inputEnded, .finishingAfterInput, .ended, .closing, .closed: false
        }
    }

    /// The owner has finished: input is read and dropped, so that the kernel has no reason to answer it with RST
    /// and take our last response back.
    package var dropsInput: Bool { stage == .finishing || stage == .finished }

    /// Our end waits behind the queued writes.
    var isFinishing: Bool { stage == .finishing || stage == .finishingAfterInput }

    /// The owner has closed the stream.
    var isClosing: Bool { stage == .closing || stage == .closed }

    /// The only function that assigns.
    package mutating func move(_ event: Event) -> Answer {
        switch (stage, event) {
        case (.new, .connect): stage = .connecting
        case (.new, .accept), (.connecting, .connected): stage = .open
        // Only closing is left, and the owner does that.
        case (.connecting, .connectFailed): break

        case (.open, .inputEnded): stage = .inputEnded
        case (.outputEnded, .inputEnded), (.finished, .inputEnded): stage = .ended
        // A peer that sends its end while our queue goes out still wants the queue: the owner hears of it after that.
        case (.finishing, .inputEnded):
            stage = .finishingAfterInput
            return .ignore

        case (.open, .endWriting): stage = .outputEnded
        case (.inputEnded, .endWriting): stage = .ended
        case (.open, .finish): stage = .finishing
        case (.inputEnded, .finish): stage = .finishingAfterInput
        // The peer's end is missing: the owner hears when it comes.
        case (.finishing, .shutDown):
            stage = .finished
            return .ignore
        case (.finishingAfterInput, .shutDown): stage = .ended

        case (.closing, .close), (.closed, .close): return .ignore
        case (_, .close): stage = .closing
        case (.closing, .closed): stage = .closed
        // libuv ends its requests, with ECANCELED, before it ends the handle.
        case (.closing, .connectFailed), (.closing, .connected), (.closing, .shutDown): return .ignore

        case (_, .connect), (_, .accept),  // a stream is opened once
            (_, .connected), (_, .connectFailed),  // only libuv's answer to `connect`, and once
            (_, .inputEnded),  // before the connection stands, a second time, or after the handle was closed
            (_, .endWriting), (_, .finish),  // before the connection stands, or after our end
            (_, .shutDown),  // only libuv's answer to `finish`, and once
            (_, .closed):  // without `close`
            preconditionFailure("TCP stream: \(event) while \(stage)")
        }
        return .act
    }
}
