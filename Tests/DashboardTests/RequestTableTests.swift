import Dashboard
import Load
import Measurements
import Testing

@Suite("The throughput panel with the screen to itself") struct RequestTableTests {
    private func rows(kinds: Int, height: Int = 48) -> [String] {
        var run = RunDescription(
            address: "127.0.0.1:9000", protocolName: "h2c", load: LoadState(), loadText: "", hasServer: false, hasClients: true)
        run.state = .running
        var dashboard = Dashboard(run: run)
        for tick in 1...4 {
            var client = ClientSample()
            client.setRequests((0..<kinds).map { index in
                var request = RequestSample("kind \(index)")
                request.done = UInt64(tick * 1_000)
                request.failed = UInt64(index == kinds - 1 ? tick * 100 : 0)
                request.responseTime.record(nanoseconds: UInt64(index + 1) * 1_000_000, times: 2_000)
                return request
            })
            client.requests.done = UInt64(tick * 1_000 * kinds)
            dashboard.add(Sample(
                timeNanoseconds: UInt64(tick) * 500_000_000, intervalNanoseconds: 500_000_000, server: nil, client: client, process: ProcessSample()))
        }
        for key in [Key.character("1"), .enter] { _ = dashboard.handle(key) }
        let frame = dashboard.frame(width: 120, height: height)
        return (0..<height).map { frame.row($0) }
    }

    @Test("lists requests by kind, those that fail first, then the slow ones")
    func table() throws {
        let rows = rows(kinds: 5)
        let head = try #require(rows.firstIndex { $0.contains("request ") && $0.contains("p99") }, "\(rows.joined(separator: "\n"))")
        let names = rows[(head + 1)...(head + 5)].map { row in (0..<5).first { row.contains("kind \($0) ") } }
        #expect(names == [4, 3, 2, 1, 0])
        #expect(rows[head + 1].contains("400") && rows[head + 1].contains("5.00ms") && rows[head + 1].contains("2000"))
    }

    @Test("leaves two thirds to the graphs, however many kinds there are")
    func room() {
        #expect((5..<16).contains(rows(kinds: 60).filter { $0.contains("kind ") }.count))
        #expect(rows(kinds: 60).contains { $0.contains("2xx/s") })
    }

    @Test("has no table for one kind")
    func one() { #expect(!rows(kinds: 1).contains { $0.contains("kind 0") }) }
}
