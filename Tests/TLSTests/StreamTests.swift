import Memory
import TLS
import TestSupport
import Testing

@Suite("An open connection") struct StreamTests {
    @Test("carries 10 MiB each way, byte for byte", arguments: TLSVersion.allCases)
    func bulk(version: TLSVersion) throws {
        let pair = try World().only(version).pair()
        pair.pump()
        let bytes = pattern(10 << 20)
        var start = 0
        var size = 1
        while start < bytes.count {
            let part = Array(bytes[start..<min(start + size, bytes.count)])
            pair.client.write(part)
            pair.server.write(part)
            start += size
            size = (size * 7 + 3) % 200_000 + 1
            pair.pump()
        }
        #expect(pair.serverGot == bytes && pair.clientGot == bytes)
        #expect(pair.pool.currentStatistics.inUseCount == 0)
        #expect(pair.pool.currentStatistics.leaseCount == 0)
    }

    @Test("packs small writes into one record")
    func staging() throws {
        let pair = try World().pair()
        pair.pump()
        for _ in 0..<100 { pair.client.write([1, 2, 3]) }
        let bytes = pair.client.output()
        #expect(bytes.count == 5 + 300 + 1 + 16)
        #expect(try pair.server.receive(bytes).count == 300)
    }

    @Test("does not mix its small writes with another's")
    func twoEndpoints() throws {
        let pair = try World().pair()
        pair.pump()
        let client = try TLSEndpoint(client: pair.clientContext, host: "localhost")
        let server = try TLSEndpoint(server: pair.serverContext)
        while client.hasOutput || server.hasOutput {
            _ = try server.receive(client.output())
            _ = try client.receive(server.output())
        }
        for byte in UInt8(0)..<100 {
            pair.client.write([byte])
            client.write([byte, byte])
        }
        #expect(try pair.server.receive(pair.client.output()) == Array(0..<100))
        #expect(try server.receive(client.output()) == (UInt8(0)..<100).flatMap { [$0, $0] })
    }

    @Test("may be written to while it delivers")
    func echo() throws {
        let pair = try World().pair()
        pair.pump()
        pair.client.write(pattern(100_000))
        let ciphertext = pair.client.output()
        let server = pair.server
        try ciphertext.withUnsafeBytes { try server.receive($0) { server.write($0) } }
        #expect(try pair.client.receive(server.output()) == pattern(100_000))
    }

    @Test("closes both ways with close_notify", arguments: TLSVersion.allCases)
    func closes(version: TLSVersion) throws {
        let pair = try World().only(version).pair()
        pair.pump()
        pair.client.write([1, 2, 3])
        pair.client.close()
        #expect(!pair.client.peerHasClosed)
        pair.pump()
        #expect(pair.serverGot == [1, 2, 3] && pair.server.peerHasClosed)
        try pair.server.receiveEnd()
        // Half-closed: the answer still arrives.
        pair.server.write([4, 5])
        pair.server.close()
        pair.pump()
        #expect(pair.clientGot == [4, 5] && pair.client.peerHasClosed)
        try pair.client.receiveEnd()
        pair.client.write([9])
        #expect(!pair.client.hasOutput)
    }

    @Test("tells the end from a cut")
    func truncated() throws {
        let pair = try World().pair()
        pair.pump()
        pair.server.write(pattern(1000))
        var bytes = pair.server.output()
        bytes.removeLast()
        #expect(try pair.client.receive(bytes).isEmpty)
        #expect(throws: TLSError.truncated) { try pair.client.receiveEnd() }
        #expect(pair.client.state == .failed(.truncated))
        let early = try World().pair()
        #expect(throws: TLSError.truncated) { try early.server.receiveEnd() }
    }

    @Test("delivers what came before a broken record, then fails, and tells the peer")
    func broken() throws {
        let pair = try World().pair()
        pair.pump()
        pair.client.write([1, 2, 3])
        var bytes = pair.client.output()
        pair.client.write([4, 5, 6])
        var second = pair.client.output()
        second[second.count - 1] ^= 1
        bytes += second
        var got: [UInt8] = []
        #expect(throws: TLSError.self) {
            try bytes.withUnsafeBytes { try pair.server.receive($0) { got += $0 } }
        }
        #expect(got == [1, 2, 3])
        pair.server.write([7])
        pair.pump()
        #expect(pair.clientGot.isEmpty)
        #expect(pair.clientError == .peerAlert(code: 20, reason: "bad record mac"))
    }
}
