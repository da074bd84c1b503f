import Foundation
import Glibc
import Memory
package import TLS

/// A listener on a loopback port that the system chooses.
package final class RawListener: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(call: "socket", number: errno) }
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard result == 0 else { throw SystemError(call: "listen", number: errno) }
    }

    /// A listener that serves at once.
    package convenience init(tls: ServerTLSConfiguration? = nil, _ script: @escaping @Sendable (RawSocket, Int) throws -> Void) throws {
        try self.init()
        serve(tls: tls, script)
    }

    deinit { close(descriptor) }

    /// The next connection. - Throws: when none comes within ten seconds, or after `stop`.
    package func accept() throws -> RawSocket {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 10_000) > 0 else { throw SystemError(call: "accept", number: ETIMEDOUT) }
        return try accepted()
    }

    private func accepted() throws -> RawSocket {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw SystemError(call: "accept", number: errno) }
        return RawSocket(adopting: accepted)
    }

    /// Has a thread of its own play `script` with each connection, which is closed when that returns.
    ///
    /// Threads may outlive the test by as long as their clients do. The listener lives until `stop`.
    /// - Parameters:
    ///   - tls: over TLS, which ends without close_notify; nil: in the clear.
    ///   - script: of the connection and its number, from 0. An error ends it: the client has left.
    package func serve(tls: ServerTLSConfiguration? = nil, _ script: @escaping @Sendable (RawSocket, Int) throws -> Void) {
        Thread.detachNewThread { [self] in
            var count = 0
            while let socket = try? accepted() {
                let number = count
                count += 1
                let handed = Handed(socket)
                Thread.detachNewThread {
                    do {
                        if let tls { handed.socket.speak(try TLSEndpoint(server: TLSContext(tls, pool: ArenaPool()))) }
                        try script(handed.socket, number)
                    } catch {}
                }
            }
        }
    }

    /// Accepts no more connections.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// A socket on its way to the one thread that uses it from then on: hence unchecked.
    private struct Handed: @unchecked Sendable {
        let socket: RawSocket
        init(_ socket: RawSocket) { self.socket = socket }
    }
}
