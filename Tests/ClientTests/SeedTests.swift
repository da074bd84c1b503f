import Client
import Loop
import Measurements
import Server
import Synchronization
import Testing
import TLS

/// The test of seed 004: clients that open, get and close, all at once, again and again.
///
/// There every client is a fiber and the caches are global. Here they are spread over four loops on
/// four threads, so that whatever they share is shared for real.
@Suite("Many clients at once, each of which opens, gets and closes", .serialized)
struct SeedTests {
    enum Scope: String, CaseIterable { case client, loop, shared, off }

    #if DEBUG
    private static let clients = 100
    #else
    private static let clients = 1_000
    #endif
    private static let loops = 4
    private static let rounds = 3

    @Test("all are answered, nothing is left open, and handshakes are resumed where sessions are kept", arguments: Scope.allCases)
    func openGetClose(scope: Scope) throws {
        let world = try TestWorld()
        let server = try ServerThread(world) { $0.connectionLimit = 2_000 }
        let shared = SharedCaches()
        let configuration = try server.secureConfiguration(world) {
            $0.connectTimeoutNanoseconds = 60_000_000_000
            $0.requestTimeoutNanoseconds = 60_000_000_000
            $0.caches =
                switch scope {
                case .client: .client
                case .loop: .loop
                case .shared: .shared(shared)
                case .off: .off
                }
        }
        let answered = Atomic(0)
        let resumed = Atomic(0)
        let threads = try (0..<SeedTests.loops).map { number in
            try LoopThread(name: "clients-\(number)") {
                do {
                    for _ in 0..<SeedTests.rounds {
                        try withLoop { loop in
                            for _ in 0..<SeedTests.clients / SeedTests.loops {
                                let client = try HTTPClient.open(configuration, on: loop)
                                client.get("/get") { answer in
                                    switch answer {
                                    case .success(let response):
                                        #expect(response.status == 200)
                                        #expect(response.header("content-type")?.hasPrefix("application/json") == true)
                                        answered.add(1, ordering: .relaxed)
                                    case .failure(let error): Issue.record(error)
                                    }
                                    client.close { resumed.add(Int(client.sample().tls.resumedHandshakes), ordering: .relaxed) }
                                }
                            }
                        }
                    }
                } catch { Issue.record(error) }
            }
        }
        for thread in threads { thread.join() }
        let served = try #require(server.stop())
        let total = SeedTests.clients * SeedTests.rounds
        #expect(answered.load(ordering: .relaxed) == total)
        #expect(served.completedRequests == UInt64(total))
        #expect(served.tls.handshakes == UInt64(total))
        #expect(served.openConnections == 0 && served.arena.inUse == 0)
        #expect(served.tls.resumedHandshakes == UInt64(resumed.load(ordering: .relaxed)))
        var sample = ClientSample()
        shared.add(to: &sample)
        switch scope {
        // Each client here is closed after its first handshake, and its caches with it.
        case .client, .loop, .off: #expect(served.tls.resumedHandshakes == 0)
        case .shared:
            // The second round and the third have the sessions of the first.
            #expect(served.tls.resumedHandshakes > UInt64(SeedTests.clients))
            #expect(sample.sessions.hits == served.tls.resumedHandshakes)
            #expect(sample.sessions.lookups == UInt64(total))
            #expect(sample.strings.hits > 0)
        }
    }
}
