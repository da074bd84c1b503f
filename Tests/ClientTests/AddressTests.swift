import Client
import Load
import Loop
import Measurements
import TestSupport
import Testing

@Suite("A server with several addresses", .waiting)
struct AddressTests {
    /// A port that nothing listens on.
    private func closedAddress() throws -> SocketAddress {
        let socket = try ServerThread.bind()
        socket.close()
        return socket.address
    }

    private func configuration(_ addresses: [SocketAddress]) -> ClientConfiguration {
        var configuration = ClientConfiguration(addresses: addresses, authority: "several")
        configuration.paths = ["/health"]
        configuration.connections = 4
        configuration.requests = 40
        return configuration
    }

    @Test("is reached at the first that takes a connection, and the others are told")
    func order() throws {
        let server = try ServerThread(), closed = try closedAddress()
        let run = try LoadRun(configuration([closed, server.address]))
        _ = server.stop()
        expectSums(run, requests: 40)
        #expect(run.total.requests.succeeded == 40)
        #expect(run.total.connectionCounts.failed == 0, "an attempt is over with its last address")
        #expect(run.events.map(\.text).contains("\(closed): connection refused; connected to \(server.address) instead"), "\(run.events)")
    }

    @Test("that answers at none says why each was not")
    func none() throws {
        let closed = [try closedAddress(), try closedAddress()]
        let run = try LoadRun(configuration(closed))
        #expect(run.total.errors.connect == 40)
        #expect(run.connectError?.reason == "\(closed[0]): connection refused; \(closed[1]): connection refused")
    }

    @Test("has clients at all of them when they are to be spread")
    func spread() throws {
        let servers = [try ServerThread(), try ServerThread()]
        var configuration = configuration(servers.map(\.address))
        configuration.options.usesAllAddresses = true
        let run = try LoadRun(configuration)
        expectSums(run, requests: 40)
        #expect(servers.map { $0.stop()?.connectionCounts.accepted } == [2, 2])
    }
}
