import Client
import Loop
import Measurements
import Server
import TestSupport
import Testing
import TLS

@Suite("TLS sessions, by the scope of the caches", .waiting)
struct TLSSessionScopeTests {
    enum Scope: CaseIterable { case client, loop, shared, off }

    private static let connections = 3

    /// - Returns: the counts of the clients, the sessions of a shared set included, and those of the server.
    private func run(
        _ scope: Scope, _ version: TLSVersion = .tls13, requests: Int, renewal: ConnectionRenewal, httpVersion: ClientConfiguration.HTTPVersion = .negotiated
    ) throws -> (client: ClientSample, server: ServerSample) {
        var world = try TestWorld()
        world.server.versions = version...version
        let server = try ServerThread(world)
        let shared = SharedCaches()
        let run = try LoadRun(server.secureConfiguration(world) {
            $0.requests = requests
            $0.connections = TLSSessionScopeTests.connections
            $0.streams = 4
            $0.renewal = renewal
            $0.httpVersion = httpVersion
            $0.caches =
                switch scope {
                case .client: .client
                case .loop: .loop
                case .shared: .shared(shared)
                case .off: .off
                }
        })
        let served = try #require(server.stop())
        expectSums(run, requests: requests)
        #expect(run.total.requests.succeeded == UInt64(requests))
        #expect(run.total.connectionCounts.reconnects == 0)
        var client = run.total
        shared.add(to: &client)
        return (client, served)
    }

    @Test("every handshake after each client's first is resumed, and the server counts the same", arguments: [Scope.client, .loop, .shared], [TLSVersion.tls12, .tls13])
    func resumes(scope: Scope, version: TLSVersion) throws {
        let (client, server) = try run(scope, version, requests: 6_000, renewal: .requests(100))
        let sessions = client.caches.sessions
        #expect(sessions.lookups >= 60)
        #expect(sessions.lookups == sessions.hits + sessions.misses)
        #expect(sessions.hits == client.tls.resumedHandshakes)
        #expect(sessions.hits == server.tls.resumedHandshakes)
        // A client that the end finds in its handshake resumes nothing.
        let misses = Int(sessions.misses)
        #expect((TLSSessionScopeTests.connections...2 * TLSSessionScopeTests.connections).contains(misses))
        let warmedUp = Double(sessions.hits) / Double(client.tls.handshakes - UInt64(TLSSessionScopeTests.connections))
        #expect(warmedUp > 0.99)
        #expect(sessions.entries <= sessions.entryLimit && sessions.bytes <= sessions.byteLimit)
    }

    @Test("a connection for each request resumes too", arguments: [ClientConfiguration.HTTPVersion.http2, .http1])
    func always(version: ClientConfiguration.HTTPVersion) throws {
        let (client, server) = try run(.client, requests: 150, renewal: .requests(1), httpVersion: version)
        #expect(client.caches.sessions.hits == server.tls.resumedHandshakes)
        #expect(client.caches.sessions.hits >= 150 - 2 * UInt64(TLSSessionScopeTests.connections))
    }

    @Test("with scope off nothing is ever resumed")
    func off() throws {
        let (client, server) = try run(.off, requests: 600, renewal: .requests(50))
        #expect(client.caches.sessions.lookups >= 12)
        #expect(client.caches.sessions.hits == 0 && client.caches.sessions.misses == client.caches.sessions.lookups)
        #expect(client.tls.resumedHandshakes == 0 && server.tls.resumedHandshakes == 0)
        #expect(server.tls.handshakes >= 12)
    }
}
