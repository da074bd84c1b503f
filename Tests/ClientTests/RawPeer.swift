import Foundation
import Glibc
import Memory
import TLS

/// An HTTP/2 server of raw frames on a plain socket, which does what its script says.
final class RawPeer: @unchecked Sendable {
    let port: Int
    private let listener: Int32
    private let lock = NSLock()
    private var count = 0

    /// - Parameters:
    ///   - tls: over TLS; nil: in the clear.
    ///   - serve: called for each connection on a thread of its own, with its number from 0; the
    ///     connection is closed when it returns, without close_notify.
    init(tls: ServerTLSConfiguration? = nil, _ serve: @escaping @Sendable (PeerConnection, Int) -> Void) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        port = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0)
                getsockname(descriptor, $0, &size)
            }
            return Int(UInt16(bigEndian: $0.pointee.sin_port))
        }
        Thread.detachNewThread { [self] in
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { return }
                let number = lock.withLock { () -> Int in
                    defer { count += 1 }
                    return count
                }
                Thread.detachNewThread {
                    let connection = PeerConnection(accepted, tls)
                    serve(connection, number)
                }
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

/// A connection that a client has made to the peer.
final class PeerConnection {
    struct Frame {
        var type: UInt8
        var flags: UInt8
        var stream: Int
        var payload: [UInt8]
    }

    static let data: UInt8 = 0, headers: UInt8 = 1, reset: UInt8 = 3, settings: UInt8 = 4, goaway: UInt8 = 7
    static let windowUpdate: UInt8 = 8, continuation: UInt8 = 9
    static let endStream: UInt8 = 1, endHeaders: UInt8 = 4

    private let descriptor: Int32

    /// Our end of TLS, and the plaintext that was not looked at yet.
    private let endpoint: TLSEndpoint?
    private var plaintext: [UInt8] = []

    init(_ descriptor: Int32, _ tls: ServerTLSConfiguration? = nil) {
        self.descriptor = descriptor
        endpoint = tls.flatMap { tls in
            (try? TLSContext(tls, pool: ArenaPool())).flatMap { try? TLSEndpoint(server: $0) }
        }
    }

    deinit { close(descriptor) }

    /// How long a read waits for the client.
    func setPatience(milliseconds: Int) {
        var patience = timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Says that nothing more will come from us.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func read(_ count: Int) -> [UInt8]? {
        guard let endpoint else { return readRaw(count) }
        while plaintext.count < count {
            guard readSealed(endpoint) else { return nil }
        }
        defer { plaintext.removeFirst(count) }
        return Array(plaintext[..<count])
    }

    /// Reads the next bytes, and answers for the handshake. - Returns: whether it goes on.
    private func readSealed(_ endpoint: TLSEndpoint) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let got = recv(descriptor, &bytes, bytes.count, 0)
        if got <= 0 { return false }
        let isGood = bytes.withUnsafeBytes { buffer in
            (try? endpoint.receive(UnsafeRawBufferPointer(rebasing: buffer[..<got])) { plaintext += $0 }) != nil
        }
        flush(endpoint)
        return isGood && !endpoint.peerHasClosed
    }

    private func flush(_ endpoint: TLSEndpoint) {
        endpoint.takeOutput { bytes, lease in
            rawRaw(Array(bytes.buffer))
            _ = consume lease
        }
    }

    /// Says that nothing more will come from us, as one should.
    func closeNotify() {
        guard let endpoint else { return }
        endpoint.close()
        flush(endpoint)
    }

    private func readRaw(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + filled, count - filled, 0) }
            if got <= 0 { return nil }
            filled += got
        }
        return bytes
    }

    /// The client's next frame; nil when it has closed.
    func frame() -> Frame? {
        guard let head = read(9) else { return nil }
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = head[5...8].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        guard let payload = length == 0 ? [] : read(length) else { return nil }
        return Frame(type: head[3], flags: head[4], stream: stream, payload: payload)
    }

    /// The stream of the client's next request; nil when it has closed.
    func request() -> Int? {
        while let frame = frame() { if frame.type == PeerConnection.headers { return frame.stream } }
        return nil
    }

    func send(_ type: UInt8, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) {
        raw(PeerConnection.number(payload.count, bytes: 3) + [type, flags] + PeerConnection.number(stream, bytes: 4) + payload)
    }

    func raw(_ bytes: [UInt8]) {
        guard let endpoint else { return rawRaw(bytes) }
        while endpoint.state == .handshaking { if !readSealed(endpoint) { return } }
        guard endpoint.state == .open else { return }
        bytes.withUnsafeBytes { endpoint.write($0) }
        flush(endpoint)
    }

    private func rawRaw(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    static func number(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Reads the client's preface and sends our SETTINGS.
    func greet(_ settings: [(Int, Int)] = []) {
        _ = read(24)
        send(PeerConnection.settings, settings.flatMap { PeerConnection.number($0.0, bytes: 2) + PeerConnection.number($0.1, bytes: 4) })
    }

    /// ":status: 200" and the end.
    func answer(_ stream: Int) {
        send(PeerConnection.headers, flags: PeerConnection.endHeaders | PeerConnection.endStream, stream: stream, [0x88])
    }

    /// Answers whatever comes until the client closes.
    func answerAll() { while let stream = request() { answer(stream) } }

    func waitForEnd() { while frame() != nil {} }
}
