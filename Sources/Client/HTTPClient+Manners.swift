internal import Loop
internal import Memory

// Reading slowly, leaving early, saying the end before the answer: each legal, each a test for a server.
extension HTTPClient {
    /// Leaves what comes next with the kernel for a while.
    func restAfterRead() {
        guard let readTimer, let pause = manners.readPauseNanoseconds else { return }
        stream?.stopReading()
        readTimer.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + pause)
    }

    /// The rest is over.
    func readOn() {
        switch state {
        case .securing, .greeting, .ready, .draining: stream?.startReading()
        case .waiting, .connecting, .closing, .ended: break
        }
    }

    /// The first part of an answer's body has come whose connection is to be closed then.
    /// Not from within the parser, which is not done with the connection.
    func noteEarlyClose() { wantsEarlyClose = true }

    /// - Returns: whether the connection has ended.
    func closeEarlyIfWanted() -> Bool {
        guard wantsEarlyClose else { return false }
        // The peer has begun to answer: no reason to be careful with the next connection.
        wasAnswered = true
        isRenewing = true
        drop(.abandoned)
        return true
    }

    /// All requests of the connection are with the socket: says its end behind them.
    func halfCloseIfWanted(_ pipeline: Pipeline, on stream: TCPStream) {
        guard manners.halfCloses, hasAsked, pipeline.isEmpty, state == .ready else { return }
        stream.endWriting()
        pipeline.takesRequests = false
        isRenewing = true
        drain()
    }
}
