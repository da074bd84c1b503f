internal import CLibuv

/// Why a name has no address.
package struct ResolutionError: Error, Equatable, CustomStringConvertible {
    /// What the resolver said, or did not.
    package enum Problem: Equatable, Sendable {
        /// An EAI_... value.
        case code(Int32)
        case timeout(milliseconds: Int)
        /// The zone of an IPv6 address is no interface of this machine.
        case noInterface(String)
    }

    package var host: String
    package var problem: Problem

    package init(host: String, _ problem: Problem) {
        self.host = host
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .timeout(let milliseconds):
            "\(host): the name servers have not answered within \(milliseconds) ms (--connect-timeout); ask again, or write an address"
        case .noInterface(let name): "\(host): this machine has no network interface '\(name)'; 'ip link' lists them"
        case .code(EAI_NONAME), .code(hw_eai_nodata): "\(host): there is no such name, or it has no address; write another, or an address"
        case .code(EAI_AGAIN): "\(host): the name servers could not be reached, or cannot answer now; ask again, or write an address"
        case .code(let code): "\(host): the name cannot be resolved: \(unsafe String(cString: gai_strerror(code)))"
        }
    }
}

extension SocketAddress {
    /// Addresses of one name at most: beyond, a list is no service any more.
    package static let resolvedLimit = 64

    /// The addresses that the system's resolver has for a name, in its order (getaddrinfo), each once.
    ///
    /// Blocks for as long as the resolver likes, which nothing can interrupt.
    package static func resolveAll(host: String, port: Int) throws(ResolutionError) -> [SocketAddress] {
        if let address = SocketAddress(host: host, port: port) { return [address] }
        if let zone = SocketAddress.zone(of: host) { throw ResolutionError(host: host, .noInterface(zone)) }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_family = AF_UNSPEC
        var results: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &results)
        guard code == 0, let first = unsafe results else { throw ResolutionError(host: host, .code(code)) }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var each = unsafe results
        while let entry = unsafe each, addresses.count < resolvedLimit {
            if let address = unsafe SocketAddress(entry.pointee), !addresses.contains(address) { addresses.append(address) }
            unsafe each = unsafe entry.pointee.ai_next
        }
        if addresses.isEmpty { throw ResolutionError(host: host, .code(EAI_NONAME)) }
        return addresses
    }
}
