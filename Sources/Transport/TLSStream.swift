package import Loop
internal import Memory
package import TLS

/// A TLS connection on a TCP stream: the endpoint's output goes to the socket, under the leases that it
/// comes with.
///
/// The stream's owner reads and closes; it hands its input to `receive`, and its plaintext to `flush` or
/// `write`. Holds nothing but references: a class, since three references in a value would be counted at
/// every call.
package final class TLSStream {
    package let endpoint: TLSEndpoint
    private let stream: TCPStream
    private let batch: WriteBatch

    package init(_ endpoint: TLSEndpoint, on stream: TCPStream) {
        self.endpoint = endpoint
        self.stream = stream
        batch = stream.loop.batch
    }

    /// Takes ciphertext from the socket, hands on the plaintext, and sends TLS's own answers: the handshake,
    /// tickets, the alert when it throws. `deliver` may flush, finish and close.
    package func receive(
        _ ciphertext: UnsafeRawBufferPointer, _ deliver: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        defer { flush() }
        try unsafe endpoint.receive(ciphertext, deliver)
    }

    /// Seals the bytes of the loop's batch, empties it, and sends. The leases end here: nothing of the
    /// plaintext is kept, and bytes that the socket does not take are ciphertext under leases of its own.
    package func flush(_ plaintext: WriteBatch) {
        guard endpoint.state == .open else { return plaintext.removeAll() }
        unsafe plaintext.forEachBuffer { unsafe endpoint.write($0) }
        plaintext.removeAll()
        flush()
    }

    /// Takes plaintext that goes out with the next `flush`. None of the bytes are kept.
    package func write(_ plaintext: UnsafeRawBufferPointer) {
        if endpoint.state == .open { unsafe endpoint.write(plaintext) }
    }

    /// Sends the endpoint's output. The loop's batch is empty before and after.
    package func flush() {
        guard endpoint.hasOutput else { return }
        endpoint.takeOutput { bytes, lease in
            if !batch.hasRoom() { stream.flush(batch) }
            batch.append(bytes)
            batch.append(lease)
        }
        stream.flush(batch)
    }

    /// Sends close_notify, after which nothing more comes; the stream's `finish` or `close` follows.
    package func close() {
        endpoint.close()
        flush()
    }
}
