import Dispatch
import Load
import Loop
import Measurements
import Memory
import Server
import Synchronization
import Testing
import TestSupport

/// A server on a loop and thread of its own, inside the test.
///
/// `EventLoop.deinit` insists on no open handle and `ArenaPool.deinit` on no arena in use, so
/// a server that leaks ends the tests; `stop` looks at the counts besides.
final class TestServer {
    let port: Int
    /// The port for TLS, if the configuration has TLS.
    let securePort: Int?
    private let mailbox = Mailbox<Command>()
    private let thread: LoopThread
    private let last: Latest<ServerSample>
    private var hasStopped = false

    private enum Command: Sendable {
        case sample(Answer)
        case drain(nanoseconds: UInt64)
        case change(RunChange)
    }

    /// A sample on its way from the loop's thread.
    private final class Answer: Sendable {
        let value = Mutex<ServerSample?>(nil)
        let ready = DispatchSemaphore(value: 0)
    }

    init(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws {
        var configuration = ServerConfiguration()
        configure(&configuration)
        let socket = try Listener.Socket(
            binding: SocketAddress(host: "127.0.0.1", port: 0)!)
        port = socket.address.port
        let secureSocket = try configuration.tls.map { _ in
            try Listener.Socket(binding: SocketAddress(host: "127.0.0.1", port: 0)!)
        }
        securePort = secureSocket?.address.port
        let mailbox = mailbox
        let last = Latest<ServerSample> { _, newer in newer }
        self.last = last
        thread = try LoopThread(name: "server") { [configuration] in
            do {
                let loop = try EventLoop(isAudited: true)
                let server = try HTTPServer(
                    loop: loop, socket: socket, secureSocket: secureSocket, number: 0, configuration: configuration
                ) {
                    mailbox.close()
                }
                try mailbox.open(on: loop) { command in
                    switch command {
                    case .sample(let answer):
                        answer.value.withLock { $0 = server.sample() }
                        answer.ready.signal()
                    case .change(let change): server.apply(change)
                    case .drain(let nanoseconds): server.drain(withinNanoseconds: nanoseconds)
                    }
                }
                loop.run()
                last.publish(server.sample())
            } catch {
                Issue.record(error)
            }
        }
        // A connection before the server listens would be refused.
        _ = try sample()
    }

    func connect(receiveBuffer: Int32? = nil) throws -> RawSocket {
        try RawSocket(port: port, receiveBuffer: receiveBuffer)
    }

    /// The server's sample as of now, with all input so far.
    func sample() throws -> ServerSample {
        let answer = Answer()
        mailbox.post(.sample(answer))
        try #require(answer.ready.wait(timeout: .now() + 20) == .success, "the loop hangs")
        return try #require(answer.value.withLock { $0 })
    }

    /// Waits until the server's sample is as a test wants it, and returns it.
    @discardableResult
    func wait(
        _ sentence: Comment, seconds: Double = 10, sourceLocation: SourceLocation = #_sourceLocation,
        until condition: (ServerSample) -> Bool
    ) throws -> ServerSample {
        var now = try sample()
        let isSo = try holds(within: seconds) {
            now = try sample()
            return condition(now)
        }
        #expect(isSo, sentence, sourceLocation: sourceLocation)
        return now
    }

    func apply(_ change: RunChange) { mailbox.post(.change(change)) }

    func startDrain(milliseconds: UInt64) { mailbox.post(.drain(nanoseconds: milliseconds * 1_000_000)) }

    private func finish(drainMilliseconds: UInt64) {
        hasStopped = true
        startDrain(milliseconds: drainMilliseconds)
        thread.join()
    }

    /// A test that throws has not stopped it: that test fails, and the others go on.
    deinit { if !hasStopped { finish(drainMilliseconds: 0) } }

    /// Drains, waits for the end, and checks that all memory and every connection has come back.
    @discardableResult
    func stop(drainMilliseconds: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation) throws -> ServerSample {
        finish(drainMilliseconds: drainMilliseconds)
        let end = try #require(last.take())
        #expect(end.arena.inUse == 0, "arenas in use", sourceLocation: sourceLocation)
        #expect(end.arena.leases == 0, "leases out", sourceLocation: sourceLocation)
        #expect(end.arena.retired == 0, "arenas retired", sourceLocation: sourceLocation)
        #expect(end.requests.active == 0, "exchanges open", sourceLocation: sourceLocation)
        #expect(end.connectionCounts.open == 0, "connections open", sourceLocation: sourceLocation)
        #expect(end.connectionCounts.openHTTP1 == 0 && end.connectionCounts.openHTTP2 == 0, sourceLocation: sourceLocation)
        #expect(end.connectionCounts.openTLS == 0, sourceLocation: sourceLocation)
        #expect(end.connectionCounts.paused == 0, "connections paused", sourceLocation: sourceLocation)
        #expect(end.audit.loops == 1 && end.audit.violations == 0, "\(end.audit)", sourceLocation: sourceLocation)
        #expect(end.pendingWrites.isEmpty, sourceLocation: sourceLocation)
        #expect(end.connectionCounts.accepted == end.connectionCounts.closed, sourceLocation: sourceLocation)
        return end
    }
}

extension HTTP2Client {
    convenience init(
        _ server: TestServer, settings: [(UInt16, UInt32)] = [], acknowledges: Bool = true, receiveBuffer: Int32? = nil
    ) throws {
        try self.init(server.connect(receiveBuffer: receiveBuffer), settings: settings, acknowledges: acknowledges)
    }
}

/// Runs a test against a server of its own, which has to be as empty in the end as it was before.
@discardableResult
func withServer(
    _ configure: (inout ServerConfiguration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (TestServer) throws -> Void
) throws -> ServerSample {
    let server = try TestServer(configure)
    do {
        try body(server)
    } catch {
        try server.stop(sourceLocation: sourceLocation)
        throw error
    }
    return try server.stop(sourceLocation: sourceLocation)
}

extension UInt64 {
    static func milliseconds(_ count: UInt64) -> UInt64 { count * 1_000_000 }
}
