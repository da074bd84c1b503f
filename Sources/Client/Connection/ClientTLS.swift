internal import Loop
internal import TLS

/// TLS as the clients of one loop speak it.
struct ClientTLS {
    /// nil: in the clear.
    let context: TLSContext?
    /// The peer that sessions are good for.
    let origin: TLSOrigin

    /// - Parameter caches: servers are asked for sessions only where these keep them.
    init(_ configuration: ClientConfiguration, _ caches: CacheOwnership, _ loop: EventLoop) throws(ConnectError) {
        origin = TLSOrigin(
            host: configuration.tls?.serverName ?? "", port: configuration.addresses[0].port,
            protocols: configuration.httpVersion.protocols)
        guard var tls = configuration.tls?.configuration else {
            context = nil
            return
        }
        tls.protocols = configuration.httpVersion.protocols
        tls.takesSessions = tls.takesSessions && caches.keepsSessions
        do { context = try TLSContext(tls, pool: loop.arenas) } catch { throw .setup(error) }
    }
}
