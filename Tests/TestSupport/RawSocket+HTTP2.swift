/// HTTP/2 on a raw socket, frame by frame: both sides' framing, and the server's side of a script.
extension RawSocket {
    /// The next frame. nil: the peer has closed.
    package func frame() throws -> Frame? {
        guard let header = try receive(byteCount: 9) else { return nil }
        let count = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
        guard let payload = try receive(byteCount: count) else { return nil }
        guard let kind = Frame.Kind(rawValue: header[3]) else { throw Frame.UnknownKind(number: header[3]) }
        let stream: UInt32 = header[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return Frame(kind: kind, flags: header[4], stream: stream, payload: payload)
    }

    package func send(_ frame: Frame) throws { try send(frame.bytes) }

    // MARK: A server's side

    /// Reads the client's preface and sends our SETTINGS.
    package func greet(_ settings: [(UInt16, UInt32)] = []) throws {
        _ = try receive(byteCount: preface.count)
        try send(Frame.settings(settings))
    }

    /// The stream of the client's next request. nil: it has closed.
    package func nextRequest() throws -> UInt32? {
        while let frame = try frame() { if frame.kind == .headers { return frame.stream } }
        return nil
    }

    /// Sends the head of an answer.
    /// - Parameters:
    ///   - head: in HPACK; ":status: 200" by itself.
    ///   - ends: with the end of the stream.
    package func answer(_ stream: UInt32, head: [UInt8] = [0x88], ends: Bool = true) throws {
        try send(Frame(kind: .headers, flags: Frame.endHeaders | (ends ? Frame.endStream : 0), stream: stream, payload: head))
    }

    /// Answers every request until the client closes.
    package func answerAll() throws { while let stream = try nextRequest() { try answer(stream) } }

    /// Reads until the client closes, and answers nothing.
    package func waitForEnd() throws { while try receiveMore() {} }
}
