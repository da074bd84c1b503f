import Glibc
import Measurements
import Testing
import TestSupport
import Watch

@Suite("The life and death of a watched server", .waiting) struct LifeTests {
    private func serve(_ mode: String, _ options: ProbeOptions = ProbeOptions()) throws -> ServerUnderWatch {
        try ServerUnderWatch(Fixtures.epollServer, ["0", mode], options)
    }

    @Test("a crash is told with its signal, its address and the line, and stays readable")
    func crash() throws {
        let watched = try serve("crashes")
        let client = try watched.client()
        try watched.ask(client, 666)
        #expect(holds { watched.process.end() == .crashed(signal: SIGSEGV) })
        let process = try #require(watched.reading.processes.first)
        let fault = try #require(process.fault)
        #expect(fault.signal == SIGSEGV && fault.address == 16 && fault.thread == "epollserver")
        let places = Symbolizer().places(fault.frames, in: process.modules, isFault: true)
        #expect(places.first?.line == Fixtures.line("*(volatile char *)16 = 1", in: "epollserver.c"), "\(places)")
        #expect(places.contains { $0.function == "main" }, "\(places)")
        client.close()
    }

    @Test("a program's own handler of faults runs as if the probe were not there")
    func ownHandler() throws {
        let watched = try serve("handles")
        let client = try watched.client()
        try watched.ask(client, 666)
        #expect(holds { watched.process.end() == .exited(SIGSEGV + 40) })
        #expect(watched.reading.processes.first?.fault?.signal == SIGSEGV)
        client.close()
    }

    @Test("a server that spins and ignores SIGTERM is ended within seconds, as hung")
    func hung() throws {
        let watched = try serve("hangs")
        let client = try watched.client()
        try watched.ask(client, 666)
        #expect(holds { watched.reading.counters.reads == 1 })
        let began = monotonicSeconds()
        #expect(watched.process.stop() == .hung)
        #expect(monotonicSeconds() - began < 5)
        // The loop is seen to be within one turn since then.
        #expect(watched.reading.processes.first?.loops.first?.turnBegan ?? 0 > 0)
        client.close()
    }

    @Test("kill -9 of the server leaves findings and counters readable")
    func killed() throws {
        let watched = try serve("ignored")
        let client = try watched.provokeSlowly()
        #expect(watched.evidence(.remainderLost) != nil)
        kill(watched.process.pid, SIGKILL)
        #expect(holds { watched.process.end() == .crashed(signal: SIGKILL) })
        #expect(watched.evidence(.remainderLost) != nil && watched.reading.counters.acceptedConnections == 1)
        client.close()
    }

    @Test("a server that closes all descriptors, or has few, is watched like any other", arguments: ["closes", "small"])
    func descriptors(mode: String) throws {
        let watched = try serve(mode)
        let client = try watched.provokeSlowly()
        try expectWhole(client, 6_000_000, "a")
        try expectWhole(client, 5_000_000, "b")
        #expect(watched.reading.findingCount == 0 && watched.reading.openConnections == 1)
        client.close()
    }

    @Test("a server without descriptors left goes on, and so does the probe")
    func exhausted() throws {
        let watched = try serve("small")
        var clients = try (0..<24).map { _ in try watched.client() }
        #expect(holds { watched.reading.openConnections >= 8 })
        for client in clients { client.close() }
        clients = [try watched.client()]
        try watched.ask(clients[0], 5)
        try expectWhole(clients[0], 5, "a")
        clients[0].close()
    }

    @Test("a forked worker has a slot of its own, and its connections")
    func forks() throws {
        let watched = try serve("forks")
        let client = try watched.provokeSlowly()
        try expectWhole(client, 6_000_000, "a")
        let processes = watched.reading.processes
        #expect(processes.count == 2 && processes[1].parent == processes[0].pid)
        #expect(processes[0].connections.isEmpty && processes[1].connections.count == 1)
        kill(processes[1].pid, SIGTERM)
        client.close()
    }

    @Test("a program that executes another keeps its slot", .enabled(if: Fixtures.tool("sh") != nil))
    func executes() throws {
        let watched = try ServerUnderWatch("/bin/sh", ["-c", "exec \(Fixtures.epollServer) 0 right"])
        let client = try watched.client()
        try watched.ask(client, 5)
        try expectWhole(client, 5, "a")
        let reading = watched.reading
        #expect(reading.processes.count == 1 && reading.openConnections == 1)
        #expect(reading.processes.first?.pid == watched.process.pid)
        client.close()
    }

    @Test("programs that a server starts are not watched when only the server is to be")
    func onlyThis() throws {
        var options = ProbeOptions()
        options.isOnlyThisProcess = true
        let watched = try ServerUnderWatch("/bin/sh", ["-c", "\(Fixtures.epollServer) 0 right; true"], options)
        let client = try watched.client()
        try watched.ask(client, 5)
        try expectWhole(client, 5, "a")
        #expect(watched.reading.processes.map(\.pid) == [watched.process.pid] && watched.reading.counters.acceptedConnections == 0)
        let child = Fixtures.run("/usr/bin/pgrep", ["-P", "\(watched.process.pid)"]).text.split(separator: "\n").compactMap { Int32($0) }.first
        if let child { kill(child, SIGTERM) }
        client.close()
    }

    @Test("a program without the parent's memory runs as it would without the probe")
    func orphaned() {
        let answer = Fixtures.run("/usr/bin/env", [
            "LD_PRELOAD=\(Fixtures.probe)", "HIGHWATER_SEGMENT=/proc/1/fd/99999", "/bin/sh", "-c", "echo whole; exit 3",
        ])
        #expect(answer.code == 3 && answer.text == "whole\n")
    }
}
