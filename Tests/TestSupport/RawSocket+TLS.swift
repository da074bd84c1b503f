import Memory
package import TLS

/// TLS on a raw socket. Once there is an endpoint, `send` seals and `receive` opens, and each read also
/// sends what TLS itself has to answer.
extension RawSocket {
    /// Speaks TLS from now on. The handshake is done by the first bytes that are sent or read, or by `shakeHands`.
    package func speak(_ endpoint: TLSEndpoint) { self.endpoint = endpoint }

    /// - Throws: when the peer closes within the handshake, or it fails.
    package func shakeHands() throws {
        guard let endpoint else { return }
        try sendOutput()
        while endpoint.state == .handshaking {
            guard try receiveMore() else { throw HandshakeCutOff() }
        }
    }

    package struct HandshakeCutOff: Error {}

    /// Tells the other side that nothing more will come from us, as TLS has it.
    package func sendCloseNotify() throws {
        endpoint?.close()
        try sendOutput()
    }

    /// Sends the bytes that TLS itself has for the peer.
    package func sendOutput() throws {
        if let endpoint { try sendRaw(endpoint.output()) }
    }

    /// The bytes for the wire that carry these, after the handshake; these themselves in the clear.
    func sealed(_ plaintext: [UInt8]) throws -> [UInt8] {
        guard let endpoint else { return plaintext }
        try shakeHands()
        plaintext.withUnsafeBytes { endpoint.write($0) }
        return endpoint.output()
    }

    /// Appends the plaintext that these bytes from the wire carry; these themselves in the clear.
    func open(_ bytes: UnsafeRawBufferPointer, into plaintext: inout [UInt8]) throws {
        guard let endpoint else { return plaintext.append(contentsOf: bytes) }
        // An answer or an alert goes out either way. It cannot where the peer has left, and the next read says so.
        defer { try? sendOutput() }
        try endpoint.receive(bytes) { plaintext += $0 }
    }
}

extension TLSEndpoint {
    /// All bytes that are to be sent, copied.
    package func output() -> [UInt8] {
        var all: [UInt8] = []
        takeOutput { bytes, lease in
            all += bytes.buffer
            _ = consume lease
        }
        return all
    }
}
