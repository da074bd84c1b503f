import Client
import Load
import Measurements
import TestSupport
import Testing

@Suite("A failure after a warm-up", .waiting) struct WarmupFailureTests {
    @Test("is told again with the first request after it, whose number goes on from those of the warm-up")
    func numbers() throws {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() { try peer.send(Frame.reset(stream, 11)) }
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http2
        configuration.connections = 1
        // Its last request is due long before its end, and so in flight no more.
        configuration.phases = [
            Phase(name: "warm", duration: .milliseconds(600), load: .open(OpenLoad(rate: 5)), isWarmup: true),
            Phase(name: "steady", duration: .milliseconds(400), load: .open(OpenLoad(rate: 10))),
        ]
        var duringWarmup: [String] = []
        let run = try LoadRun(configuration, seconds: 1, steps: [(0.5, { duringWarmup = $0.sample().failures.map(\.example) })])
        #expect(duringWarmup == ["GET /, request 1 of the run"])
        let failure = try #require(run.total.failures.first)
        #expect(failure.example == "GET /, request 4 of the run" && failure.count > 3, "\(run.total.failures)")
    }
}
