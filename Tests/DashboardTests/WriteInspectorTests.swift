import Dashboard
import Load
import Measurements
import Testing

@Suite("The write inspector") struct WriteInspectorTests {
    private func write(_ exchange: UInt64, isReset: Bool = false, isDirect: Bool = false, arena: UInt32 = 12) -> PendingWriteSample {
        PendingWriteSample(
            loop: 0, connection: 3, exchange: exchange, arena: arena, generation: 7, offset: arena == 0 ? nil : 1184,
            byteCount: 4096, ageNanoseconds: 5_000_000 * exchange, isDirect: isDirect, isReset: isReset)
    }

    /// The rows of the zoomed panel of pending writes.
    private func rows(_ writes: [PendingWriteSample], violation: Violation? = nil) -> [String] {
        var dashboard = Dashboard(run: RunDescription(
            address: "127.0.0.1:1", protocolName: "h2c", load: LoadState(connections: 1, streams: 1), loadText: "", hasServer: true, hasClients: true))
        var server = ServerSample()
        server.loops.count = 1
        server.audit.loops = 1
        server.pendingWrites = writes
        dashboard.add(Sample(
            timeNanoseconds: 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: server, client: ClientSample(),
            process: ProcessSample()))
        if let violation {
            dashboard.add(Event(
                timeNanoseconds: 900_000_000, level: .error, source: "audit", text: violation.sentence, violation: violation))
        }
        _ = dashboard.handle(.character("4"))
        _ = dashboard.handle(.enter)
        let frame = dashboard.frame(width: 160, height: 40)
        return (0..<40).map { frame.row($0) }
    }

    @Test("lists what the ledger has, what is broken first, and then by age")
    func ledger() throws {
        let rows = rows([write(1), write(2, isDirect: true), write(3, isReset: true), write(4, arena: 0)])
        let exchanges = rows.compactMap { $0.firstMatch(of: #/ 3 +([1-4]) +(?:12 +7 +\+1184|copy) /#).map { String($0.1) } }
        #expect(exchanges == ["3", "4", "2", "1"])
        #expect(rows.contains { $0.contains("RESET") })
        #expect(rows.contains { $0.contains("direct") } && rows.contains { $0.contains("queued") })
    }

    @Test("shows the last violation as the debugger would")
    func evidence() {
        let violation = Violation(
            kind: .reset, write: write(1, isReset: true), overwriter: .init(connection: 3, exchange: 2, request: "GET /a"),
            foundGeneration: 8, requestAddress: 1, expectedRequest: .init(callback: 2, buffers: 3, bufferCount: 1),
            foundRequest: .init(callback: 0xDDDD_DDDD_DDDD_DDDD, buffers: 0xDDDD_DDDD_DDDD_DDDD, bufferCount: 0xDDDD_DDDD),
            changeOffset: 0, expectedBytes: Array("HTTP/1.1".utf8), foundBytes: [0xDD])
        let rows = rows([], violation: violation)
        for line in violation.lines { #expect(rows.contains { $0.contains(line) }, "\(line)") }
    }

    @Test("is not there where nothing is audited")
    func none() {
        #expect(!rows([]).contains { $0.contains("write of") || $0.contains("violation") })
    }
}
