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
    let addresses: RunAddresses

    /// Errors: the port, the name or the file that cannot be had; then nothing stays bound.
    init(_ plan: Plan) throws(ExperimentError) {
        do { requestKinds = try plan.client?.kindsWithFiles() ?? [] } catch { throw ExperimentError(error.description) }
        do { tls = try TLSSetup(plan) } catch { throw ExperimentError(error.description) }
        var bound: [Listener.Socket] = []
        var secure: [Listener.Socket] = []
        do {
            if let server = plan.server {
                bound = try RunSetup.bind(host: server.host, port: server.port, loops: server.loops)
                if let tls = server.tls { secure = try RunSetup.bind(host: tls.host, port: tls.port, loops: server.loops) }
                clientAddresses = (plan.clientsUseTLS ? secure : bound).prefix(1).map(\.address)
            } else if let client = plan.client {
                clientAddresses = try BoundedResolution.addresses(
                    host: client.connectTo?.host ?? client.host, port: client.connectTo?.port ?? client.port,
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
    var authority: String { addresses.target ?? clientAddresses.first?.description ?? "" }

    /// Binds a port, for as many loops as are to share it. After an error nothing of it stays bound.
    private static func bind(host: String, port: Int, loops: Int) throws(LoopError) -> [Listener.Socket] {
        guard let address = SocketAddress(host: host, port: port) else {
            throw LoopError(call: "listen address \(host): not numeric", code: -22)
        }
        return try Listener.Socket.group(binding: address, count: loops)
    }

    /// The authority of a target: its host, and its port unless that is the usual one of its scheme.
    private static func authority(_ host: String, _ port: Int, usualPort: Int) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == usualPort ? host : "\(host):\(port)"
    }
}
