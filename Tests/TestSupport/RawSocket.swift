import Glibc
package import TLS

/// A failed system call of a test's own: the call and errno.
package struct SystemError: Error, CustomStringConvertible {
    package let call: String
    package let number: Int32

    package init(call: String, number: Int32) {
        self.call = call
        self.number = number
    }

    package var description: String { "\(call): \(String(cString: strerror(number)))" }
}

/// A blocking TCP socket that sends exactly the bytes it is given, well-formed or not, and counts both ways.
///
/// It is the peer of every suite: it connects (`init(port:)`) or was accepted (`RawListener`). What it can say
/// lies in its extensions: HTTP/1.1, frames of HTTP/2, TLS.
package final class RawSocket {
    package private(set) var descriptor: Int32
    /// Where `recv` writes: growing an array by hand for each call takes longer than the call.
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// Bytes on the wire: over TLS those of its records.
    package private(set) var sentBytes: UInt64 = 0
    package private(set) var receivedBytes: UInt64 = 0
    /// Received and not yet looked at.
    private var buffer: [UInt8] = []
    private var position = 0

    /// Our end of TLS; nil in the clear. See `RawSocket+TLS`.
    package internal(set) var endpoint: TLSEndpoint?

    /// Connects to a port of this machine.
    /// - Parameter receiveBuffer: SO_RCVBUF, for a peer that reads slowly.
    package convenience init(port: Int, receiveBuffer: Int32? = nil) throws {
        self.init(adopting: socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        guard descriptor >= 0 else { throw SystemError(call: "socket", number: errno) }
        if let receiveBuffer { set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        var address = sockaddr_in.loopback(port: port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError(call: "connect", number: errno) }
    }

    /// - Parameter descriptor: a socket, which is this object's from now on.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        setPatience(milliseconds: 20_000)
    }

    deinit {
        close()
        scratch.deallocate()
    }

    private func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// How long a call may wait for the other side; 20 s at first. A call that waits longer throws EAGAIN.
    package func setPatience(milliseconds: Int) {
        var patience = timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    package func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Ends with RST instead of FIN.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    /// Tells the other side that nothing more will come from us.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: Sending

    /// - Parameter pieceByteCount: sent in pieces of this size, each a packet of its own.
    package func send(_ plaintext: [UInt8], pieceByteCount: Int? = nil) throws {
        try sendRaw(sealed(plaintext), pieceByteCount: pieceByteCount)
    }

    package func send(_ text: String, pieceByteCount: Int? = nil) throws {
        try send(Array(text.utf8), pieceByteCount: pieceByteCount)
    }

    /// Sends these bytes, also where TLS is spoken.
    package func sendRaw(_ bytes: [UInt8], pieceByteCount: Int? = nil) throws {
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + (pieceByteCount ?? bytes.count))
            let count = bytes[start..<end].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError(call: "send", number: errno) }
            start += count
            sentBytes += UInt64(count)
        }
    }

    /// Sends as many bytes as go without waiting. - Returns: their number.
    package func sendNow(_ bytes: [UInt8]) -> Int {
        let count = max(0, bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        })
        sentBytes += UInt64(count)
        return count
    }

    // MARK: Receiving

    /// Exactly that many bytes. nil: the peer closed before.
    package func receive(byteCount: Int) throws -> [UInt8]? {
        while buffer.count - position < byteCount {
            guard try receiveMore() else { return nil }
        }
        defer { position += byteCount }
        return Array(buffer[position..<position + byteCount])
    }

    /// A line without its end. nil: the peer closed before.
    package func receiveLine() throws -> String? {
        var index = position
        while true {
            while index < buffer.count {
                if buffer[index] == 10 {
                    defer { position = index + 1 }
                    return String(decoding: buffer[position..<max(position, index - 1)], as: UTF8.self)
                }
                index += 1
            }
            let offset = index - position
            guard try receiveMore() else { return nil }
            index = position + offset
        }
    }

    /// All bytes until the peer closes; over TLS until its close_notify, if there is one.
    package func receiveToEnd() throws -> [UInt8] {
        while try endpoint?.peerHasClosed != true && receiveMore() {}
        defer { position = buffer.count }
        return Array(buffer[position...])
    }

    /// Whether the peer closes now, without another byte.
    package func isClosed() throws -> Bool {
        // Over TLS a record need not carry a byte of plaintext.
        while position == buffer.count {
            if try !receiveMore() { return true }
        }
        return false
    }

    /// Whether nothing comes for that long.
    package func isSilent(milliseconds: Int32) -> Bool { position == buffer.count && !isReadable(withinMilliseconds: milliseconds) }

    /// Waits until there is something to read, or the peer has closed.
    package func isReadable(withinMilliseconds milliseconds: Int32 = 10_000) -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) > 0
    }

    /// Whether the other side's system has heard that nothing more will come from us.
    package var endHasArrived: Bool {
        var info = [UInt8](repeating: 0, count: 256)
        var count = socklen_t(info.count)
        // struct tcp_info begins with the state, and TCP_FIN_WAIT2 is 5.
        return getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &count) == 0 && info[0] == 5
    }

    /// Reads a little into the buffer. false: the peer has closed. A reset is the same to us.
    package func receiveMore(byteCount: Int = 65_536) throws -> Bool {
        if position > 1 << 20 || position == buffer.count {
            buffer.removeFirst(position)
            position = 0
        }
        let count = recv(descriptor, scratch.baseAddress, min(byteCount, scratch.count), 0)
        let number = errno
        receivedBytes += UInt64(max(0, count))
        if count > 0 {
            try open(UnsafeRawBufferPointer(rebasing: scratch[..<count]), into: &buffer)
            return true
        }
        if count == 0 || number == ECONNRESET { return false }
        throw SystemError(call: "recv", number: number)
    }
}

extension sockaddr_in {
    static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
