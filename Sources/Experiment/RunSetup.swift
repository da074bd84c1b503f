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
    /// The requests of the clients, bodies included.
    let requestKinds: [RequestKind]
    /// The addresses that the clients connect to, in the order in which they are tried; empty without a server and a target.
    let clientAddresses: [SocketAddress]
    /// nil: the clients connect to the server itself.
    let proxy: ClientProxy?
    let addresses: RunAddresses

    /// Errors: the port, the name or the file that cannot be had; then nothing stays bound.
    init(_ plan: Plan) throws(ExperimentError) {
        do { requestKinds = try plan.client?.kindsWithFiles() ?? [] } catch { throw ExperimentError(error.description) }
        tls = try TLSSetup(plan)
        proxy = if let client = plan.client, plan.server == nil {
            try ClientProxy(
                client, usesTLS: plan.clientsUseTLS, authority: TargetURL.authority(host: TargetURL.withoutZone(client.host), port: client.port))
        } else { nil }
        var bound: [Listener.Socket] = []
        var secure: [Listener.Socket] = []
        do {
            if let server = plan.server {
                bound = try RunSetup.bind(server)
                if let tls = server.tls { secure = try RunSetup.bind(host: tls.host, port: tls.port, loops: server.loops) }
                clientAddresses = (plan.clientsUseTLS ? secure : bound).prefix(1).map(\.address)
            } else if let path = plan.client?.unixSocket {
                clientAddresses = [try RunSetup.unixAddress(path)]
            } else if let client = plan.client {
                let peer = client.proxy ?? client.connectTo ?? client.target
                clientAddresses = try BoundedResolution.addresses(
                    host: peer.host, port: peer.port,
                    withinMilliseconds: max(1, Int(client.connectTimeout / .milliseconds(1))))
            } else {
                clientAddresses = []
            }
        } catch {
            for socket in bound + secure { socket.close() }
            throw ExperimentError("\(error)")
        }
        sockets = bound
        secureSockets = secure
        let target: String? = if let client = plan.client, plan.server == nil {
            RunSetup.authority(client.host, client.port, usualPort: client.isSecure ? 443 : 80)
        } else {
            plan.client == nil ? nil : clientAddresses.first?.description
        }
        addresses = RunAddresses(server: bound.first?.address.description, secureServer: secure.first?.address.description, target: target)
    }

    /// Closes the sockets that no loop took over.
    ///
    /// - Parameter loops: loops of the server that were made.
    func close(exceptOf loops: Int) {
        for socket in sockets.dropFirst(loops) + secureSockets.dropFirst(loops) { socket.close() }
    }

    /// The authority of the clients' requests.
    var authority: String {
        // A Unix socket of ours has no host; curl's users write this one.
        if let address = clientAddresses.first, address.unixPath != nil, sockets.first?.address == address { return "localhost" }
        return addresses.target ?? clientAddresses.first?.description ?? ""
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

    /// The authority of a target: its host, and its port unless that is the usual one of its scheme.
    private static func authority(_ host: String, _ port: Int, usualPort: Int) -> String {
        let host = host.contains(":") ? "[\(TargetURL.withoutZone(host))]" : host
        return port == usualPort ? host : "\(host):\(port)"
    }
}
