import Memory
import TLS

/// What TLS costs without sockets: a client and a server over memory, both on one core.
@main enum TLSBenchmark {
    static func main() throws {
        let authority = try CertificateAuthority()
        for version in TLSVersion.allCases {
            var server = try ServerTLSConfiguration(identity: authority.issue(names: ["localhost"]))
            server.versions = version...version
            try handshakes(Pair(server, authority), "\(version)")
        }
        for size in [100, 1_400, 16_384, 262_144] {
            let server = try ServerTLSConfiguration(identity: authority.issue(names: ["localhost"]))
            try bulk(Pair(server, authority), size: size)
        }
    }

    private static func handshakes(_ pair: Pair, _ name: String) throws {
        let count = 2_000
        let full = try ContinuousClock().measure {
            for _ in 0..<count { try pair.connect() }
        }
        guard var session = pair.client.takeSession() else { throw Failure(text: "no session to resume") }
        let resumed = try ContinuousClock().measure {
            for _ in 0..<count {
                try pair.connect(resuming: session)
                guard pair.client.isResumed else { throw Failure(text: "a handshake was not resumed") }
                // TLS 1.3 gives a session once; the one of TLS 1.2 stays good.
                session = pair.client.takeSession() ?? session
            }
        }
        print("\(name): full \(perSecond(count, full))/s, resumed \(perSecond(count, resumed))/s")
    }

    private static func bulk(_ pair: Pair, size: Int) throws {
        try pair.connect()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let rounds = max(200, (256 << 20) / max(size, 4_096))
        var got = 0
        let time = ContinuousClock().measure {
            for _ in 0..<rounds {
                bytes.withUnsafeBytes { pair.client.write($0) }
                pair.client.takeOutput { run, lease in
                    try? pair.server.receive(run.buffer) { got += $0.count }
                    _ = consume lease
                }
            }
        }
        guard got == rounds * size else { throw Failure(text: "\(got) of \(rounds * size) bytes came") }
        print("\(size) B: \(perSecond((rounds * size) >> 20, time)) MiB/s, \(time / rounds) a round")
    }

    private static func perSecond(_ count: Int, _ time: Duration) -> Int { Int(Double(count) / (time / .seconds(1))) }

    struct Failure: Error { let text: String }
}

/// A client and a server over memory.
final class Pair {
    private let serverContext: TLSContext
    private let clientContext: TLSContext
    private(set) var server: TLSEndpoint
    private(set) var client: TLSEndpoint

    init(_ configuration: ServerTLSConfiguration, _ authority: CertificateAuthority) throws {
        let pool = ArenaPool()
        serverContext = try TLSContext(configuration, pool: pool)
        clientContext = try TLSContext(ClientTLSConfiguration(verification: .trust(.authority(authority))), pool: pool)
        server = try TLSEndpoint(server: serverContext)
        client = try TLSEndpoint(client: clientContext, host: "localhost", resuming: nil)
    }

    /// Makes a connection instead of the one before, and shakes hands.
    func connect(resuming session: TLSSession? = nil) throws {
        server = try TLSEndpoint(server: serverContext)
        client = try TLSEndpoint(client: clientContext, host: "localhost", resuming: session)
        while client.hasOutput || server.hasOutput {
            try carry(from: client, to: server)
            try carry(from: server, to: client)
        }
    }

    private func carry(from sender: TLSEndpoint, to receiver: TLSEndpoint) throws {
        var bytes: [UInt8] = []
        sender.takeOutput { run, lease in
            bytes += run.buffer
            _ = consume lease
        }
        try bytes.withUnsafeBytes { try receiver.receive($0) { _ in } }
    }
}
