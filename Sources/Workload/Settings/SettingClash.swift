internal import Load
internal import Measurements

/// Options that cannot be together, or one that another makes impossible.
package struct SettingClash: Equatable, Sendable {
    /// By their names: "cert".
    let names: [String]
    /// What is wrong with them: "go together".
    let words: String

    /// `--cert and --key go together`
    package var flagText: String { text { "--" + $0.replacing("_", with: "-") } }

    /// `'cert' and 'key' go together`
    var keyText: String { text { "'\($0)'" } }

    private func text(_ spell: (String) -> String) -> String { names.map(spell).joined(separator: " and ") + " " + words }
}

extension ServerPlan {
    /// Options of the server that cannot be together.
    package var clash: SettingClash? {
        if (certificateFile == nil) != (keyFile == nil) { return SettingClash(names: ["cert", "key"], words: "go together") }
        return clientAuthorityFile != nil && tls == nil ? SettingClash(names: ["client_ca"], words: "needs TLS, where certificates are") : nil
    }
}

extension ClientPlan {
    /// Options of the clients that cannot be together.
    package var clash: SettingClash? {
        if tls.isInsecure && tls.authorityFile != nil { return SettingClash(names: ["insecure", "cacert"], words: "exclude each other") }
        if tls.certificateFile == nil, tls.keyFile != nil || tls.passwordFile != nil {
            return SettingClash(names: [tls.keyFile != nil ? "client_key" : "client_password_file"], words: "is about a certificate, and there is none (client_cert)")
        }
        if let unixSocket, !(1...ListenAddress.unixPathLimit).contains(unixSocket.utf8.count) {
            return SettingClash(names: ["unix_socket"], words: "needs a path of 1 to \(ListenAddress.unixPathLimit) bytes")
        }
        if proxyUserFile != nil && proxy == nil { return SettingClash(names: ["proxy_user_file"], words: "is about a proxy, and there is none (proxy)") }
        for (name, isSet) in [("unix_socket", unixSocket != nil), ("connect_to", connectTo != nil), ("half_close", options.halfCloses)] where isSet && proxy != nil {
            return SettingClash(names: ["proxy", name], words: "exclude each other")
        }
        if unixSocket != nil && connectTo != nil { return SettingClash(names: ["unix_socket", "connect_to"], words: "exclude each other") }
        if unixSocket != nil && options.usesAllAddresses { return SettingClash(names: ["unix_socket", "resolve_all"], words: "exclude each other") }
        if let kind = kinds.first(where: { $0.headByteCount > RequestKind.headByteLimit }) {
            return SettingClash(
                names: [kind.headers.isEmpty ? "path" : "header"],
                words: "makes the head of a request \(Figure.bytes(Double(kind.headByteCount))) long; at most \(RequestKind.headByteLimit >> 20) MiB can be sent")
        }
        if options.halfCloses && (http == .http2 || http == .clearHTTP2) {
            return SettingClash(names: ["half_close"], words: "needs HTTP/1.1: HTTP/2 has no half-close")
        }
        return nil
    }
}

extension WatchPlan {
    /// Options of a server that is watched that cannot be together.
    package var clash: SettingClash? {
        metricsMap != nil && metricsURL == nil ? SettingClash(names: ["metrics_map"], words: "needs the address of a page: --server-metrics") : nil
    }
}

extension Plan {
    /// Options of the run that cannot be together.
    package var clash: SettingClash? {
        if let clash = server?.clash ?? client?.clash ?? watch?.clash ?? partClash { return clash }
        if let client, client.options.halfCloses, clientsUseTLS {
            return SettingClash(names: ["half_close"], words: "is not available with TLS, which has close_notify")
        }
        if let clash = originClash { return clash }
        if let client, client.http == .clearHTTP2, server == nil, client.origins.contains(where: \.isSecure) {
            return SettingClash(names: ["h2c"], words: "is without TLS, and the URL asks for it")
        }
        return nil
    }

    /// Each server has a connection at least.
    private var originClash: SettingClash? {
        guard let count = client?.origins.count, count > 1 else { return nil }
        let amounts = [(client?.connections, "")] + phases.map { ($0.connections, " in phase \($0.name)") }
        for case (let amount?, let place) in amounts where amount < count {
            return SettingClash(names: ["connections"], words: "is \(amount)\(place), fewer than the \(count) servers of the requests; write \(count) or more")
        }
        return nil
    }
}
