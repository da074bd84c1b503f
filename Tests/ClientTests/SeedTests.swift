import Client
import Load
import Loop
import Measurements
import Server
import TestSupport
import Testing
import TLS

/// The test of seed 004: clients that open, get and close, all at once, again and again.
///
/// There every client is a fiber and the caches are global. Here the clients are spread over four loops
/// on four threads, so that whatever they share is shared for real. A connection is renewed after one
/// request: each of them opens, gets and closes.
@Suite("Many clients at once, each of which opens, gets and closes", .measuring)
struct SeedTests {
    enum Scope: String, CaseIterable { case client, loop, shared, off }

    #if DEBUG
    private static let sizes = [100]
    #else
    private static let sizes = [100, 1_000]
    #endif
    private static let loops = 4
    private static let rounds = 3

    @Test("all are answered, nothing is left open, and handshakes are resumed where sessions are kept", arguments: sizes, Scope.allCases)
    func openGetClose(clients: Int, scope: Scope) throws {
        let world = try TestWorld()
        let server = try ServerThread(world) { $0.connectionLimit = 2 * clients }
        let shared = SharedCaches()
        let configuration = try server.secureConfiguration(world) {
            $0.paths = ["/get"]
            $0.kinds[0].expectation = .json
            $0.connections = clients / SeedTests.loops
            $0.requests = clients / SeedTests.loops * SeedTests.rounds
            $0.renewal = .requests(1)
            $0.options.connectTimeout = .seconds(60)
            $0.options.requestTimeout = .seconds(60)
            $0.caches =
                switch scope {
                case .client: .client
                case .loop: .loop
                case .shared: .shared(shared)
                case .off: .off
                }
        }
        let counts = (0..<SeedTests.loops).map { _ in Latest<ClientSample> { _, newer in newer } }
        let threads = try counts.enumerated().map { number, count in
            try LoopThread(name: "clients-\(number)") {
                do {
                    let run = try LoadRun(configuration, seconds: 120)
                    expectSums(run, requests: clients / SeedTests.loops * SeedTests.rounds)
                    count.publish(run.total)
                } catch { Issue.record(error) }
            }
        }
        for thread in threads { thread.join() }
        let served = try #require(server.stop())
        var sample = ClientSample()
        for count in counts { sample.merge(try #require(count.take())) }
        shared.add(to: &sample)
        let total = clients * SeedTests.rounds
        #expect(sample.requests.succeeded == UInt64(total) && served.requests.completed == UInt64(total))
        #expect(sample.expectations.checked == UInt64(total) && sample.expectations.unexpected == 0)
        // A connection takes one request, and each client may stand by with another when the last is answered.
        #expect(sample.connectionCounts.reconnects == 0 && sample.connectionCounts.failed == 0)
        #expect((total...total + clients).contains(Int(sample.connectionCounts.opened)))
        #expect(served.connectionCounts.open == 0 && served.connectionCounts.openTLS == 0)
        #expect(served.arena.inUse == 0 && served.arena.leases == 0)
        #expect(sample.tls.resumedHandshakes == served.tls.resumedHandshakes)
        #expect(sample.caches.sessions.hits == served.tls.resumedHandshakes)
        switch scope {
        case .off: #expect(served.tls.resumedHandshakes == 0 && sample.caches.strings.hits == 0)
        case .client, .loop, .shared:
            // The first handshake of a client may have nothing to offer, all later ones have.
            #expect(served.tls.resumedHandshakes >= UInt64(total - clients))
            #expect(sample.caches.strings.hits > 0)
        }
    }
}

extension ExpectedAnswer {
    /// 200 with a body of JSON.
    fileprivate static var json: ExpectedAnswer {
        var expected = ExpectedAnswer()
        expected.statuses = [200...200]
        expected.headers = [HeaderField(name: "content-type", value: "application/json")]
        return expected
    }
}
