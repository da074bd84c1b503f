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
        #expect(run.total.requests.succeeded == UInt64(CacheScopeTests.requests))
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
        #expect(sample.caches.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.strings.misses == UInt64(4 * CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.buffers.misses == 4)
        expectConsistent(sample.caches.strings)
        expectConsistent(sample.caches.buffers)
        #expect(sample.caches.strings.waitedNanoseconds == 0)
    }

    @Test("loop: a string that one client has met is known to all")
    func loop() throws {
        let sample = try run(.loop)
        #expect(sample.caches.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.strings.misses == UInt64(CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.strings.entries == CacheScopeTests.stringsPerAnswer)
        #expect(sample.caches.buffers.misses == 1)
        expectConsistent(sample.caches.strings)
        expectConsistent(sample.caches.buffers)
    }

    @Test("off: every look-up is a miss, and nothing is kept")
    func off() throws {
        let sample = try run(.off)
        #expect(sample.caches.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.strings.misses == sample.caches.strings.lookups)
        #expect(sample.caches.buffers.lookups > 0 && sample.caches.buffers.hits == 0)
        #expect(sample.caches.strings.entries == 0 && sample.caches.buffers.entries == 0)
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
                    #expect(run.total.requests.succeeded == UInt64(CacheScopeTests.requests))
                    #expect(run.total.caches.strings.lookups == 0, "counted where it is shared")
                } catch { Issue.record(error) }
            }
        }
        for thread in threads { thread.join() }
        _ = server.stop()
        var sample = ClientSample()
        caches.add(to: &sample)
        #expect(sample.caches.strings.lookups == UInt64(2 * CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.strings.misses == UInt64(CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.buffers.misses <= 2)
        #expect(sample.caches.buffers.entries == Int(sample.caches.buffers.misses))
        expectConsistent(sample.caches.strings)
        expectConsistent(sample.caches.buffers)
        #expect(sample.caches.corruptions == 0)
    }

    @Test("unguarded on one loop: no other thread disturbs it, and no fault is found")
    func unguarded() throws {
        let caches = UnguardedCaches()
        _ = try run(.unguarded(caches))
        var sample = ClientSample()
        caches.add(to: &sample)
        #expect(sample.caches.strings.lookups == UInt64(CacheScopeTests.requests * CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.strings.misses == UInt64(CacheScopeTests.stringsPerAnswer))
        #expect(sample.caches.corruptions == 0)
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
        #expect(run.total.requests.succeeded == UInt64(load.requests))
        #expect(run.total.connectionCounts.reconnects == 0, "nothing was lost")
        // As many as it takes, and one for each client that stands by at the end.
        let least = (load.requests + load.limit - 1) / load.limit
        #expect((least...least + load.connections).contains(Int(run.total.connectionCounts.opened)))
        #expect(Int(run.total.connectionCounts.renewed) == Int(run.total.connectionCounts.opened) - load.connections)
        // One that the end finds between connecting and the server's SETTINGS is not opened.
        let accepted = Int(served?.connectionCounts.accepted ?? 0) - Int(run.total.connectionCounts.opened)
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
        #expect(run.total.requests.failed == 0)
        #expect(run.total.connectionCounts.reconnects == 0)
        // Ten for each of the two, with a busy machine's patience.
        #expect((6...22).contains(run.total.connectionCounts.renewed))
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
        #expect(run.total.requests.succeeded == 500)
        #expect(run.total.connectionCounts.renewed >= 20)
    }
}
