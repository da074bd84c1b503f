import Client
import Foundation
import HTTP2
import Load
import Loop
import Measurements
import Server
import TestSupport
import Testing

@Suite("Clients ask our own server", .waiting)
struct LoadTests {
    @Test("a closed load of n requests does exactly n", arguments: [
        (requests: 1, connections: 1, streams: 1), (1, 5, 3), (100, 7, 1), (1000, 3, 10), (2500, 40, 100), (0, 2, 2),
    ])
    func closedLoad(_ load: (requests: Int, connections: Int, streams: Int)) throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.requests = load.requests
            $0.connections = load.connections
            $0.streams = load.streams
        })
        let served = server.stop()
        #expect(run.isDone)
        expectSums(run, requests: load.requests)
        #expect(run.total.requests.succeeded == UInt64(load.requests))
        #expect(run.total.requests.scheduled == UInt64(load.requests))
        #expect(served?.requests.completed == UInt64(load.requests))
        #expect(run.total.scheduleDelay.count == 0)
        let percentiles = [1.0, 50, 99, 100]
        #expect(
            run.total.serviceTime.valuesAtPercentiles(percentiles) == run.total.responseTime.valuesAtPercentiles(percentiles))
        if load.requests > 0 {
            #expect(run.total.responseBytes.header > 0)
            #expect(run.total.responseBytes.header < run.total.responseBytes.decodedHeader)
        }
    }

    @Test("an open load fires what was asked for", .measuring, arguments: [1_000.0, 5_000])
    func rate(_ rate: Double) throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.connections = 10
                $0.streams = 50
                $0.durationNanoseconds = 1_500_000_000
            }, rate: rate, seconds: 3)
        _ = server.stop()
        expectSums(run)
        #expect(run.total.requests.scheduled == UInt64(rate * 1.5))
        #expect(run.total.requests.started == run.total.requests.scheduled)
        #expect(run.total.scheduleDelay.count == run.total.requests.started)
    }

    @Test("an open load with a number of requests ends with that number")
    func openLoadOfNumber() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.connections = 3
                $0.streams = 4
                $0.requests = 777
            }, rate: 5_000)
        _ = server.stop()
        #expect(run.isDone)
        expectSums(run, requests: 777)
        #expect(run.total.requests.scheduled == 777)
    }

    @Test("a stall of the server shows in response time, and not in most service times", .measuring)
    func coordinatedOmission() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration { $0.options.requestTimeout = .seconds(5) },
            rate: 1_000, seconds: 2, steps: [(1, { _ in server.post(.block(milliseconds: 300)) })])
        _ = server.stop()
        expectSums(run)
        let response = run.total.responseTime.valuesAtPercentiles([50, 99, 100]).map { Double($0 ?? 0) / 1e6 }
        let service = run.total.serviceTime.valuesAtPercentiles([50, 99, 100]).map { Double($0 ?? 0) / 1e6 }
        // One connection with one stream: one request is in the stall, 300 wait for it.
        #expect(response[2] >= 290)
        #expect(response[1] >= 200)
        #expect(service[2] >= 290)
        #expect(service[1] < 100)
    }

    @Test("rate, streams, connections and pause change under load and lose nothing", .measuring)
    func changes() throws {
        let server = try ServerThread()
        var counts: [UInt64] = []
        // When each step was taken, which on a busy machine is later than it was meant to be.
        var times = [monotonicSeconds()]
        let run = try LoadRun(
            server.configuration {
                $0.connections = 4
                $0.streams = 2
            }, rate: 500, seconds: 2,
            steps: [
                (0.4, { generator in
                    generator.apply(.rate(2_000))
                    times.append(monotonicSeconds())
                }),
                (0.8, { $0.apply(.connections(1)) }), (1.0, { $0.apply(.connections(9)) }), (1.2, { $0.apply(.streams(7)) }),
                (1.4, { generator in
                    generator.apply(.hold(true))
                    times.append(monotonicSeconds())
                    counts.append(generator.sample().requests.started)
                }),
                (1.6, { generator in
                    counts.append(generator.sample().requests.started)
                    generator.apply(.hold(false))
                    times.append(monotonicSeconds())
                }),
            ])
        _ = server.stop()
        // The readings inside the steps took histograms along: the counters alone are whole here.
        #expect(counts[0] == counts[1], "a pause asks nothing")
        let asked = (times[1] - times[0]) * 500 + (times[2] - times[1] + times[0] + 2 - times[3]) * 2_000
        #expect(abs(Double(run.total.requests.started) - asked) < asked / 20)
        #expect(run.total.requests.started == run.total.requests.scheduled)
        #expect(run.total.requests.done == run.total.requests.started)
        #expect(run.total.requests.failed == 0)
        #expect(run.total.connectionCounts.opened == 12)
    }

    @Test("a sample lists the clients' connections where that is wanted: requests, bytes, and how long the oldest request waits", arguments: [true, false])
    func rows(isWanted: Bool) throws {
        let server = try ServerThread()
        var rows: [ConnectionSample] = []
        var inFlight = 0
        // Looks until all requests are out, and ends the load then.
        let look = { (generator: LoadGenerator) in
            let sample = generator.sample()
            guard sample.requests.inFlight == 6 else { return }
            (rows, inFlight) = (sample.connections, 6)
            generator.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: 0)
        }
        try LoadRun(
            server.configuration {
                $0.kinds = [RequestKind("/delay/5")]
                $0.connections = 3
                $0.streams = 2
                $0.listsConnections = isWanted
            }, steps: (1..<200).map { (Double($0) * 0.1, look) }, drainSeconds: 0)
        _ = server.stop()
        #expect(inFlight == 6)
        guard isWanted else { return #expect(rows.isEmpty) }
        #expect(rows.map(\.id).sorted() == [1, 2, 3])
        for row in rows {
            #expect(row.peer == server.address.description && row.version == .http2 && row.state == .running)
            #expect(row.streams == 2 && row.requests == 2 && row.pendingBytes == 0, "\(row)")
            #expect(row.sentBytes > 0 && row.receivedBytes > 0, "\(row)")
            // The requests are out as long as the connection is, or less.
            #expect(row.oldestRequestNanoseconds > 0)
        }
    }

    @Test("a server that takes fewer streams is never asked for more")
    func streamLimit() throws {
        let server = try ServerThread { $0.http2.maxConcurrentStreams = 3 }
        let run = try LoadRun(server.configuration {
            $0.requests = 500
            $0.connections = 2
            $0.streams = 20
        })
        _ = server.stop()
        expectSums(run, requests: 500)
        #expect(run.total.requests.succeeded == 500)
    }

    @Test("a request that takes too long is reset, counted and measured")
    func timeout() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.paths = ["/delay/5"]
            $0.requests = 3
            $0.options.requestTimeout = .milliseconds(100)
        })
        let served = server.stop()
        expectSums(run, requests: 3)
        #expect(run.total.requests.timedOut == 3)
        #expect(run.total.connectionCounts.reconnects == 0, "the connection survives")
        #expect(served?.requests.completed == 0)
        let longest = run.total.serviceTime.valuesAtPercentiles([100])[0] ?? 0
        #expect(longest >= 100_000_000 && longest < 400_000_000)
    }

    @Test("a request that takes too long ends alone: its stream is reset, and the others on its connection are answered")
    func timeoutAlone() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.paths = ["/delay/9", "/health"]
            $0.requests = 20
            $0.streams = 4
            $0.options.requestTimeout = .milliseconds(200)
        })
        let served = server.stop()
        expectSums(run, requests: 20)
        #expect(run.total.requests.timedOut == 10)
        #expect(run.total.requests.succeeded == 10)
        #expect(served?.streamResets == 10)
        #expect(served?.connectionCounts.accepted == 1)
    }

    @Test("many requests share one connection, and each gets its own answer in whatever order they come")
    func multiplexing() throws {
        let server = try ServerThread()
        let sizes = (1...24).map { $0 * 100 }
        let run = try LoadRun(server.configuration {
            $0.paths = ["/delay/0.3"] + sizes.map { "/bytes/\($0)" }
            $0.checkedTargets = [nil] + sizes.map { CheckedTarget(head: "/bytes/\($0)?seed=", byteCount: $0) }
            $0.requests = 250
            $0.streams = 100
        })
        let served = server.stop()
        expectSums(run, requests: 250)
        #expect(run.total.requests.succeeded == 250)
        #expect(served?.connectionCounts.accepted == 1)
        #expect(run.total.bodies.checked == 240 && run.total.bodies.wrong == 0)
        // Most overtake the ten that take their time.
        let times = run.total.serviceTime.valuesAtPercentiles([50, 100]).map { $0 ?? 0 }
        #expect(times[0] < 250_000_000 && times[1] >= 300_000_000)
    }

    @Test("large bodies pass both ways through the smallest usual windows")
    func bodies() throws {
        let server = try ServerThread { $0.bodyByteLimit = 10 << 20 }
        let up = try LoadRun(server.configuration {
            $0.paths = ["/post"]
            $0.method = "POST"
            $0.body = [UInt8](repeating: 97, count: 200 * 1024)
            $0.requests = 20
            $0.connections = 2
            $0.streams = 3
            $0.windowByteCount = 65_535
        })
        expectSums(up, requests: 20)
        #expect(up.total.requests.succeeded == 20)
        #expect(up.total.sentBytes > 20 * 200 * 1024)
        let largest = try LoadRun(server.configuration {
            $0.paths = ["/upload"]
            $0.method = "POST"
            $0.body = [UInt8](repeating: 97, count: 10 << 20)
            $0.requests = 2
            $0.windowByteCount = 65_535
        })
        expectSums(largest, requests: 2)
        #expect(largest.total.sentBytes > 2 * 10 << 20)
        let down = try LoadRun(server.configuration {
            $0.paths = ["/bytes/10485760"]
            $0.requests = 6
            $0.connections = 2
            $0.streams = 2
            $0.windowByteCount = 65_535
        })
        _ = server.stop()
        expectSums(down, requests: 6)
        #expect(down.total.requests.succeeded == 6)
        #expect(down.total.responseBytes.body == 6 * 10_485_760)
    }

    @Test("no server: the run ends within two seconds, all requests counted")
    func refused() throws {
        let server = try ServerThread()
        let address = server.configuration {
            $0.requests = 50
            $0.connections = 20
        }
        _ = server.stop()
        let begin = ContinuousClock.now
        let run = try LoadRun(address)
        #expect(ContinuousClock.now - begin < .seconds(2))
        #expect(run.isDone)
        #expect(run.total.errors.connect == 50)
        guard case .system(let error) = run.connectError else { return #expect(Bool(false), "\(String(describing: run.connectError))") }
        #expect(error.reason.contains("refused"))
        #expect(run.total.requests.done == 50)
        // A request that was never sent was not started, and has no answer.
        #expect(run.total.requests.started == 0 && run.total.requests.answered == 0)
        #expect(run.total.connectionCounts.opened == 0 && run.total.connectionCounts.openHighWater == 0)
    }

    @Test("a server that starts a moment later than its clients is waited for")
    func lateServer() throws {
        let socket = try ServerThread.bind()
        var server: ServerThread?
        var configuration = ClientConfiguration(address: socket.address, authority: "\(socket.address)")
        configuration.paths = ["/health"]
        configuration.requests = 20
        configuration.connections = 2
        let run = try LoadRun(configuration, steps: [(0.12, { _ in server = try? ServerThread(on: socket) })])
        let served = try #require(server?.stop())
        expectSums(run, requests: 20)
        #expect(run.total.requests.succeeded == 20)
        #expect(run.total.connectionCounts.failed >= 2 && run.total.connectionCounts.reconnects == 0)
        #expect(served.connectionCounts.accepted == 2)
    }

    @Test("an open load of a second asks for its rate, and not for the first request of the next second", .measuring)
    func endOfTime() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration { $0.durationNanoseconds = 1_000_000_000 }, rate: 10, seconds: 1.3)
        _ = server.stop()
        expectSums(run)
        #expect(run.total.requests.scheduled == 10 && run.total.requests.started == 10)
    }

    @Test("the most connections at once are counted, also between samples")
    func openHighWater() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.connections = 6
            $0.requests = 120
            $0.renewal = .requests(1)
        })
        let served = server.stop()
        expectSums(run, requests: 120)
        #expect(run.total.connectionCounts.opened >= 60)
        // The server hears later of an end than of a beginning, so that it may have seen more at once.
        #expect((2...6).contains(run.total.connectionCounts.openHighWater))
        #expect((run.total.connectionCounts.openHighWater...12).contains(served?.connectionCounts.openHighWater ?? 0))
    }

    @Test("thousands that connect leave the loop its turns: the first connection is seen before the last is asked for")
    func connectTurns() throws {
        let server = try ServerThread()
        let count = 2_000
        var begun = 0
        // The step is a timer of the loop, and comes before it looks at its sockets for the first time.
        let run = try LoadRun(
            server.configuration {
                $0.connections = count
                $0.requests = 100
            }, rate: 1_000, seconds: 60, steps: [(0.000_001, { _ in begun = connections(toPort: server.address.port) })])
        _ = server.stop()
        expectSums(run, requests: 100)
        #expect((1..<count).contains(begun))
    }

    @Test("thousands that end before all have begun to connect leave nothing behind")
    func endWithinTurns() throws {
        let server = try ServerThread()
        // So many that one turn has not even the time to pass those over that have ended.
        let run = try LoadRun(
            server.configuration {
                $0.connections = 40_000
                $0.caches = .loop
            }, seconds: 0.000_001, drainSeconds: 0)
        _ = server.stop()
        expectSums(run)
    }

    @Test("a server that closes idle connections is connected to again")
    func idleTimeout() throws {
        let server = try ServerThread { $0.idleTimeoutNanoseconds = 200_000_000 }
        let run = try LoadRun(server.configuration { $0.connections = 2 }, rate: 2, seconds: 2)
        _ = server.stop()
        expectSums(run)
        #expect(run.total.connectionCounts.reconnects > 0)
        #expect(run.total.connectionCounts.failed == 0, "\(String(describing: run.connectError))")
        #expect(run.total.requests.succeeded + run.total.errors.closed + run.total.errors.goaway == run.total.requests.done)
    }

    @Test("stopping under load drains the requests in flight")
    func stopUnderLoad() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.connections = 5
                $0.streams = 10
            }, seconds: 0.3)
        let served = server.stop()
        expectSums(run)
        #expect(run.total.requests.failed == 0)
        #expect(served?.requests.completed == run.total.requests.done)
    }

    @Test("requests that outlast the drain are aborted, and counted with the time they waited")
    func aborted() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.paths = ["/delay/5"]
                $0.streams = 4
            }, seconds: 0.2, drainSeconds: 0.1)
        _ = server.stop()
        expectSums(run, requests: 4)
        #expect(run.total.errors.aborted == 4)
        #expect(run.total.serviceTime.count == 4)
        #expect((run.total.serviceTime.lowestNanoseconds ?? 0) >= 250_000_000)
    }
}

/// Sockets that are connected to a port, or about to be, as the kernel lists them.
private func connections(toPort port: Int) -> Int {
    let suffix = ":" + String(port, radix: 16, uppercase: true)
    // The list has no length before it is read: Foundation's strings end with its first page.
    let bytes = try? FileHandle(forReadingAtPath: "/proc/self/net/tcp")?.readToEnd()
    return String(decoding: bytes ?? Data(), as: UTF8.self).split(separator: "\n").count {
        $0.split(separator: " ")[2].hasSuffix(suffix)
    }
}
