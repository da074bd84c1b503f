import Glibc
import Testing
import TestSupport
import Watch

@Suite("The outside view", .waiting) struct SocketDiagnosisTests {
    @Test("knows a server's connections with their peers, though nothing is in the server")
    func connections() throws {
        let server = try ServerUnderWatch(Fixtures.epollServer, ["0", "right"])
        let clients = try (0..<20).map { _ in try server.client() }
        let diagnosis = try SocketDiagnosis()
        #expect(holds { server.reading.openConnections == 20 })
        let outside = diagnosis.connections(port: server.port)
        let inside = server.reading.processes.flatMap(\.connections)
        #expect(Set(outside.map(\.peer)) == Set(inside.compactMap(\.peer)) && outside.count == 20)
        for client in clients { client.close() }
        #expect(holds { server.reading.openConnections == 0 && diagnosis.connections(port: server.port).isEmpty })
    }

    @Test("sees the bytes that a slow reader leaves in the kernel, and what limits it")
    func slowReader() throws {
        let server = try ServerUnderWatch(Fixtures.epollServer, ["0", "right"])
        let client = try server.client()
        try server.ask(client, 8_000_000)
        let diagnosis = try SocketDiagnosis()
        #expect(holds { (diagnosis.connections(port: server.port).first?.unsentBytes ?? 0) > 100_000 })
        #expect(holds { (diagnosis.connections(port: server.port).first?.windowLimitedShare ?? 0) > 0.5 })
        let connection = try #require(diagnosis.connections(port: server.port).first)
        #expect(connection.queuedBytes >= connection.unsentBytes)
        client.close()
    }

    @Test("knows which connection's server owes an answer")
    func owing() throws {
        let listener = try RawListener { peer, number in
            _ = try peer.receiveHead()
            if number > 0 { try peer.send(Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)) }
            _ = try peer.receiveHead()
        }
        defer { listener.stop() }
        let diagnosis = try SocketDiagnosis()
        func owed() -> [Bool] { diagnosis.connections(port: UInt16(listener.port)).map(\.owesAnswer) }
        let unanswered = try RawSocket(port: listener.port)
        try unanswered.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(holds { owed() == [true] })
        let answered = try RawSocket(port: listener.port)
        try answered.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(holds { owed().count == 2 && owed().filter { $0 }.count == 1 })
        unanswered.close()
        answered.close()
    }

    @Test("finds the process that listens on a port, and the port that a process listens on")
    func owner() throws {
        let server = try ServerUnderWatch(Fixtures.epollServer, ["0", "right"])
        let diagnosis = try SocketDiagnosis()
        let inode = try #require(diagnosis.listeningSockets(port: server.port).first).inode
        #expect(ProcessFigures.owners(ofSockets: [inode]) == [inode: [server.process.pid]])
        #expect(diagnosis.ports(of: server.process.pid) == [server.port])
        #expect(diagnosis.listeningSockets(port: Fixtures.freePort()).isEmpty)
    }

    @Test("knows a process's CPU time, memory, threads and descriptors")
    func figures() throws {
        let server = try ServerUnderWatch(Fixtures.epollServer, ["0", "right"])
        // Three standard streams, the listener and the epoll; the last is made after the port is said.
        #expect(holds { ProcessFigures.descriptorCount(server.process.pid) == 5 })
        let figures = try #require(ProcessFigures(server.process.pid))
        #expect(figures.name == "epollserver" && figures.threadCount == 1 && figures.residentBytes > 100_000)
        #expect(ProcessFigures(Int32.max) == nil)
    }
}
