package import Loop
internal import Memory
package import TLS

/// A TLS connection on a TCP stream: what the endpoint has to say goes to the socket, under the
/// leases that it comes with.
///
/// The stream's owner reads and closes; it hands what it read to `receive`, and its plaintext to
/// `flush` or `write`. Nothing of its own but its references: a class, since three of them in a value
/// would be counted at every call.
package final class TLSStream {
    package let endpoint: TLSEndpoint
    private let stream: TCPStream
    private let batch: WriteBatch

    package init(_ endpoint: TLSEndpoint, on stream: TCPStream) {
        self.endpoint = endpoint
        self.stream = stream
        batch = stream.loop.batch
    }

    /// Takes what the socket read, hands on what the peer meant, and sends what there is to answer:
    /// the handshake, tickets, the alert when it throws. `deliver` may flush, finish and close.
    package func receive(
        _ ciphertext: UnsafeRawBufferPointer, _ deliver: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        defer { flush() }
        try unsafe endpoint.receive(ciphertext, deliver)
    }

    /// Seals what is in the loop's batch, empties it, and sends. The leases end here: nothing of
    /// the plaintext is kept, and what the socket does not take is ciphertext under its own leases.
    package func flush(_ plaintext: WriteBatch) {
        guard endpoint.state == .open else { return plaintext.removeAll() }
        unsafe plaintext.forEachBuffer { unsafe endpoint.write($0) }
        plaintext.removeAll()
        flush()
    }

    /// Takes plaintext that goes out with the next `flush`. Nothing of it is kept.
    package func write(_ plaintext: UnsafeRawBufferPointer) {
        if endpoint.state == .open { unsafe endpoint.write(plaintext) }
    }

    /// Sends what the endpoint has. The loop's batch is empty before and after.
    package func flush() {
        guard endpoint.hasOutput else { return }
        endpoint.takeOutput { bytes, lease in
            if !batch.hasRoom() { stream.flush(batch) }
            batch.append(bytes)
            batch.append(lease)
        }
        stream.flush(batch)
    }

    /// Says that nothing more will come (close_notify); the stream's `finish` or `close` comes after.
    package func close() {
        endpoint.close()
        flush()
    }
}
