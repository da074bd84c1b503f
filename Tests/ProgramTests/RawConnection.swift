import Foundation
import Glibc

/// A TCP connection that sends exactly what it is told, well-formed or not.
final class RawConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var position = 0

    /// An HTTP/1.1 response.
    struct Response {
        let status: Int
        let head: String
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// - Parameter receiveBuffer: SO_RCVBUF, for a peer that reads slowly.
    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(call: "socket", number: errno) }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        // Whoever waits longer has found a server that hangs.
        var patience = timeval(tv_sec: 15, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            throw SystemError(call: "connect", number: number)
        }
    }

    deinit { close(descriptor) }

    /// - Parameter pieceByteCount: sent in pieces of this size, with a breath between them.
    /// - Throws: when the server has closed; fine where it may.
    func send(_ text: String, pieceByteCount: Int? = nil) throws {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + (pieceByteCount ?? bytes.count))
            let count = bytes[start..<end].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError(call: "send", number: errno) }
            start += count
            if pieceByteCount != nil { usleep(300) }
        }
    }

    /// Says that nothing more will come from us.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next response. nil: the server has closed before it was complete.
    /// - Parameter hasBody: false for the answer to HEAD.
    func receive(hasBody: Bool = true) throws -> Response? {
        guard let head = try receiveHead() else { return nil }
        let status = Int(head.dropFirst(9).prefix(3)) ?? 0
        if !hasBody || status < 200 || status == 204 || status == 304 {
            return Response(status: status, head: head, body: [])
        }
        let lower = head.lowercased()
        if let match = lower.firstMatch(of: /content-length: (\d+)/), let count = Int(match.1) {
            guard let body = try receive(byteCount: count) else { return nil }
            return Response(status: status, head: head, body: body)
        }
        guard lower.contains("transfer-encoding: chunked") else {
            return Response(status: status, head: head, body: try receiveToEnd())
        }
        var body: [UInt8] = []
        while true {
            guard let line = try receiveLine(), let count = Int(line, radix: 16),
                let chunk = try receive(byteCount: count), try receiveLine() == ""
            else { return nil }
            if count == 0 { return Response(status: status, head: head, body: body) }
            body += chunk
        }
    }

    /// All bytes until the server closes.
    func receiveToEnd() throws -> [UInt8] {
        while try receiveMore() {}
        defer { position = received.count }
        return Array(received[position...])
    }

    /// Whether the server closes now, without another byte.
    func isClosed() throws -> Bool {
        if position < received.count { return false }
        return try !receiveMore()
    }

    private func receiveHead() throws -> String? {
        var head = ""
        while let line = try receiveLine() {
            if line.isEmpty { return head }
            head += line + "\r\n"
        }
        return nil
    }

    private func receiveLine() throws -> String? {
        var index = position
        while true {
            while index < received.count {
                if received[index] == 10 {
                    defer { position = index + 1 }
                    return String(decoding: received[position..<max(position, index - 1)], as: UTF8.self)
                }
                index += 1
            }
            guard try receiveMore() else { return nil }
        }
    }

    private func receive(byteCount: Int) throws -> [UInt8]? {
        while received.count - position < byteCount {
            guard try receiveMore() else { return nil }
        }
        defer { position += byteCount }
        return Array(received[position..<(position + byteCount)])
    }

    /// false: the server has closed. A reset is the same to us.
    private func receiveMore() throws -> Bool {
        let room = 65_536
        let start = received.count
        received.append(contentsOf: repeatElement(0, count: room))
        let count = received[start...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, room, 0) }
        received.removeLast(room - max(0, count))
        if count > 0 { return true }
        if count == 0 || errno == ECONNRESET { return false }
        throw SystemError(call: "recv", number: errno)
    }
}

/// The bytes that `Server/Routes/README.md` promises, written from that page alone.
func patternBytes(_ count: Int, seed: UInt64 = 0) -> [UInt8] {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    var z = seed &+ step
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    var x = z ^ (z >> 31)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        var offset = 0
        while offset < count {
            var word = x ^ (x >> 32)
            x &+= step
            for index in offset..<min(offset + 8, count) {
                buffer[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
            }
            offset += 8
        }
        initializedCount = count
    }
}
