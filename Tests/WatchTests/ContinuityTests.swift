import Measurements
import Testing
import TestSupport
import Watch

private let sent = Fixtures.line("ssize_t count = send(fd", in: "epollserver.c")

@Suite("A server whose next write does not go on with the bytes that were left", .waiting) struct ContinuityTests {
    private static let runs = 0..<10

    @Test("ignores the result of send: a slow reader shows it", arguments: runs)
    func ignored(run: Int) throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "ignored"])
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.remainderLost))
        #expect(evidence.isWritten(at: sent) && evidence.isFound(at: sent), "\(evidence.text)")
        #expect(evidence.finding.expectedBytes.first == UInt8(ascii: "a") && evidence.finding.foundBytes.first == UInt8(ascii: "H"))
        #expect(evidence.finding.peer != nil)
        #expect(evidence.finding.nextWrite == .passedOver && evidence.text.contains("passed them over: the result of send() was ignored"), "\(evidence.text)")
        client.close()
    }

    @Test("ignores the result of send: small send buffers show it to a client that reads", arguments: runs)
    func ignoredWithSmallBuffers(run: Int) throws {
        var options = ProbeOptions()
        options.sendBuffer = 16_384
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "ignored"], options)
        let client = try watched.client()
        try watched.ask(client, 4_194_304)
        #expect(holds { watched.reading.counters.cutWrites > 0 })
        try watched.ask(client, 5)
        #expect(try #require(watched.evidence(.remainderLost)).isWritten(at: sent))
        client.close()
    }

    @Test("goes on in a buffer that the next request has overwritten", arguments: runs)
    func buffer(run: Int) throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "buffer"])
        let client = try watched.provokeSlowly()
        // The second request has been read, and has filled the buffer.
        #expect(holds { watched.reading.counters.reads >= 2 })
        _ = try client.body()
        let evidence = try #require(watched.evidence(.remainderLost))
        #expect(evidence.isFound(at: sent))
        #expect(evidence.finding.nextWrite == .inPlace && evidence.text.contains("not freed: the buffer was filled again too early"), "\(evidence.text)")
        client.close()
    }

    /// A server on epoll that frees the page before with each answer, and two clients whose answers wait.
    private func twoCutWrites(_ mode: String) throws -> (watched: ServerUnderWatch, first: RawSocket, second: RawSocket) {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", mode])
        let first = try watched.client(), second = try watched.client()
        try watched.ask(first, 6_000_000)
        #expect(holds { watched.reading.counters.cutWrites == 1 })
        try watched.ask(second, 5_000_000)
        #expect(holds { watched.reading.counters.cutWrites == 2 })
        return (watched, first, second)
    }

    @Test("goes on in memory that was freed: it is told where, and which connection had it then", arguments: runs)
    func freed(run: Int) throws {
        let (watched, first, second) = try twoCutWrites("freed")
        _ = try first.body()
        let evidence = try #require(watched.evidence(.remainderLost))
        #expect(evidence.freedPlaces.first?.line == Fixtures.line("    free(page);", in: "epollserver.c"), "\(evidence.text)")
        #expect(evidence.finding.nextWrite == .inPlace && !evidence.finding.isNotFreed && evidence.text.contains("their memory was freed before"))
        #expect(evidence.finding.again?.isOnSameConnection == false && evidence.againPlace?.line == sent, "\(evidence.text)")
        for client in [first, second] { client.close() }
    }

    @Test("goes on in memory that was freed and is not there any more: it is told where", arguments: runs)
    func unmapped(run: Int) throws {
        let (watched, first, second) = try twoCutWrites("unmapped")
        _ = try? first.body()
        let evidence = try #require(watched.evidence(.badPointer))
        #expect(evidence.freedPlaces.first?.line == Fixtures.line("    free(page);", in: "epollserver.c"), "\(evidence.text)")
        for client in [first, second] { client.close() }
    }

    @Test("has a libuv that nothing can be seen of: its arena's early reset still shows", .enabled(if: Fixtures.staticServer != nil, "no libuv_a.a"), arguments: runs)
    func staticLibuv(run: Int) throws {
        let watched = try ServerUnderWatch(Fixtures.staticServer ?? "", ["0", "arena"])
        let client = try watched.provokeSlowly()
        #expect(holds { watched.reading.counters.reads >= 2 })
        _ = try? client.body()
        #expect(watched.evidence(.remainderLost) != nil)
        #expect(watched.reading.counters.libuvWrites == 0)
        client.close()
    }

    @Test("with a queue of its own tells of it by two calls: the bytes that changed are found", arguments: runs)
    func ownQueue(run: Int) throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "queue-buffer"])
        let client = try watched.provokeSlowly()
        #expect(holds { watched.reading.counters.reads >= 2 })
        _ = try client.body()
        let evidence = try #require(watched.evidence(.bytesChanged))
        #expect(evidence.finding.isOwnQueue && evidence.isWritten(at: Fixtures.line("hw_pending_begin(connection->bytes", in: "epollserver.c")), "\(evidence.text)")
        client.close()
    }

    @Test("has no finding when it goes on as it should", arguments: ["right", "queue", "moved"], [0, 4096, 32_768])
    func right(mode: String, sendBuffer: Int) throws {
        var options = ProbeOptions()
        options.sendBuffer = sendBuffer
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", mode], options)
        // Through 4 KiB at a time megabytes would take ten seconds.
        let (first, second) = sendBuffer == 0 ? (6_000_000, 5_000_000) : (1_200_000, 1_000_000)
        let client = try watched.provokeSlowly(first, second)
        #expect(watched.reading.processes.first?.connections.first?.heldBytes ?? 0 > 0)
        try expectWhole(client, first, "a")
        try expectWhole(client, second, "b")
        let reading = watched.reading
        #expect(reading.findingCount == 0 && reading.counters.continuityChecks > 0)
        #expect(holds { watched.reading.processes.first?.connections.first?.heldBytes == 0 })
        client.close()
    }

    @Test("may use its buffer again after the end of its write, also where a trap lay over it")
    func trapLifted() throws {
        var options = ProbeOptions()
        options.traps = true
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "queue"], options)
        let client = try watched.provokeSlowly()
        try expectWhole(client, 6_000_000, "a")
        try expectWhole(client, 5_000_000, "b")
        #expect(watched.reading.findingCount == 0 && watched.process.end() == nil)
        client.close()
    }

    @Test("is not accused when the rest goes out through a copy of the descriptor")
    func copiedDescriptor() throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "copied"])
        let client = try watched.provokeSlowly()
        try expectWhole(client, 6_000_000, "a")
        try expectWhole(client, 5_000_000, "b")
        #expect(watched.reading.findingCount == 0)
        client.close()
    }

    @Test("keeps no byte of a response when it is told not to")
    func noBytes() throws {
        var options = ProbeOptions()
        options.keepsBytes = false
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "ignored"], options)
        let client = try watched.provokeSlowly()
        let finding = try #require(watched.evidence(.remainderLost)).finding
        #expect(finding.expectedBytes.isEmpty && finding.foundBytes.isEmpty && finding.changeOffset != nil)
        client.close()
    }
}

@Suite("Python and Node", .waiting) struct LanguageTests {
    private static let runs = 0..<10
    static let python = Fixtures.python(with: "uvloop")
    static let node = Fixtures.tool("node")

    private func servePython(_ mode: String) throws -> ServerUnderWatch {
        try ServerUnderWatch(LanguageTests.python ?? "", ["\(Fixtures.sources)/uvloop-server.py", "0", mode])
    }

    @Test("uvloop: a bytearray that is filled again under its write", .enabled(if: python != nil, "no Python here has uvloop"), arguments: runs)
    func uvloop(run: Int) throws {
        let watched = try servePython("uvloop-reused")
        let client = try watched.provokeSlowly()
        #expect(holds { watched.reading.counters.reads >= 2 })
        #expect(watched.evidence(.bytesChanged) != nil)
        #expect(watched.process.end() == nil)
        client.close()
    }

    @Test("uvloop: no finding when each answer has bytes of its own", .enabled(if: python != nil, "no Python here has uvloop"))
    func uvloopRight() throws {
        let watched = try servePython("uvloop")
        let client = try watched.provokeSlowly()
        try expectWhole(client, 6_000_000, "a")
        try expectWhole(client, 5_000_000, "b")
        #expect(watched.reading.findingCount == 0 && watched.reading.counters.libuvWrites > 0)
        client.close()
    }

    @Test("Python ignores what send() returns", .enabled(if: Fixtures.tool("python3") != nil, "no Python"), arguments: runs)
    func plain(run: Int) throws {
        let watched = try ServerUnderWatch(Fixtures.tool("python3") ?? "", ["\(Fixtures.sources)/uvloop-server.py", "0", "ignored"])
        let client = try watched.provokeSlowly()
        // Its next send is refused until the socket has room again.
        _ = try client.body()
        try? watched.ask(client, 5)
        #expect(watched.evidence(.remainderLost) != nil)
        client.close()
    }

    @Test("Node fills a Buffer again under its write", .enabled(if: node != nil, "no Node"), arguments: runs)
    func nodeReused(run: Int) throws {
        let watched = try ServerUnderWatch(LanguageTests.node ?? "", ["\(Fixtures.sources)/node-server.js", "0", "reused"])
        let client = try watched.provokeSlowly()
        #expect(holds { watched.reading.counters.reads >= 2 })
        _ = try client.body()
        #expect(watched.evidence(.remainderLost) != nil)
        client.close()
    }

    @Test("Node with a detour into its libuv: each pending write is audited, and right ones stay without a finding",
          .enabled(if: node != nil, "no Node"), arguments: ["reused", "right"])
    func nodeDetour(mode: String) throws {
        var options = ProbeOptions()
        options.detours = true
        let watched = try ServerUnderWatch(LanguageTests.node ?? "", ["\(Fixtures.sources)/node-server.js", "0", mode], options)
        let client = try watched.provokeSlowly()
        #expect(holds { watched.reading.counters.reads >= 2 })
        if mode == "reused" && watched.reading.processes.first?.detour == .set {
            #expect(watched.evidence(.bytesChanged) != nil)
        } else if mode == "right" {
            try expectWhole(client, 6_000_000, "a")
            try expectWhole(client, 5_000_000, "b")
            #expect(watched.reading.findingCount == 0)
        }
        client.close()
    }
}
