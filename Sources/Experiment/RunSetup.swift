internal import Client
internal import Glibc
internal import Load
internal import Loop
internal import TLS
internal import Workload

/// All that a run binds, resolves and reads before it starts.
struct RunSetup {
    /// One for each loop of the server. A loop that is made takes its sockets over.
    let sockets: [Listener.Socket]
    /// The same for TLS; empty without.
    let secureSockets: [Listener.Socket]
    let tls: TLSSetup
    /// The servers that the clients ask; empty without a server of ours and without a target.
    let origins: [OriginSetup]
    let addresses: RunAddresses

    /// Errors: the port, the name or the file that cannot be had; then nothing stays bound.
    init(_ plan: Plan) throws(ExperimentError) {
        var clients = plan.client
        do { clients?.kinds = try plan.client?.kindsWithFiles() ?? [] } catch { throw ExperimentError(error.description) }
        let tls = try TLSSetup(plan)
        self.tls = tls
        var bound: [Listener.Socket] = []
        var secure: [Listener.Socket] = []
        do {
            if let server = plan.server {
                bound = try RunSetup.bind(server)
                if let tls = server.tls { secure = try RunSetup.bind(host: tls.host, port: tls.port, loops: server.loops) }
                let options = plan.clientsUseTLS ? tls.options(host: server.tls?.host ?? server.host) : nil
                origins = (plan.clientsUseTLS ? secure : bound).prefix(1).map { OriginSetup($0.address, clients: clients, tls: options) }
            } else {
                origins = try (clients?.byOrigin ?? []).map { part, clients in
                    try OriginSetup(part, clients, tls: plan.usesTLS(clients.origin) ? tls.options(host: clients.host) : nil)
                }
            }
        } catch {
            for socket in bound + secure { socket.close() }
            throw ExperimentError("\(error)")
        }
        sockets = bound
        secureSockets = secure
        let target: String? = plan.server == nil
            ? RunSetup.text(origins.map(\.authority)) : plan.client == nil ? nil : origins.first?.addresses.first?.description
        addresses = RunAddresses(server: bound.first?.address.description, secureServer: secure.first?.address.description, target: target)
    }

    /// "127.0.0.1:8080", or the first of several, and how many more there are; nil: there is none.
    private static func text(_ authorities: [String]) -> String? {
        authorities.first.map { $0 + (authorities.count > 1 ? " and \(authorities.count - 1) more server\(authorities.count == 2 ? "" : "s")" : "") }
    }

    /// Closes the sockets that no loop took over.
    ///
    /// - Parameter loops: loops of the server that were made.
    func close(exceptOf loops: Int) {
        for socket in sockets.dropFirst(loops) + secureSockets.dropFirst(loops) { socket.close() }
    }

    /// Binds the clear port of the server, or its Unix socket.
    private static func bind(_ server: ServerPlan) throws(LoopError) -> [Listener.Socket] {
        guard let path = server.unixPath else { return try bind(host: server.host, port: server.port, loops: server.loops) }
        return try Listener.Socket.group(bindingUnix: try unixAddress(path), mode: UInt32(server.socketMode), count: server.loops)
    }

    private static func unixAddress(_ path: String) throws(LoopError) -> SocketAddress {
        guard let address = SocketAddress(unixPath: path) else { throw LoopError(call: "unix socket \(path)", code: -ENAMETOOLONG) }
        return address
    }

    /// Binds a port, for as many loops as are to share it. After an error nothing of it stays bound.
    private static func bind(host: String, port: Int, loops: Int) throws(LoopError) -> [Listener.Socket] {
        guard let address = SocketAddress(host: host, port: port) else {
            throw LoopError(call: "listen address \(host): not numeric", code: -22)
        }
        return try Listener.Socket.group(binding: address, count: loops)
    }
}
