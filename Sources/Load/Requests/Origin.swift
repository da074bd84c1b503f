/// A server as requests name it: scheme, host and port.
package struct Origin: Sendable, Hashable {
    /// https: over TLS.
    package var isSecure: Bool
    /// A name or an address, without the brackets of IPv6; with its zone after a "%".
    package var host: String
    package var port: Int

    package init(isSecure: Bool, host: String, port: Int) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// "http://127.0.0.1:8080", "https://example.org", "http://[fe80::1%25eth0]"
    package var text: String {
        let zone = host.drop { $0 != "%" }
        return "\(isSecure ? "https" : "http")://" + authority(zone.isEmpty ? "" : "%25\(zone.dropFirst())")
    }

    /// The authority of its requests: its host without a zone, which is of this machine (RFC 6874, 4), and its port unless
    /// that is the usual one of its scheme.
    package var authority: String { authority("") }

    private func authority(_ zone: String) -> String {
        let name = String(host.prefix { $0 != "%" }) + zone
        let host = name.contains(":") ? "[\(name)]" : name
        return port == (isSecure ? 443 : 80) ? host : "\(host):\(port)"
    }
}
