internal import Client
internal import Load
internal import Loop
internal import Workload

/// A server that clients ask: what they connect to, how they speak, and what they ask for.
struct OriginSetup {
    /// Which part of the load goes there.
    var part: OriginPart
    /// The clients of this server alone; bodies from files have been read.
    var clients: ClientPlan
    /// In the order in which they are tried; never empty.
    let addresses: [SocketAddress]
    /// Of every request.
    let authority: String
    /// nil: in the clear.
    let tls: ClientConfiguration.TLSOptions?
    /// nil: the clients connect to the server itself.
    let proxy: ClientProxy?
}

extension OriginSetup {
    /// A server of ours, which is bound.
    init(_ address: SocketAddress, clients: ClientPlan?, tls: ClientConfiguration.TLSOptions?) {
        // A Unix socket has no host; curl's users write this one.
        let authority = address.unixPath == nil ? address.description : "localhost"
        self.init(part: .whole, clients: clients ?? ClientPlan(), addresses: [address], authority: authority, tls: tls, proxy: nil)
    }

    /// One of the servers of a plan's requests. Resolves its name.
    init(_ part: OriginPart, _ clients: ClientPlan, tls: ClientConfiguration.TLSOptions?) throws(ExperimentError) {
        let authority = TargetURL.authority(host: TargetURL.withoutZone(clients.host), port: clients.port)
        let proxy = try ClientProxy(clients, usesTLS: tls != nil, authority: authority)
        let addresses: [SocketAddress]
        if let path = clients.unixSocket {
            guard let address = SocketAddress(unixPath: path) else { throw ExperimentError("unix socket \(path): the path is too long") }
            addresses = [address]
        } else {
            let peer = clients.proxy ?? clients.connectTo ?? clients.target
            do throws(ResolutionError) {
                addresses = try BoundedResolution.addresses(
                    host: peer.host, port: peer.port, withinMilliseconds: max(1, Int(clients.options.connectTimeout / .milliseconds(1))))
            } catch { throw ExperimentError("\(error)") }
        }
        self.init(part: part, clients: clients, addresses: addresses, authority: clients.origin.authority, tls: tls, proxy: proxy)
    }
}
