import Dashboard
import Load
import Measurements
import Testing

/// What the screen says of a run in its first minute, and of one that does not go on.
@Suite("A run on the screen")
struct YoungRunTests {
    private func dashboard(_ samples: [Sample], state: RunDescription.State = .running) -> Dashboard {
        var run = RunDescription(
            address: "127.0.0.1:1", protocolName: "h1", load: LoadState(connections: 4, streams: 1), loadText: "closed",
            hasServer: false, hasClients: true)
        run.state = state
        var dashboard = Dashboard(run: run)
        for sample in samples { dashboard.add(sample) }
        return dashboard
    }

    /// Two samples a second.
    private func samples(_ count: Int, _ change: (Int, inout ClientSample) -> Void = { _, _ in }) -> [Sample] {
        (1...count).map { number in
            var client = ClientSample()
            client.requests.done = UInt64(number) * 500
            client.requests.succeeded = client.requests.done
            client.requests.inFlight = 4
            change(number, &client)
            return Sample(
                timeNanoseconds: UInt64(number) * 500_000_000, intervalNanoseconds: 500_000_000, server: nil, client: client,
                process: ProcessSample())
        }
    }

    private func text(_ dashboard: Dashboard, _ width: Int = 120, _ height: Int = 40) -> [String] {
        let frame = dashboard.frame(width: width, height: height)
        return (0..<height).map { frame.row($0) }
    }

    @Test("fills its graphs from the first seconds on", arguments: [12, 30, 60, 120])
    func stretches(count: Int) {
        // The floor of the largest graph, whatever stands on it.
        let widest = text(dashboard(samples(count))).map { row in row.unicodeScalars.filter { (0x2801...0x28FF).contains($0.value) }.count }.max() ?? 0
        #expect(widest >= 40, "\(count) samples fill \(widest) columns of about 55")
    }

    @Test("that stands still for two seconds is called so, and no sooner")
    func stalls() {
        let standing: (Int, inout ClientSample) -> Void = { number, client in client.requests.done = UInt64(min(number, 10)) * 500 }
        #expect(text(dashboard(samples(13, standing)))[0].contains("RUN"))
        #expect(text(dashboard(samples(15, standing)))[0].contains("STALLED"))
        #expect(!text(dashboard(samples(15, standing), state: .ended))[0].contains("STALLED"))
        #expect(!text(dashboard(samples(15) { number, client in
            standing(number, &client)
            client.requests.inFlight = 0
        }))[0].contains("STALLED"), "nothing is asked")
    }

    @Test("whose server is gone says that before all else")
    func gone() {
        let lost = samples(6) { number, client in client.connectionCounts.lost = number >= 5 ? 4 : 0 }
        for (width, height) in [(160, 48), (80, 24), (60, 16)] {
            #expect(text(dashboard(lost), width, height)[0].contains("SERVER GONE"), "\(width)x\(height)")
        }
    }

    @Test("says what is asked, and how often")
    func asked() {
        var now = dashboard(samples(6))
        now.run.asked = "/bytes/1KiB 60 %, /delay/0.05 40 %"
        #expect(text(now).contains { $0.contains("asks /bytes/1KiB 60 %, /delay/0.05 40 %") })
    }

    @Test("has bands of latency that begin at 1, 10 and 100 ms")
    func bands() {
        let rows = text(dashboard(samples(6) { _, client in
            for exponent in 0...4 {
                var value: UInt64 = 20_000
                for _ in 0..<exponent { value *= 10 }
                client.responseTime.record(nanoseconds: value, times: 100)
            }
        }), 160, 48)
        for edge in [" 1ms", " 10ms", "100ms"] { #expect(rows.contains { $0.contains(edge) }, "\(edge)") }
    }

    @Test("has a row for its slow answers alone where there are two: a stall is seen")
    func fewBands() {
        let bands = text(dashboard(samples(6) { number, client in
            client.responseTime.record(nanoseconds: 150_000, times: 1_000)
            if number == 5 { client.responseTime.record(nanoseconds: 250_000_000, times: 1) }
        }), 80, 24)
        #expect(bands.contains { $0.contains(" 100ms┤") } && bands.contains { $0.contains("<100ms┤") }, "\(bands)")
    }

    @Test("whose caches miss nothing shows no full bars, and bars once something misses")
    func quietCaches() {
        func caches(hits: UInt64, misses: UInt64) -> [Sample] {
            samples(6) { number, client in
                client.caches.strings.lookups = UInt64(number) * (hits + misses)
                client.caches.strings.hits = UInt64(number) * hits
                client.caches.strings.misses = UInt64(number) * misses
            }
        }
        #expect(text(dashboard(caches(hits: 1000, misses: 0))).contains { $0.contains("all found") })
        #expect(!text(dashboard(caches(hits: 1000, misses: 100))).contains { $0.contains("all found") })
    }
}
