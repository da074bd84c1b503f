import Memory
import TLS
import Testing

@Suite("A client that verifies") struct CertificateTests {
    @Test("accepts a name, a wildcard and an address the certificate has")
    func names() throws {
        let world = try World(names: ["localhost", "*.example.org", "127.0.0.1", "::1"])
        for host in ["localhost", "LOCALHOST", "localhost.", "a.example.org", "127.0.0.1", "::1"] {
            let pair = try world.pair(host: host)
            pair.pump()
            #expect(pair.client.state == .open, "\(host)")
        }
    }

    @Test("refuses other names", arguments: ["example.org", "b.a.example.org", "127.0.0.2", "::2", "localhost.evil"])
    func wrongHost(host: String) throws {
        let pair = try World(names: ["localhost", "*.example.org", "127.0.0.1", "::1"]).pair(host: host)
        pair.pump()
        #expect(pair.clientError == .wrongHost(host))
        #expect(pair.server.state != .open || pair.serverError != nil)
        guard case .peerAlert = pair.serverError else {
            Issue.record("the server heard \(String(describing: pair.serverError))")
            return
        }
    }

    @Test("refuses hosts that cannot be one", arguments: ["", ".", "local host", "a,b", "localhost\0.evil.org", "ü"])
    func invalidHost(host: String) throws {
        let world = try World()
        #expect(throws: TLSError.invalidHost(host)) { try world.pair(host: host) }
    }

    @Test("refuses a certificate that is past, or of the future")
    func validity() throws {
        var world = try World()
        for (range, error) in [
            (-7200..<(-3600), TLSError.certificateExpired), (3600..<7200, .certificateNotYetValid),
        ] {
            world.server = try ServerTLSConfiguration(
                identity: world.authority.issue(names: ["localhost"], validitySeconds: range))
            let pair = try world.pair()
            pair.pump()
            #expect(pair.clientError == error)
        }
    }

    @Test("refuses an authority it does not know, even one of the same name")
    func unknownAuthority() throws {
        var world = try World()
        world.client = ClientTLSConfiguration(verification: .trust(try .authority(CertificateAuthority())))
        let pair = try world.pair()
        pair.pump()
        #expect(pair.clientError == .unknownAuthority)
    }

    @Test(
        "refuses what vouches for itself, unless it is the file that was named",
        .enabled(if: OpenSSLProgram.isInstalled, "/usr/bin/openssl is not installed"))
    func selfSigned() throws {
        let files = try Files()
        var world = try World()
        world.server = try ServerTLSConfiguration(
            identity: TLSIdentity(certificateFile: files.certificate, keyFile: files.key))
        let refused = try world.pair()
        refused.pump()
        #expect(refused.clientError == .certificateSelfSigned)
        world.client = ClientTLSConfiguration(verification: .trust(try .file(files.certificate)))
        let accepted = try world.pair()
        accepted.pump()
        #expect(accepted.client.state == .open)
    }

    @Test("refuses the throwaway authority with the system's trust")
    func system() throws {
        var world = try World()
        world.client = ClientTLSConfiguration(verification: .trust(try .system()))
        let pair = try world.pair()
        pair.pump()
        #expect(pair.clientError == .unknownAuthority)
    }

    @Test("accepts anything only when told to, and says so")
    func insecure() throws {
        var world = try World()
        #expect(!world.client.isInsecure)
        world.client = ClientTLSConfiguration(verification: .insecure)
        #expect(world.client.isInsecure)
        let pair = try world.pair(host: "another.example")
        pair.pump()
        #expect(pair.client.state == .open)
    }

    @Test("issues no certificate for names that could smuggle in another")
    func smuggling() throws {
        let authority = try CertificateAuthority()
        #expect(throws: TLSSetupError.invalidName("a,DNS:evil.org")) {
            try authority.issue(names: ["a,DNS:evil.org"])
        }
    }
}
