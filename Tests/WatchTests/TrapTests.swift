import Glibc
import Measurements
import Testing
import TestSupport
import Watch

/// Each of these once cost a crash, a hang or a wrong number. Some have their test elsewhere: a libuv that
/// dlopen brings (`LanguageTests.uvloop`), handlers of faults (`LifeTests.ownHandler`), a refused write between a cut
/// one and its continuation (`LanguageTests.plain`), uv_write that calls uv_write2 (the exact counts of
/// `LibuvRightTests`), a server that ignores SIGTERM (`LifeTests.hung`), versions of glibc (`ProbeFileTests`),
/// handshakes that are counted once (`RealServerTests`).
@Suite("What a probe must not do to a server", .waiting) struct TrapTests {
    @Test("calls that it wraps keep their promises: addresses, errno, faults, children")
    func promises() throws {
        let program = Fixtures.compiled("selfcheck.c", "selfcheck", ["-lpthread"])
        #expect(Fixtures.run(program, []).text == "whole\n")
        let segment = try ProbeSegment(ProbeOptions())
        let environment = ["LD_PRELOAD=\(Fixtures.probe)", "\(segment.environment.name)=\(segment.environment.value)"]
        let answer = Fixtures.run("/usr/bin/env", environment + [program])
        #expect(answer.text == "whole\n" && answer.code == 0)
        // One connection was left open; the write from a bad pointer is the program's own.
        let reading = segment.read()
        #expect(reading.counters.acceptedConnections == 3 && reading.processes.first?.connections.count == 1)
        #expect(Set(reading.findings.map(\.kind)) == [.badPointer])
    }

    @Test("a program that exports a libuv of its own calls it, and not the probe for ever",
          .enabled(if: Fixtures.staticServer != nil, "no libuv_a.a"), arguments: [false, true])
    func ownSymbols(detours: Bool) throws {
        let archive = "/usr/lib/\(Fixtures.machine)-linux-gnu/libuv_a.a"
        let program = Fixtures.compiled("uvserver.c", "uvserver-exported-\(detours)", ["-rdynamic", archive, "-lpthread", "-ldl"])
        var options = ProbeOptions()
        options.detours = detours
        let watched = try ServerUnderWatch(program, ["0", "right"], options)
        let client = try watched.client()
        try watched.ask(client, 100)
        try expectWhole(client, 100, "a")
        #expect(holds { watched.reading.counters.libuvWrites == (detours ? 1 : 0) })
        client.close()
    }

    @Test("a detour that cannot be made says why, and the server runs", .enabled(if: Fixtures.staticServer != nil, "no libuv_a.a"))
    func stripped() throws {
        let program = "\(Fixtures.folder)/uvserver-stripped"
        Fixtures.run("/usr/bin/strip", ["-o", program, Fixtures.staticServer ?? ""])
        var options = ProbeOptions()
        options.detours = true
        let watched = try ServerUnderWatch(program, ["0", "right"], options)
        let client = try watched.client()
        try watched.ask(client, 100)
        try expectWhole(client, 100, "a")
        #expect(watched.reading.processes.first?.detour.refusal?.contains("stripped") == true)
        client.close()
    }

    @Test("connections that libuv closes past close(2) end here too")
    func libuvCloses() throws {
        let watched = try ServerUnderWatch(Fixtures.uvServer, ["0", "right"])
        for _ in 0..<50 {
            let client = try watched.client()
            try watched.ask(client, 10)
            try expectWhole(client, 10, "a")
            client.close()
        }
        #expect(holds { watched.reading.counters.closedConnections == 50 && watched.reading.openConnections == 0 })
    }

    @Test("bytes that were freed or unmapped are never touched: the server lives", arguments: ["freed", "unmapped"])
    func gone(mode: String) throws {
        let watched = try ServerUnderWatch(Fixtures.uvServer, ["0", mode])
        let client = try watched.client()
        try watched.ask(client, 6_000_000)
        let evidence = try #require(watched.evidence(.bytesFreed))
        #expect(evidence.finding.isUnmapped == (mode == "unmapped"))
        client.close()
        // The callback, which compares, has come by now: the connection is closed.
        #expect(holds { watched.reading.counters.finishedWrites == 1 })
        let next = try watched.client()
        try watched.ask(next, 10)
        #expect(try !next.body().isEmpty || mode == "unmapped")
        #expect(watched.process.end() == nil)
        next.close()
    }

    @Test("a server in a sandbox that kills for unknown calls lives, and its bytes are no longer compared")
    func sandbox() throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "sandboxed"])
        let client = try watched.provokeSlowly()
        try expectWhole(client, 6_000_000, "a")
        try expectWhole(client, 5_000_000, "b")
        let reading = watched.reading
        #expect(watched.process.end() == nil && reading.openConnections == 1 && reading.processes.first?.canLook == false)
        client.close()
    }

    @Test("a heap is told only where both malloc and free are seen")
    func ownMalloc() throws {
        let source = "\(Fixtures.folder)/ownmalloc.c"
        Fixtures.write("#include <stddef.h>\nextern void *__libc_malloc(size_t);\nvoid *malloc(size_t size) { return __libc_malloc(size); }\n", to: source)
        let program = Fixtures.compiled("epollserver.c", "epollserver-ownmalloc", [source])
        let watched = try ServerUnderWatch(program, ["0", "right"])
        #expect(watched.reading.processes.first?.knowsHeap == false)
        let other = try ServerUnderWatch(Fixtures.epollServer, ["0", "right"])
        #expect(other.reading.processes.first?.knowsHeap == true)
    }

    @Test("live bytes are those that malloc gave and free has not taken")
    func heap() throws {
        let watched = try ServerUnderWatch(Fixtures.epollServer, ["0", "right"])
        let before = watched.reading.counters.liveBytes
        let client = try watched.client()
        try watched.ask(client, 10)
        try expectWhole(client, 10, "a")
        // The answer's buffer of 16 MiB, and the connection.
        #expect(watched.reading.counters.liveBytes - before > 16 << 20)
        client.close()
        #expect(holds { watched.reading.counters.liveBytes == before })
    }

    @Test("a thread for each of 100 connections is counted exactly")
    func threads() throws {
        let watched = try ServerUnderWatch(Fixtures.compiled("threadserver.c", "threadserver", ["-lpthread"]), ["0"])
        let clients = try (0..<100).map { _ in try watched.client() }
        for client in clients { try watched.ask(client, 1000) }
        for client in clients { try expectWhole(client, 1000, "a") }
        let sent = clients.reduce(0) { $0 + $1.receivedBytes }
        let reading = watched.reading
        #expect(reading.openConnections == 100 && reading.counters.acceptedConnections == 100)
        #expect(reading.counters.sentBytes == sent && reading.counters.receivedBytes == clients.reduce(0) { $0 + $1.sentBytes })
        for client in clients { client.close() }
        #expect(holds { watched.reading.openConnections == 0 && watched.reading.counters.closedConnections == 100 })
    }
}
