internal import Files
internal import Glibc
internal import HTTP1
internal import Loop
internal import Measurements
internal import Workload

/// A connection that waits: for one request on a thread that has nothing else to do.
///
/// Each wait ends at the deadline. Owns the socket.
struct MetricsConnection: ~Copyable {
    private let descriptor: Int32
    private let deadline: SuspendingClock.Instant

    /// Connects to the first address of the URL's name that answers. Errors: why none does.
    init(_ url: TargetURL, until deadline: SuspendingClock.Instant) throws(MetricsRequest.Failure) {
        self.deadline = deadline
        let addresses: [SocketAddress]
        do throws(ResolutionError) { addresses = try SocketAddress.resolveAll(host: url.host, port: url.port) } catch { throw .init(words: error.description) }
        var problem = SystemError(number: ECONNREFUSED)
        for address in addresses {
            do throws(SystemError) {
                descriptor = try MetricsConnection.connect(to: address, until: deadline)
                return
            } catch { problem = error }
        }
        throw .init(words: problem.description)
    }

    deinit { close(descriptor) }

    private static func connect(to address: SocketAddress, until deadline: SuspendingClock.Instant) throws(SystemError) -> Int32 {
        let descriptor = address.makeSocket(flags: Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
        guard descriptor >= 0 else { throw .last }
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        if address.connect(socket: descriptor) != 0 {
            problem = errno
            if problem == EINPROGRESS {
                problem = ETIMEDOUT
                if wait(descriptor, POLLOUT, until: deadline) { _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size) }
            }
        }
        guard problem == 0 else {
            close(descriptor)
            throw SystemError(number: problem)
        }
        return descriptor
    }

    /// false when the time is over.
    private static func wait(_ descriptor: Int32, _ events: Int32, until deadline: SuspendingClock.Instant) -> Bool {
        let left = deadline - SuspendingClock().now
        guard left > .zero else { return false }
        var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return unsafe poll(&polled, 1, Int32(clamping: Int((left.inSeconds * 1_000).rounded(.up)))) == 1
    }

    /// Sends a request, which is much smaller than a socket's buffer.
    borrowing func send(_ text: String) throws(MetricsRequest.Failure) {
        var text = text
        let count = text.withUTF8 { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count == text.utf8.count else { throw .init(words: "the request cannot be sent: \(SystemError.last)") }
    }

    /// The next bytes; empty at the end.
    borrowing func receive() throws(MetricsRequest.Failure) -> [UInt8] {
        guard MetricsConnection.wait(descriptor, POLLIN, until: deadline) else {
            throw .init(words: "no whole answer within \(Figure.time(nanoseconds: MetricsRequest.timeLimit.nanoseconds))")
        }
        return try unsafe withUnsafeTemporaryAllocation(byteCount: InputFile.readByteLimit, alignment: 1) { (room) throws(MetricsRequest.Failure) in
            let count = unsafe recv(descriptor, room.baseAddress, room.count, 0)
            guard count >= 0 else { throw .init(words: SystemError.last.description) }
            return unsafe Array(room[..<count])
        }
    }
}

/// Takes the answer to the request apart, and keeps the body.
final class MetricsReader: ResponseHandler {
    private(set) var page: [UInt8] = []
    private let parser = ResponseParser()
    private var status = 0
    private var isWhole = false

    /// Bytes of a page: Envoy's with a thousand clusters has a few MiB.
    private static let pageByteLimit = 16 << 20

    /// Takes the next bytes of the answer; none at the end of the connection.
    ///
    /// - Returns: false once the answer is whole. Errors: it will not be a page.
    func take(_ bytes: [UInt8]) throws(MetricsRequest.Failure) -> Bool {
        do {
            if bytes.isEmpty {
                try parser.parseEnd(for: self)
            } else {
                try unsafe bytes.withUnsafeBytes { try unsafe parser.parse($0, for: self) }
            }
        } catch { throw .init(words: "the answer is not HTTP/1.1") }
        guard page.count <= MetricsReader.pageByteLimit else { throw .init(words: "the page has more than \(MetricsReader.pageByteLimit >> 20) MiB") }
        guard isWhole else {
            if bytes.isEmpty { throw .init(words: "the connection was closed without an answer") }
            return true
        }
        guard status == 200 else { throw .init(words: "the answer has status \(status), not 200") }
        return false
    }

    func responseWillBegin() -> ResponseParser.Request? { isWhole ? nil : .other }
    func responseDidReceiveStatus(_ status: Int) { self.status = status }
    func responseDidReceiveField(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {}
    func responseDidReceiveBody(_ bytes: UnsafeRawBufferPointer) { unsafe page.append(contentsOf: bytes) }
    func responseDidEnd(keepsAlive: Bool) { isWhole = true }
}
