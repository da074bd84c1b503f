import Memory
import TLS
import Testing

@Suite("The speed of TLS, in release only", .serialized, .enabled(if: isRelease)) struct SpeedTests {
    @Test("handshakes a second, both sides on one core", arguments: TLSVersion.allCases)
    func handshakes(version: TLSVersion) throws {
        let world = try World().only(version)
        let pair = try world.pair()
        pair.pump()
        let clock = ContinuousClock()
        let count = 2000
        let full = try clock.measure {
            for _ in 0..<count {
                try pair.reconnect()
                pair.pump()
            }
        }
        var session = try #require(pair.client.takeSession())
        var hits = 0
        let resumed = try clock.measure {
            for _ in 0..<count {
                try pair.reconnect(resuming: session)
                pair.pump()
                hits += pair.client.isResumed ? 1 : 0
                if version == .tls13 { session = try #require(pair.client.takeSession()) }
            }
        }
        #expect(hits == count)
        print("\(version): full \(perSecond(count, full))/s, resumed \(perSecond(count, resumed))/s")
    }

    @Test("megabytes a second, sealed and opened on one core", arguments: [100, 1_400, 16_384, 262_144])
    func bulk(size: Int) throws {
        let pair = try World().pair()
        pair.pump()
        let bytes = pattern(size)
        let rounds = max(200, (256 << 20) / max(size, 4096))
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
        #expect(got == rounds * size)
        print("\(size) B: \(perSecond((rounds * size) >> 20, time)) MiB/s, \(time / rounds) a round")
    }

    private func perSecond(_ count: Int, _ time: Duration) -> Int {
        Int(Double(count) / (Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds)))
    }
}

#if DEBUG
let isRelease = false
#else
let isRelease = true
#endif
