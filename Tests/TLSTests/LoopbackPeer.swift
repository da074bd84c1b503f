import Foundation
import Glibc
import TLS
import TestSupport

/// A TCP socket on loopback that blocks, five seconds at most, and so drives an endpoint.
final class LoopbackPeer {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withAddress(
        _ port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (Int32, UInt16) {
        var address = address(port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
        return (code, UInt16(bigEndian: address.sin_port))
    }

    /// Listens on a port that the system chooses.
    static func listen() -> (listener: LoopbackPeer, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = withAddress(0) { bind(descriptor, $0, $1.pointee) }
        Glibc.listen(descriptor, 16)
        return (LoopbackPeer(descriptor), withAddress(0) { getsockname(descriptor, $0, $1) }.1)
    }

    func accept() -> LoopbackPeer? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted < 0 ? nil : LoopbackPeer(accepted)
    }

    /// Connects to a program that may still be starting.
    static func connect(_ port: UInt16) -> LoopbackPeer? {
        for _ in 0..<100 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            if withAddress(port, { Glibc.connect(descriptor, $0, $1.pointee) }).0 == 0 {
                return LoopbackPeer(descriptor)
            }
            close(descriptor)
            usleep(50_000)
        }
        return nil
    }

    /// Sends all that the endpoint has for its peer.
    func flush(_ endpoint: TLSEndpoint) {
        let bytes = endpoint.output()
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            start += count
        }
    }

    /// Carries bytes both ways until `isDone`, the end or five silent seconds. What came, in plaintext.
    func run(_ endpoint: TLSEndpoint, until isDone: ([UInt8]) -> Bool) throws -> [UInt8] {
        var got: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        flush(endpoint)
        while !isDone(got) && !endpoint.peerHasClosed {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { break }
            do { got += try endpoint.receive(Array(buffer[..<count])) } catch {
                flush(endpoint)
                throw error
            }
            flush(endpoint)
        }
        return got
    }
}

/// A run of the openssl program, its input ours and its output kept.
final class OpenSSLProgram {
    static let path = "/usr/bin/openssl"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    private let program: SpawnedProgram
    private let log: String

    init(in files: Files, _ arguments: String...) throws {
        log = files.folder + "/output-\(UUID().uuidString)"
        program = try SpawnedProgram(OpenSSLProgram.path, arguments, output: log)
    }

    func say(_ text: String) { program.say(text) }

    /// Ends it. - Returns: all it said.
    func finish() throws -> String {
        _ = program.finish(withinSeconds: 1)
        return try String(decoding: Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
    }
}
