import Foundation
import Memory
import TLS
import TestSupport
import Testing

@Suite(
    "With the openssl program", .waiting,
    .enabled(if: OpenSSLProgram.isInstalled, "/usr/bin/openssl is not installed"))
struct InteroperabilityTests {
    let files: Files
    let listener: RawListener
    var port: Int { listener.port }

    init() throws {
        files = try Files()
        listener = try RawListener()
    }

    /// The program's next connection, with our end of TLS.
    private func accept(_ context: TLSContext) throws -> (RawSocket, TLSEndpoint) {
        let socket = try listener.accept()
        let server = try TLSEndpoint(server: context)
        socket.speak(server)
        return (socket, server)
    }

    private func serverContext() throws -> TLSContext {
        let identity = try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
        return try TLSContext(ServerTLSConfiguration(identity: identity), pool: ArenaPool())
    }

    @Test(
        "s_client verifies us, agrees on h2, and is answered",
        arguments: [("-tls1_2", TLSVersion.tls12), ("-tls1_3", .tls13)])
    func client(flag: String, version: TLSVersion) throws {
        let program = try OpenSSLProgram(
            in: files, "s_client", "-connect", "127.0.0.1:\(port)", flag, "-alpn", "http/1.1,h2",
            "-CAfile", files.certificate, "-verify_return_error", "-servername", "localhost")
        let (socket, server) = try accept(serverContext())
        program.say("hello\n")
        #expect(try socket.receive(byteCount: 6) == Array("hello\n".utf8))
        #expect(server.version == version && server.negotiatedProtocol == .http2)
        #expect(server.serverName == "localhost")
        try socket.send("to you too\n")
        try socket.sendCloseNotify()
        // s_client answers close_notify with its own.
        #expect(try socket.isClosed() && server.peerHasClosed)
        let said = try program.finish()
        #expect(said.contains("to you too") && said.contains("ALPN protocol: h2"))
        #expect(said.contains("Verify return code: 0"))
    }

    @Test("s_client -reconnect counts as many resumed handshakes as we do")
    func reconnect() throws {
        let context = try serverContext()
        let program = try OpenSSLProgram(
            in: files, "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2", "-reconnect")
        var resumed = 0
        for _ in 0..<6 {
            let (socket, server) = try accept(context)
            try socket.shakeHands()
            resumed += server.isResumed ? 1 : 0
        }
        let said = try program.finish()
        #expect(resumed == 5)
        #expect(said.components(separatedBy: "Reused, TLSv1.2").count - 1 == 5)
    }

    @Test("s_client asks for a renegotiation and is refused")
    func renegotiation() throws {
        let program = try OpenSSLProgram(in: files, "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2")
        let (socket, _) = try accept(serverContext())
        try socket.shakeHands()
        program.say("R\n")
        _ = try? socket.receiveToEnd()
        let said = try program.finish()
        #expect(said.contains("RENEGOTIATING") && said.contains("no renegotiation"))
    }

    @Test("s_server is verified, resumed and read to its close_notify", arguments: ["-tls1_2", "-tls1_3"])
    func server(flag: String) throws {
        // A port that was free a moment ago; the listener of the test holds another.
        let free = try RawListener().port
        let program = try OpenSSLProgram(
            in: files, "s_server", "-accept", "127.0.0.1:\(free)", flag, "-cert", files.certificate,
            "-key", files.key, "-alpn", "h2", "-www")
        defer { _ = try? program.finish() }
        let context = try TLSContext(
            ClientTLSConfiguration(verification: .trust(.file(files.certificate))), pool: ArenaPool())
        var session: TLSSession?
        for round in 0..<3 {
            var connected: RawSocket?
            // The program may still be starting.
            _ = holds {
                connected = try? RawSocket(port: free)
                return connected != nil
            }
            let socket = try #require(connected)
            let client = try TLSEndpoint(client: context, host: "localhost", resuming: session)
            socket.speak(client)
            try socket.shakeHands()
            #expect(client.state == .open && client.negotiatedProtocol == .http2)
            #expect(client.isResumed == (round > 0))
            try socket.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try socket.receiveToEnd().starts(with: Array("HTTP/1.0 200".utf8)))
            #expect(client.peerHasClosed)
            // TLS 1.2 gives no new ticket with a resumed handshake: the old one stays good.
            session = client.takeSession() ?? (flag == "-tls1_2" ? session : nil)
            #expect(session != nil)
        }
    }
}
