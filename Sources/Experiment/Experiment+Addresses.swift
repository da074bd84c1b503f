internal import Loop

/// Where the server listens, and what its clients call it.
extension Experiment {
    /// Binds a port, for as many loops as are to share it; `sockets` has what was bound also after an error.
    static func bind(
        host: String, port: Int, loops: Int, into sockets: inout [Listener.Socket]
    ) throws(LoopError) {
        guard let address = SocketAddress(host: host, port: port) else {
            throw LoopError(call: "listen address \(host): not numeric", code: -22)
        }
        let first = try Listener.Socket(binding: address, sharesPort: loops > 1)
        sockets.append(first)
        for _ in 1..<max(1, loops) { sockets.append(try Listener.Socket(binding: first.address, sharesPort: true)) }
    }

    /// What clients call their target: its name, without the port that goes without saying.
    static func authority(_ host: String, _ port: Int, usualPort: Int) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == usualPort ? host : "\(host):\(port)"
    }
}
