import Client
import Loop
import Measurements
import Server
import TestSupport
import Testing

@Suite("The scope of the caches", .waiting)
struct CacheScopeTests {
    private static let requests = 2_000

    private func run(_ caches: CacheOwnership, connections: Int = 4) throws -> ClientSample {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.requests = CacheScopeTests.requests
            $0.connections = connections
            $0.streams = 5
            $0.caches = caches
        })
        _ = server.stop()
        expectSums(run, requests: CacheScopeTests.requests)
        #expect(run.total.succeededRequests == UInt64(CacheScopeTests.requests))
        return run.total
    }

    /// /health answers with three fields, and the value of content-type is kept too.
    private static let stringsPerAnswer = 4

    private func expectConsistent(_ cache: CacheSample, _ location: SourceLocation = #_sourceLocation) {
        #expect(cache.lookups == cache.hits + cache.misses, sourceLocation: location)
        #expect(cache.entries <= cache.entryLimit && cache.bytes <= cache.byteLimit, sourceLocation: location)
    }

    @Test("client: each client misses the strings that it has not met itself")
    func client() throws {
        let sample = try run(.client)
        #expect(sample.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.strings.misses == UInt64(4 * CacheScopeTests.stringsPerAnswer))
        #expect(sample.buffers.misses == 4)
        expectConsistent(sample.strings)
        expectConsistent(sample.buffers)
        #expect(sample.strings.waitedNanoseconds == 0)
    }

    @Test("loop: a string that one client has met is known to all")
    func loop() throws {
        let sample = try run(.loop)
        #expect(sample.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.strings.misses == UInt64(CacheScopeTests.stringsPerAnswer))
        #expect(sample.strings.entries == CacheScopeTests.stringsPerAnswer)
        #expect(sample.buffers.misses == 1)
        expectConsistent(sample.strings)
        expectConsistent(sample.buffers)
    }

    @Test("off: every look-up is a miss, and nothing is kept")
    func off() throws {
        let sample = try run(.off)
        #expect(sample.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.strings.misses == sample.strings.lookups)
        #expect(sample.buffers.lookups > 0 && sample.buffers.hits == 0)
        #expect(sample.strings.entries == 0 && sample.buffers.entries == 0)
    }

    @Test("shared: a string that one client has met is known to the clients of both loops, which wait for each other")
    func shared() throws {
        let server = try ServerThread()
        let caches = SharedCaches()
        let configuration = server.configuration {
            $0.requests = CacheScopeTests.requests
            $0.connections = 4
            $0.streams = 5
            $0.caches = .shared(caches)
        }
        let threads = try (0..<2).map { number in
            try LoopThread(name: "client-\(number)") {
                do {
                    let run = try LoadRun(configuration)
                    #expect(run.total.succeededRequests == UInt64(CacheScopeTests.requests))
                    #expect(run.total.strings.lookups == 0, "counted where it is shared")
                } catch { Issue.record(error) }
            }
        }
        for thread in threads { thread.join() }
        _ = server.stop()
        var sample = ClientSample()
        caches.add(to: &sample)
        #expect(sample.strings.lookups == UInt64(2 * CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.strings.misses == UInt64(CacheScopeTests.stringsPerAnswer))
        #expect(sample.buffers.misses <= 2)
        #expect(sample.buffers.entries == Int(sample.buffers.misses))
        expectConsistent(sample.strings)
        expectConsistent(sample.buffers)
        #expect(sample.cacheCorruptions == 0)
    }

    @Test("unguarded on one loop: no other thread disturbs it, and no fault is found")
    func unguarded() throws {
        let caches = UnguardedCaches()
        _ = try run(.unguarded(caches))
        var sample = ClientSample()
        caches.add(to: &sample)
        #expect(sample.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.strings.misses == UInt64(CacheScopeTests.stringsPerAnswer))
        #expect(sample.cacheCorruptions == 0)
    }

    @Test("a thread waits only for a lock that another has")
    func wait() throws {
        let lock = CacheLock()
        #expect(lock.lock() == 0)
        lock.unlock()
        #expect(lock.lock() == 0)
        let thread = try LoopThread(name: "waiter") {
            let waited = lock.lock()
            lock.unlock()
            #expect(waited >= 20_000_000)
        }
        // Until it waits, and 20 ms more.
        let end = EventLoop.monotonicNanoseconds() + 120_000_000
        while EventLoop.monotonicNanoseconds() < end {}
        lock.unlock()
        thread.join()
    }
}

@Suite("Renewing connections", .waiting)
struct RenewalTests {
    @Test("after so many requests: each connection takes that many, and none is lost", arguments: [
        (requests: 1_000, connections: 1, streams: 1, limit: 100), (1_000, 5, 7, 10), (300, 3, 4, 1),
    ])
    func requests(_ load: (requests: Int, connections: Int, streams: Int, limit: Int)) throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.requests = load.requests
            $0.connections = load.connections
            $0.streams = load.streams
            $0.renewal = .requests(load.limit)
        })
        let served = server.stop()
        expectSums(run, requests: load.requests)
        #expect(run.total.succeededRequests == UInt64(load.requests))
        #expect(run.total.reconnects == 0, "nothing was lost")
        // As many as it takes, and one for each client that stands by at the end.
        let least = (load.requests + load.limit - 1) / load.limit
        #expect((least...least + load.connections).contains(Int(run.total.openedConnections)))
        #expect(Int(run.total.renewedConnections) == Int(run.total.openedConnections) - load.connections)
        // One that the end finds between connecting and the server's SETTINGS is not opened.
        let accepted = Int(served?.acceptedConnections ?? 0) - Int(run.total.openedConnections)
        #expect((0...load.connections).contains(accepted))
    }

    @Test("after so long: connections change, open load or closed, and none is lost", .measuring, arguments: [nil, 2_000.0])
    func time(rate: Double?) throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.connections = 2
                $0.streams = 3
                $0.renewal = .nanoseconds(100_000_000)
            }, rate: rate, seconds: 1)
        _ = server.stop()
        expectSums(run)
        #expect(run.total.failedRequests == 0)
        #expect(run.total.reconnects == 0)
        // Ten for each of the two, with a busy machine's patience.
        #expect((6...22).contains(run.total.renewedConnections))
    }

    @Test("an open load goes on over renewed connections")
    func openLoad() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.connections = 3
                $0.streams = 4
                $0.requests = 500
                $0.renewal = .requests(20)
            }, rate: 2_000)
        _ = server.stop()
        expectSums(run, requests: 500)
        #expect(run.total.succeededRequests == 500)
        #expect(run.total.renewedConnections >= 20)
    }
}
