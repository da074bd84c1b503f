import Glibc
import Memory
import TLS
import Testing

@Suite("A session") struct SessionTests {
    @Test("is resumed, and both sides count it", arguments: TLSVersion.allCases)
    func resumes(version: TLSVersion) throws {
        let pair = try World().only(version).pair()
        pair.pump()
        var clientCount = 0
        var serverCount = 0
        for _ in 0..<20 {
            let session = try #require(pair.client.takeSession())
            #expect(session.isResumable && session.byteCount > 100)
            try pair.reconnect(resuming: session)
            pair.pump()
            #expect(pair.client.state == .open)
            clientCount += pair.client.isResumed ? 1 : 0
            serverCount += pair.server.isResumed ? 1 : 0
            #expect(pair.client.negotiatedProtocol == .http2)
            #expect(pair.server.serverName == "localhost")
            // TLS 1.2 may keep the ticket it has; so does the caller.
            if version == .tls12 {
                try pair.reconnect(resuming: session)
                pair.pump()
                #expect(pair.client.isResumed && pair.server.isResumed)
                try pair.reconnect()
                pair.pump()
            }
        }
        #expect(clientCount == 20 && serverCount == 20)
    }

    @Test("of TLS 1.3 is offered once only")
    func singleUse() throws {
        let pair = try World().only(.tls13).pair()
        pair.pump()
        let session = try #require(pair.client.takeSession())
        #expect(session.isSingleUse)
        try pair.reconnect(resuming: session)
        pair.pump()
        #expect(pair.client.isResumed)
        #expect(!session.isResumable)
        try pair.reconnect(resuming: session)
        pair.pump()
        #expect(pair.client.state == .open && !pair.client.isResumed && !pair.server.isResumed)
    }

    @Test("comes as often as the server is told to give one")
    func tickets() throws {
        var world = try World().only(.tls13)
        for count in [0, 1, 2, 3] {
            world.server.ticketCount = count
            let pair = try world.pair()
            pair.pump()
            var got = 0
            while pair.client.takeSession() != nil { got += 1 }
            #expect(got == count)
        }
    }

    @Test("is good on another loop of the same server, and on no other server", arguments: TLSVersion.allCases)
    func otherLoop(version: TLSVersion) throws {
        var world = try World().only(version)
        let first = try world.pair()
        first.pump()
        let session = try #require(first.client.takeSession())
        let second = try Pair(world.server, world.client, resuming: session)
        second.pump()
        #expect(second.client.isResumed && second.server.isResumed)
        let third = try world.pair()
        third.pump()
        let another = try #require(third.client.takeSession())
        world.server = try ServerTLSConfiguration(identity: world.server.identity)
        world.server.versions = version...version
        let stranger = try Pair(world.server, world.client, resuming: another)
        stranger.pump()
        #expect(stranger.client.state == .open && !stranger.client.isResumed && !stranger.server.isResumed)
    }

    @Test("survives a connection that ended without close_notify", arguments: TLSVersion.allCases)
    func uncleanEnd(version: TLSVersion) throws {
        let pair = try World().only(version).pair()
        pair.pump()
        let session = try #require(pair.client.takeSession())
        #expect(throws: TLSError.truncated) { try pair.client.receiveEnd() }
        try pair.reconnect(resuming: session)
        pair.pump()
        #expect(pair.client.isResumed)
    }

    @Test("has an end in the future, at most two hours off")
    func expiry() throws {
        let pair = try World().pair()
        pair.pump()
        let session = try #require(pair.client.takeSession())
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        #expect(session.expirySeconds > now.tv_sec && session.expirySeconds <= now.tv_sec + 7200 + 1)
    }

    @Test("is not taken by a client that wants none")
    func off() throws {
        var world = try World()
        world.client.takesSessions = false
        let pair = try world.pair()
        pair.pump()
        #expect(pair.client.takeSession() == nil)
    }
}
