/// Where a client's connection is in its life.
///
/// A plain machine: past events go in, and `move` lists those that a state does not expect.
package struct ConnectionLife {
    /// A part of the life, in order but for `abandoning`.
    package enum State: Equatable, Sendable {
        /// Until the socket is connected, and the TLS handshake is done.
        case opening
        /// Until the server's SETTINGS, which say how many streams it takes. HTTP/1.1 has no greeting.
        case greeting
        case ready
        /// The connection takes no more requests; those in flight finish.
        case draining(Ending)
        /// An answer has begun under which the connection is to be closed (`ClientOptions.earlyCloseShare`).
        /// The parser that has read it still uses the connection.
        case abandoning
        /// The socket is closing.
        case closing(Ending)
    }

    /// How a connection ends, which decides what the one after it is counted as.
    package enum Ending: Sendable {
        /// By the peer, the network, or the end of the run.
        case lost
        /// By us, although it was still good: another takes its place.
        case renewed
    }

    /// Something that has happened to the connection.
    package enum Event: Sendable {
        case opened
        case greeted
        case drainBegan(Ending)
        case abandoned
        case closed
    }

    /// How far a connection was used.
    package enum Use: Sendable {
        case unused
        /// Requests were handed to it, and none has been answered.
        case asked
        case answered
    }

    package private(set) var state = State.opening

    package init() {}

    package var isReady: Bool { if case .ready = state { true } else { false } }

    /// Established, and not closed yet.
    package var isOpen: Bool {
        switch state {
        case .ready, .draining, .abandoning: true
        case .opening, .greeting, .closing: false
        }
    }

    package var isDraining: Bool { if case .draining = state { true } else { false } }

    package var isClosing: Bool { if case .closing = state { true } else { false } }

    /// How the connection has ended. Until then, lost: it may end at any time.
    package var ending: Ending { if case .closing(let ending) = state { ending } else { .lost } }

    /// The one place that assigns `state`.
    package mutating func move(on event: Event) {
        switch (state, event) {
        case (.opening, .opened): state = .greeting
        case (.greeting, .greeted): state = .ready
        case (.ready, .drainBegan(let ending)): state = .draining(ending)
        // One read may bring the beginnings of several such answers.
        case (.ready, .abandoned), (.draining, .abandoned), (.abandoning, .abandoned): state = .abandoning
        case (.opening, .closed), (.greeting, .closed), (.ready, .closed): state = .closing(.lost)
        case (.draining(let ending), .closed): state = .closing(ending)
        case (.abandoning, .closed): state = .closing(.renewed)

        // A connection opens, and is greeted, once.
        case (.greeting, .opened), (.ready, .opened), (.draining, .opened), (.abandoning, .opened), (.closing, .opened),
            (.opening, .greeted), (.ready, .greeted), (.draining, .greeted), (.abandoning, .greeted), (.closing, .greeted),
            // Only a connection that takes requests can stop taking them.
            (.opening, .drainBegan), (.greeting, .drainBegan), (.draining, .drainBegan), (.abandoning, .drainBegan),
            (.closing, .drainBegan),
            // No answer begins without an established connection.
            (.opening, .abandoned), (.greeting, .abandoned), (.closing, .abandoned),
            // The socket is closed once.
            (.closing, .closed):
            preconditionFailure("a connection that is \(state) cannot be \(event)")
        }
    }
}
