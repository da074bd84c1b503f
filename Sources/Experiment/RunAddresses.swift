/// Where a run takes place, once everything is bound and resolved.
package struct RunAddresses: Codable, Sendable, Equatable {
    /// "127.0.0.1:41231", or "unix:/run/server.sock": where the embedded server listens; nil without one.
    package var server: String?
    /// The same for TLS; nil without.
    package var secureServer: String?
    /// The address that the clients ask: the server's, or the plan's target; nil without clients.
    package var target: String?
    /// Another server that is watched: "./server 9000", "port 8080"; nil without one.
    package var watched: String?
    /// The origin of its figures, for people: one line.
    package var origin: String?

    package init(server: String? = nil, secureServer: String? = nil, target: String? = nil) {
        self.server = server
        self.secureServer = secureServer
        self.target = target
    }

    /// The address that the run is about.
    package var main: String { target ?? server ?? watched ?? "" }

    /// "http://127.0.0.1:8080 and https://127.0.0.1:8443", or a Unix socket; nil without a server of ours.
    package var serverURLs: String? {
        server.map { address in (address.hasPrefix("unix:") ? address : "http://\(address)") + (secureServer.map { " and https://\($0)" } ?? "") }
    }
}
