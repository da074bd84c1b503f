import Measurements
import Testing
import TestSupport
import Watch

/// Where libuv's writes can be seen: dynamic libuv, or one within the program that is entered by a jump.
enum LibuvServer: String, CaseIterable, CustomTestStringConvertible {
    case shared = "libuv as a library"
    case linked = "libuv within the program"

    var testDescription: String { rawValue }
    var path: String? { self == .shared ? Fixtures.uvServer : Fixtures.staticServer }

    var options: ProbeOptions {
        var options = ProbeOptions()
        options.detours = self == .linked
        return options
    }

    static var available: [LibuvServer] {
        #if arch(x86_64)
            allCases.filter { $0.path != nil }
        #else
            [.shared]
        #endif
    }
}

private let write = Fixtures.line("uv_write(&answer->request", in: "uvserver.c")

@Suite("A server on libuv whose bytes do not stay until the callback", .waiting) struct LibuvAuditTests {
    private static let runs = 0..<10

    private func serve(_ server: LibuvServer, _ mode: String, _ options: ProbeOptions? = nil) throws -> ServerUnderWatch {
        try ServerUnderWatch(server.path ?? "", ["0", mode], options ?? server.options)
    }

    /// With traps: the instruction that overwrites the bytes of an answer is named.
    private func catchWriting(_ server: LibuvServer, _ mode: String) throws -> (watched: ServerUnderWatch, client: RawSocket, evidence: Evidence) {
        var options = server.options
        options.traps = true
        let watched = try serve(server, mode, options)
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.caughtWriting))
        #expect(evidence.isFound(at: Fixtures.line("memset(bytes + head", in: "uvserver.c")), "\(evidence.text)")
        return (watched, client, evidence)
    }

    @Test("resets its arena early: a slow reader finds the request used again", arguments: LibuvServer.available, runs)
    func arenaReset(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "arena")
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.requestReused))
        #expect(evidence.isWritten(at: write) && evidence.isFound(at: write), "\(evidence.text)")
        watched.kill()
        client.close()
    }

    @Test("resets its arena early: the request is seen to have changed, as the debugger would show it", arguments: LibuvServer.available, runs)
    func requestCleared(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "arena")
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.requestChanged))
        #expect(evidence.finding.foundRequest.callback == 0 && evidence.finding.expectedRequest.callback != 0)
        #expect(evidence.text.contains("cb     = 0x0  // should be 0x"), "\(evidence.text)")
        #expect(evidence.isWritten(at: write), "\(evidence.text)")
        watched.kill()
        client.close()
    }

    @Test("resets its arena early: 1100 connections find it without a slow reader",
          .enabled(if: Fixtures.tool("wrk") != nil, "wrk is not installed"), .enabled(if: descriptorLimit > 2500, "too few descriptors"),
          arguments: LibuvServer.available, runs)
    func arenaResetUnderLoad(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "arena")
        let load = try SpawnedProgram(
            Fixtures.tool("wrk") ?? "", ["-c1100", "-t1", "-d30s", "http://127.0.0.1:\(watched.port)/64"], output: "\(Fixtures.folder)/wrk.\(server).\(run)")
        // So many are ready at once only now and then where others use the machine too.
        let evidence = watched.evidence(.requestReused, within: 30)
        _ = load.finish(withinSeconds: 0)
        #expect(try #require(evidence).isWritten(at: write))
        // The kernel had the bytes, but not libuv its request back: no harmless thing.
        #expect(evidence?.finding.isLatent == false)
        #expect(watched.reading.counters.readySocketsMost == 1024)
    }

    @Test("uses its buffer for the next answer: right length, wrong letters", arguments: LibuvServer.available, runs)
    func bufferReused(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "buffer")
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.bytesChanged))
        #expect(evidence.isWritten(at: write) && evidence.finding.trap == .possible, "\(evidence.text)")
        #expect(evidence.finding.expectedBytes.first == UInt8(ascii: "6") && evidence.finding.foundBytes.first == UInt8(ascii: "5"))
        #expect(watched.process.end() == nil)
        client.close()
    }

    @Test("uses its buffer again: the difference is shown where it is, behind the first line of bytes", arguments: LibuvServer.available)
    func lateDifference(server: LibuvServer) throws {
        let watched = try serve(server, "late")
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.bytesChanged))
        #expect(evidence.finding.changeOffset == 300, "\(evidence.text)")
        #expect(evidence.finding.expectedBytes == Array(repeating: UInt8(ascii: "a"), count: 64), "\(evidence.text)")
        #expect(evidence.finding.foundBytes == Array(repeating: UInt8(ascii: "b"), count: 64), "\(evidence.text)")
        client.close()
    }

    @Test("hands over a head and a page that is made again: the difference is shown in the second buffer", arguments: LibuvServer.available)
    func twoBuffers(server: LibuvServer) throws {
        let watched = try serve(server, "parts")
        let client = try watched.provokeSlowly()
        let evidence = try #require(watched.evidence(.bytesChanged)), head = "HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n\r\n".utf8.count
        #expect(evidence.finding.changeOffset == UInt64(head) && evidence.finding.byteCount == UInt64(head) + 6_000_000, "\(evidence.text)")
        #expect(evidence.finding.expectedBytes == Array(repeating: UInt8(ascii: "a"), count: 64), "\(evidence.text)")
        #expect(evidence.finding.foundBytes == Array(repeating: UInt8(ascii: "b"), count: 64), "\(evidence.text)")
        let place = Fixtures.line("uv_write(request,", in: "uvserver.c")
        #expect(evidence.isWritten(at: place), "\(evidence.text)")
        #expect(evidence.finding.again?.isOnSameConnection == true && evidence.againPlace?.line == place, "\(evidence.text)")
        client.close()
    }

    @Test("uses one page for all connections: told as of another connection", arguments: LibuvServer.available)
    func sharedPage(server: LibuvServer) throws {
        let watched = try serve(server, "shared")
        let first = try watched.client(), second = try watched.client()
        try watched.ask(first, 6_000_000)
        #expect(holds { watched.reading.counters.queuedWrites == 1 })
        try watched.ask(second, 5_000_000)
        // Its callback is the next certain look.
        _ = try first.body()
        let evidence = try #require(watched.evidence(.bytesChanged))
        #expect(evidence.finding.byteCount > 6_000_000 && evidence.finding.again?.isOnSameConnection == false, "\(evidence.text)")
        #expect(evidence.againPlace?.line == Fixtures.line("uv_write(request,", in: "uvserver.c"), "\(evidence.text)")
        first.close()
        second.close()
    }

    @Test("with traps a change that they cannot catch says why", arguments: LibuvServer.available)
    func untrapped(server: LibuvServer) throws {
        var options = server.options
        (options.traps, options.sendBuffer) = (true, 4_096)
        let watched = try serve(server, "parts", options)
        let client = try watched.client()
        // The first ones are taken at once, and none has a page of its own.
        try client.send(String(repeating: "GET /2000 HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 1_000))
        func has(_ trap: BrokenWrite.Trap, latent isLatent: Bool) -> Bool {
            watched.reading.findings.contains { $0.kind == .bytesChanged && $0.isLatent == isLatent && $0.trap == trap }
        }
        #expect(holds { has(.noPage, latent: false) && has(.direct, latent: true) }, "\(watched.reading.findings)")
        client.close()
    }

    @Test("uses its buffer again and again: one bug, with the number of times", arguments: LibuvServer.available)
    func countedOnce(server: LibuvServer) throws {
        let watched = try serve(server, "buffer")
        let client = try watched.provokeSlowly()
        for _ in 0..<3 { try watched.ask(client, 4_000_000) }
        #expect(holds { watched.reading.findingCounts[.bytesChanged, default: 0] >= 3 })
        let reading = watched.reading, bugs = reading.findings.filter { $0.kind == .bytesChanged }
        #expect(bugs.count == 1 && bugs.first.map { Int($0.count) } == reading.findingCounts[.bytesChanged], "\(reading.findings)")
        client.close()
    }

    @Test("uses its buffer for pipelined answers that the socket takes at once: latent", arguments: LibuvServer.available, runs)
    func rewrittenDirectly(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "buffer")
        let client = try watched.client()
        try client.send(String(repeating: "GET /1000 HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 16))
        let evidence = try #require(watched.evidence(.bytesChanged))
        #expect(evidence.finding.isLatent && evidence.isWritten(at: write), "\(evidence.text)")
        #expect(evidence.finding.expectedBytes.first != evidence.finding.foundBytes.first && !evidence.finding.foundBytes.isEmpty, "\(evidence.text)")
        #expect(watched.reading.counters.queuedWrites == 0)
        client.close()
    }

    @Test("frees its bytes after the write: told at the free, with its stack", arguments: LibuvServer.available, runs)
    func bytesFreed(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "freed")
        let client = try watched.client()
        try watched.ask(client, 6_000_000)
        let evidence = try #require(watched.evidence(.bytesFreed))
        #expect(!evidence.finding.isLatent)
        #expect(evidence.isWritten(at: write) && evidence.isFound(at: Fixtures.line("        free(bytes);", in: "uvserver.c")), "\(evidence.text)")
        client.close()
    }

    @Test("frees its bytes after the write: found with one small request, as latent", arguments: LibuvServer.available, runs)
    func bytesFreedLatent(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "freed")
        let client = try watched.client()
        try watched.ask(client, 100)
        let evidence = try #require(watched.evidence(.bytesFreed))
        #expect(evidence.finding.isLatent && evidence.text.contains("harmless only because the socket took all bytes at once"))
        #expect(evidence.isFound(at: Fixtures.line("        free(bytes);", in: "uvserver.c")), "\(evidence.text)")
        client.close()
    }

    @Test("frees its bytes in many places: those that did no harm leave room for one that does")
    func latentLeaveRoom() throws {
        let watched = try serve(.shared, "everywhere")
        let client = try watched.client()
        for _ in 0..<20 {
            try watched.ask(client, 100)
            _ = try client.body()
        }
        func kept(latent isLatent: Bool) -> Int { watched.reading.findings.count { $0.kind == .bytesFreed && $0.isLatent == isLatent } }
        #expect(holds { kept(latent: true) == 16 }, "\(kept(latent: true)) latent")
        try watched.ask(client, 6_000_000)
        #expect(holds { kept(latent: false) == 1 }, "\(watched.reading.findings.map(\.sentence))")
        client.close()
    }

    @Test("writes bytes of a stack frame that is gone: found with one small request", arguments: LibuvServer.available, runs)
    func deadStack(server: LibuvServer, run: Int) throws {
        let watched = try serve(server, "stack")
        let client = try watched.client()
        try watched.ask(client, 100)
        let evidence = try #require(watched.evidence(.deadStack))
        #expect(evidence.isWritten(at: write), "\(evidence.text)")
        client.close()
    }

    @Test("with traps the instruction that overwrites is named", arguments: LibuvServer.available, runs)
    func caught(server: LibuvServer, run: Int) throws {
        let (watched, client, _) = try catchWriting(server, "buffer")
        #expect(watched.process.end() == nil)
        client.close()
    }

    @Test("with traps the pages of a second buffer are protected too, and the place is that of the whole write", arguments: LibuvServer.available)
    func caughtInSecond(server: LibuvServer) throws {
        let (_, client, evidence) = try catchWriting(server, "parts")
        // Behind the head, and where a page of memory begins.
        let head = UInt64("HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n\r\n".utf8.count), offset = try #require(evidence.finding.changeOffset)
        #expect(offset >= head && offset < head + 4_096 && evidence.finding.expectedBytes == Array(repeating: UInt8(ascii: "a"), count: 64), "\(evidence.text)")
        client.close()
    }
}

@Suite("A server on libuv that does it right", .waiting) struct LibuvRightTests {
    @Test("has no finding: pipelined answers, of memory of their own or of the same constant bytes", arguments: LibuvServer.available, ["right", "constant"])
    func pipelined(server: LibuvServer, mode: String) throws {
        let watched = try ServerUnderWatch(server.path ?? "", ["0", mode], server.options)
        let client = try watched.client()
        for _ in 0..<50 {
            try client.send(String(repeating: "GET /1000 HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 16))
            for _ in 0..<16 { #expect(try client.body().count == 1_000) }
        }
        #expect(watched.reading.findingCount == 0 && watched.reading.counters.libuvWrites == 800)
        client.close()
    }

    @Test("has no finding: slow readers, pipelining, traps", arguments: LibuvServer.available, [false, true])
    func slowReader(server: LibuvServer, traps: Bool) throws {
        var options = server.options
        options.traps = traps
        let watched = try ServerUnderWatch(server.path ?? "", ["0", "right"], options)
        let client = try watched.provokeSlowly()
        #expect(holds { !(watched.reading.processes.first?.pendingWrites.isEmpty ?? true) })
        try expectWhole(client, 6_000_000, "a")
        try expectWhole(client, 5_000_000, "b")
        let reading = watched.reading
        #expect(reading.findingCount == 0 && reading.counters.queuedWrites == 2 && reading.counters.checks > 0)
        #expect(holds { watched.reading.counters.finishedWrites == 2 && watched.reading.processes.first?.pendingWrites.isEmpty == true })
        client.close()
        #expect(holds { watched.reading.openConnections == 0 })
        #expect(watched.process.stop() == .exited(0))
    }

    @Test("has no finding with 1100 connections",
          .enabled(if: Fixtures.tool("wrk") != nil, "wrk is not installed"), .enabled(if: descriptorLimit > 2500, "too few descriptors"),
          arguments: LibuvServer.available)
    func load(server: LibuvServer) throws {
        let watched = try ServerUnderWatch(server.path ?? "", ["0", "right"], server.options)
        Fixtures.run(Fixtures.tool("wrk") ?? "", ["-c1100", "-t1", "-d1s", "http://127.0.0.1:\(watched.port)/64"])
        #expect(watched.reading.findingCount == 0 && watched.process.end() == nil)
        #expect(holds { watched.reading.counters.closedConnections == watched.reading.counters.acceptedConnections })
        // The callbacks of writes that the close has cancelled come after it.
        #expect(holds { watched.reading.counters.libuvWrites == watched.reading.counters.finishedWrites })
        let counters = watched.reading.counters
        #expect(counters.acceptedConnections >= 1100)
        #expect(counters.libuvWrites == counters.directWrites + counters.queuedWrites)
    }
}
