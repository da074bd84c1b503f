internal import CLibuv

/// A numeric IPv4 or IPv6 address with a port.
package struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    private var storage: sockaddr_storage

    /// - Parameter host: numeric, "127.0.0.1" or "::1".
    /// - Returns: nil when `host` is not a numeric address.
    package init?(host: String, port: Int) {
        guard (0...65_535).contains(port) else { return nil }
        var storage = sockaddr_storage()
        let isNumeric = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            return unsafe uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self)) == 0
                || uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self)) == 0
        }
        guard isNumeric else { return nil }
        self.storage = storage
    }

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

    package var port: Int {
        unsafe withSockaddr { address in
            // The port stands at the same place for both families (POSIX).
            let raw = unsafe UnsafeRawPointer(address)
            return unsafe Int(UInt16(bigEndian: raw.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    package var host: String {
        var text = [CChar](repeating: 0, count: 64)
        let family = Int32(storage.ss_family)
        unsafe withSockaddr { address in
            let raw = unsafe UnsafeRawPointer(address)
            if family == AF_INET6 {
                _ = unsafe uv_ip6_name(raw.assumingMemoryBound(to: sockaddr_in6.self), &text, text.count)
            } else {
                _ = unsafe uv_ip4_name(raw.assumingMemoryBound(to: sockaddr_in.self), &text, text.count)
            }
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The same address and port.
    package static func == (left: SocketAddress, right: SocketAddress) -> Bool { left.description == right.description }

    /// "127.0.0.1:80" or "[::1]:80".
    package var description: String {
        let host = host
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
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
