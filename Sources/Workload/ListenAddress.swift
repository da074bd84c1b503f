internal import Measurements

/// Where a server is to listen: `127.0.0.1:9000`, `[::1]:9000`, a port of loopback, or a Unix socket.
package struct ListenAddress: Sendable, Equatable {
    /// Numeric.
    package var host: String
    /// 0: any free one.
    package var port: Int
    /// A Unix socket there, and no port; nil: at the port.
    package var unixPath: String?

    /// - Parameter host: numeric.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Parameter text: `unix:/run/server.sock`, or an address with a port.
    package init(withUnix text: String) throws(ListenAddressError) {
        if text.hasPrefix("/") || text.hasPrefix(".") { throw ListenAddressError(text: text, problem: .path) }
        guard text.hasPrefix("unix:") else {
            try self.init(text)
            return
        }
        self.init(host: "127.0.0.1", port: 0)
        unixPath = String(text.dropFirst("unix:".count))
        guard let count = unixPath?.utf8.count, (1...ListenAddress.unixPathLimit).contains(count) else {
            throw ListenAddressError(text: text, problem: .unixPath)
        }
    }

    /// The kernel's room for a path, less the zero behind it (unix(7)).
    package static let unixPathLimit = 107

    /// As `init` reads it.
    package var text: String { unixPath.map { "unix:\($0)" } ?? TargetURL.authority(host: host, port: port) }

    /// A bare port means loopback: nothing is open to the network unless an address says so.
    package init(_ text: String) throws(ListenAddressError) {
        let hostText: Substring
        let portText: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), text[text.index(after: end)...].hasPrefix(":") else {
                throw ListenAddressError(text: text, problem: .noPort)
            }
            hostText = text[text.index(after: text.startIndex)..<end]
            portText = text[text.index(after: end)...].dropFirst()
            guard TargetURL.isIPv6(TargetURL.decodingZone(hostText)) else { throw ListenAddressError(text: text, problem: .notNumeric) }
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw ListenAddressError(text: text, problem: .bareIPv6) }
            guard parts.count == 2 || !text.isEmpty && text.allSatisfy(\.isNumber) else { throw ListenAddressError(text: text, problem: .noPort) }
            hostText = parts.count == 2 ? parts[0] : "127.0.0.1"
            portText = parts[parts.count - 1]
        }
        guard !hostText.isEmpty else { throw ListenAddressError(text: text, problem: .noHost) }
        host = hostText == "localhost" ? "127.0.0.1" : TargetURL.decodingZone(hostText)
        guard TargetURL.withoutZone(host).allSatisfy({ $0.isHexDigit || $0 == "." || $0 == ":" }) else {
            throw ListenAddressError(text: text, problem: .notNumeric)
        }
        guard !portText.isEmpty, portText.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(portText), port <= 65_535 else {
            throw ListenAddressError(text: text, problem: .port(String(portText)))
        }
        self.port = port
    }
}

/// A text that is not an address to listen on.
package typealias ListenAddressError = InputError<ListenAddress.Problem>

extension ListenAddress {
    /// What is wrong with it.
    package enum Problem: InputProblem {
        case noHost
        case noPort
        case notNumeric
        case bareIPv6
        case port(String)
        case unixPath
        /// A path without "unix:".
        case path

        /// What is wrong, and what would be right.
        package func words(about text: String) -> String {
            let text = text.quotable
            return switch self {
            case .noHost: "\"\(text)\" has no host; write 127.0.0.1\(text), or 0.0.0.0\(text) for every interface"
            case .noPort: "\"\(text)\" has no port; write 127.0.0.1:9000 or [::1]:9000"
            case .notNumeric: "\"\(text)\" has a host that is not numeric; write 127.0.0.1:9000"
            case .bareIPv6: "\"\(text)\" has an IPv6 address without brackets; write [::1]:9000"
            case .port(let port): "\"\(port)\" is not a port; write 0 (any free one) to 65535"
            case .path: "\"\(text)\" is a path; write unix:\(text) for a Unix socket there"
            case .unixPath: "\"\(text)\" has no path of 1 to \(ListenAddress.unixPathLimit) bytes; write unix:/tmp/server.sock"
            }
        }
    }
}

extension ValueForm<ListenAddress> {
    /// `127.0.0.1:9000`, or a port of loopback.
    package static var listenAddress: Self {
        written("127.0.0.1:9000", { (text) throws(ListenAddressError) in try ListenAddress(text) }, text: \.text)
    }

    /// The same, or `unix:/run/server.sock`.
    package static var listenAddressWithUnix: Self {
        written("127.0.0.1:9000", { (text) throws(ListenAddressError) in try ListenAddress(withUnix: text) }, text: \.text)
    }
}

extension ValueForm<Int> {
    /// Permissions of a file, in octal: `660`.
    static var permissions: Self {
        written("660", { (text) throws(SettingError) in
            guard let mode = Int(text, radix: 8), (0...0o777).contains(mode) else {
                throw SettingError("", "\"\(text.quotable)\" is not permissions in octal; write 600 or 660")
            }
            return mode
        }, text: { String($0, radix: 8) })
    }
}
