/// What a client says first (RFC 9113, 3.4).
package let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

/// An HTTP/2 client made of frames, which does nothing by itself but acknowledge settings.
package final class HTTP2Client {
    package let socket: RawSocket
    /// Grants back what bodies took, connection and stream.
    package var grants = true
    private var acknowledges: Bool

    /// - Parameter settings: beside a header table of no size, so that we can read what comes.
    package init(_ socket: RawSocket, settings: [(UInt16, UInt32)] = [], acknowledges: Bool = true) throws {
        self.socket = socket
        self.acknowledges = acknowledges
        try socket.send(preface + Frame.settings([(1, 0)] + settings).bytes)
    }

    package func send(_ frame: Frame) throws { try socket.send(frame) }

    /// The next frame, settings apart. nil: the server has closed.
    package func frame() throws -> Frame? {
        while let frame = try socket.frame() {
            guard frame.kind == .settings else { return frame }
            if frame.flags & Frame.ack == 0 && acknowledges { try send(Frame(kind: .settings, flags: Frame.ack)) }
        }
        return nil
    }

    /// Reads until all `streams` have ended: their statuses and bodies, or the code they were reset with.
    package func responses(_ streams: [UInt32]) throws -> [UInt32: Outcome] {
        var open = Set(streams)
        var outcomes: [UInt32: Outcome] = [:]
        while !open.isEmpty {
            guard let frame = try frame() else { throw ClosedEarly(streams: open) }
            var outcome = outcomes[frame.stream] ?? Outcome()
            switch frame.kind {
            case .headers: outcome.status = frame.status
            case .data:
                outcome.body += frame.payload
                if grants && !frame.payload.isEmpty {
                    try socket.send(Frame.windowUpdate(0, frame.payload.count).bytes
                        + (frame.endsStream ? [] : Frame.windowUpdate(frame.stream, frame.payload.count).bytes))
                }
            case .resetStream: outcome.resetCode = frame.number()
            default: continue
            }
            outcomes[frame.stream] = outcome
            if frame.kind == .resetStream || frame.endsStream { open.remove(frame.stream) }
        }
        return outcomes
    }

    package func get(_ stream: UInt32, _ path: String) throws -> Outcome {
        try socket.send(Frame.request(stream, path))
        return try responses([stream])[stream] ?? Outcome()
    }

    package struct Outcome {
        package var status: Int?
        package var body: [UInt8] = []
        package var resetCode: UInt32?

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// The server closed while these streams were open.
    package struct ClosedEarly: Error { let streams: Set<UInt32> }

    /// The code of the GOAWAY that must come, and after it the end.
    package func goawayCode() throws -> UInt32? {
        var code: UInt32?
        while let frame = try frame() { if frame.kind == .goaway { code = frame.number(at: 4) } }
        return code
    }
}
