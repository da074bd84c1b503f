internal import CLibuv

/// A numeric IPv4 or IPv6 address with a port, or the path of a Unix socket.
package struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    private var storage: sockaddr_storage

    /// - Parameter host: numeric, "127.0.0.1", "::1" or "fe80::1%eth0".
    /// - Returns: nil when `host` is not a numeric address, or has a zone that is no interface of this machine.
    package init?(host: String, port: Int) {
        guard (0...65_535).contains(port) else { return nil }
        var storage = sockaddr_storage()
        let isNumeric = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            return unsafe uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self)) == 0
                || uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self)) == 0
        }
        guard isNumeric else { return nil }
        if let zone = SocketAddress.zone(of: host), unsafe if_nametoindex(zone) == 0 { return nil }
        self.storage = storage
    }

    /// The zone of an IPv6 address, which is the name of an interface: "eth0" of "fe80::1%eth0" (RFC 4007, 11).
    static func zone(of host: String) -> String? { host.firstIndex(of: "%").map { String(host[host.index(after: $0)...]) } }

    /// - Parameter path: of a Unix socket.
    /// - Returns: nil for a path that is empty, or longer than `unixPathLimit` bytes.
    package init?(unixPath path: String) {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= SocketAddress.unixPathLimit, !bytes.contains(0) else { return nil }
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0[SocketAddress.unixPathOffset...].copyBytes(from: bytes) }
        self.storage = storage
    }

    /// The kernel's room, less the zero behind it (unix(7)).
    package static let unixPathLimit = 107
    private static let unixPathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2

    private init(storage: sockaddr_storage) { self.storage = storage }

    /// - Returns: nil for an entry of another kind than an address of IPv4 or IPv6.
    init?(_ entry: addrinfo) {
        guard let name = unsafe entry.ai_addr, unsafe entry.ai_family == AF_INET || entry.ai_family == AF_INET6 else { return nil }
        var storage = sockaddr_storage()
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe UnsafeMutableRawPointer(pointer).copyMemory(from: name, byteCount: Int(entry.ai_addrlen))
        }
        self.storage = storage
    }

    /// The path of a Unix socket, which is empty for a client's; nil for an address of IPv4 or IPv6.
    package var unixPath: String? {
        guard Int32(storage.ss_family) == AF_UNIX else { return nil }
        return unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe String(decoding: bytes[SocketAddress.unixPathOffset...].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// 0 for a Unix socket.
    package var port: Int {
        if unixPath != nil { return 0 }
        return unsafe withSockaddr { address in
            // The port stands at the same place for both families (POSIX).
            let raw = unsafe UnsafeRawPointer(address)
            return unsafe Int(UInt16(bigEndian: raw.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    /// The numeric address; of a Unix socket its path.
    package var host: String {
        if let unixPath { return unixPath }
        var text = [CChar](repeating: 0, count: 64)
        let family = Int32(storage.ss_family)
        var zone: UInt32 = 0
        unsafe withSockaddr { address in
            let raw = unsafe UnsafeRawPointer(address)
            if family == AF_INET6 {
                let address = unsafe raw.assumingMemoryBound(to: sockaddr_in6.self)
                unsafe zone = address.pointee.sin6_scope_id
                _ = unsafe uv_ip6_name(address, &text, text.count)
            } else {
                _ = unsafe uv_ip4_name(raw.assumingMemoryBound(to: sockaddr_in.self), &text, text.count)
            }
        }
        return SocketAddress.text(text) + (zone == 0 ? "" : "%\(SocketAddress.interface(zone))")
    }

    private static func interface(_ number: UInt32) -> String {
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        return unsafe if_indextoname(number, &name) == nil ? String(number) : text(name)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The same address and port.
    package static func == (left: SocketAddress, right: SocketAddress) -> Bool { left.description == right.description }

    /// "127.0.0.1:80", "[::1]:80" or "unix:/run/server.sock".
    package var description: String {
        if let unixPath { return unixPath.isEmpty ? "unix" : "unix:\(unixPath)" }
        let host = host
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// A TCP socket of this family, with flags such as SOCK_NONBLOCK. - Returns: -1 and errno, as socket(2) does.
    package func makeSocket(flags: Int32) -> Int32 { socket(Int32(storage.ss_family), Int32(SOCK_STREAM.rawValue) | flags, 0) }

    /// Connects a socket to it. - Returns: 0, or -1 and errno, as connect(2) does.
    package func connect(socket descriptor: Int32) -> Int32 {
        let isVersion6 = Int32(storage.ss_family) == AF_INET6
        let size = socklen_t(isVersion6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        return unsafe withSockaddr { unsafe CLibuv.connect(descriptor, $0, size) }
    }

    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self))
        }
    }

    /// The address that `fill` (uv_tcp_getpeername or -sockname) writes; nil where it fails.
    static func filled(by fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<Int32>) -> Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe fill(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &length)
        }
        return code == 0 ? SocketAddress(storage: storage) : nil
    }
}
