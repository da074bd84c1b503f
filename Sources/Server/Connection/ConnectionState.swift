/// How far a connection of the server has come.
///
/// A plain machine: events go in, and the stage that the connection leaves comes out, so that the caller can end
/// what belonged to that stage. `move` is the only function that assigns, and traps on an impossible event.
package struct ConnectionState {
    /// The stages of a connection's life.
    package enum Stage: Equatable, Sendable {
        /// Over TLS: the handshake is not done.
        case securing
        /// In the clear: nothing has come yet, or only the first letters of HTTP/2's preface.
        case sniffing
        /// A protocol side serves the peer.
        case serving
        /// The same, and nothing is read, since the peer does not take its answers.
        case paused
        /// Our last byte is queued; the peer's are dropped until it closes too.
        case finishing
        case closed
    }
    package private(set) var stage: Stage

    /// The events in a connection's life.
    package enum Event: Sendable {
        /// The first bytes or ALPN have told which protocol it is.
        case protocolChosen
        /// More waits for the peer than a connection may have waiting.
        case outputStuck
        /// The peer has taken enough of it.
        case outputDrained
        case finish
        case close
    }

    package init(isSecure: Bool) { stage = isSecure ? .securing : .sniffing }

    /// The only function that assigns.
    /// - Returns: the stage that the connection leaves; nil where the event changes nothing.
    package mutating func move(_ event: Event) -> Stage? {
        let last = stage
        switch (stage, event) {
        case (.securing, .protocolChosen), (.sniffing, .protocolChosen): stage = .serving
        case (.serving, .outputStuck): stage = .paused
        case (.paused, .outputDrained): stage = .serving
        case (.securing, .finish), (.sniffing, .finish), (.serving, .finish), (.paused, .finish): stage = .finishing
        case (.securing, .close), (.sniffing, .close), (.serving, .close), (.paused, .close), (.finishing, .close):
            stage = .closed

        // The end of a connection has many causes, and the first counts.
        case (.finishing, .finish), (.closed, .finish), (.closed, .close): return nil

        case (.serving, .protocolChosen), (.paused, .protocolChosen), (.finishing, .protocolChosen),
            (.closed, .protocolChosen),  // a protocol is chosen once, while there is a connection
            (.securing, .outputStuck), (.sniffing, .outputStuck), (.finishing, .outputStuck),
            (.closed, .outputStuck),  // only a side sends so much, and only while it serves
            (.paused, .outputStuck),  // a paused connection is not paused again
            (.securing, .outputDrained), (.sniffing, .outputDrained), (.serving, .outputDrained),
            (.finishing, .outputDrained), (.closed, .outputDrained):  // nothing was stuck
            preconditionFailure("connection: \(event) while \(stage)")
        }
        return last
    }
}
