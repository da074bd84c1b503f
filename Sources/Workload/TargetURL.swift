package import Load
internal import Measurements

/// The argument of `load URL`: an `http://` or `https://` URL, taken apart (RFC 3986).
package struct TargetURL: Sendable, Equatable {
    /// https: over TLS.
    package var isSecure: Bool
    /// A name or an address, without the brackets of IPv6; with its zone after a "%".
    package var host: String
    package var port: Int
    /// Path and query, as they go on the wire but for templates; begins with "/".
    package var target: String

    package init(_ text: String) throws(TargetURLError) {
        func fail(_ problem: TargetURLError.Problem) -> TargetURLError { TargetURLError(text: text, problem: problem) }

        let fixed: String
        do throws(RequestTextError) { fixed = try RequestText(parsing: text).fixedText } catch { throw fail(.template(error)) }
        if let start = text.range(ofFirst: "://")?.upperBound {
            let host = text[start...].prefix { !"/?#:".contains($0) }
            if !host.utf8.allSatisfy({ $0 < 0x80 }) { throw fail(.hostBeyondASCII(String(host))) }
        }
        guard fixed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw fail(.characters) }
        guard let schemeEnd = text.range(ofFirst: "://") else { throw fail(.noScheme) }
        switch text[..<schemeEnd.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        case let other: throw fail(.otherScheme(other))
        }
        let afterScheme = text[schemeEnd.upperBound...]
        let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw fail(.userInformation) }

        let portText: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw fail(.host) }
            host = TargetURL.decodingZone(authority[authority.index(after: authority.startIndex)..<end])
            guard TargetURL.isIPv6(host) else { throw fail(.host) }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw fail(.host) }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            host = String(parts.first ?? "")
            guard parts.count <= 2 else { throw fail(.bareIPv6) }
            portText = parts.count == 2 ? parts[1] : nil
        }
        let isName = host.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }
        guard !host.isEmpty, isName || authority.hasPrefix("[") else { throw fail(.host) }

        port = isSecure ? 443 : 80
        if let portText {
            guard portText.allSatisfy(\.isNumber), let number = Int(portText), (1...65_535).contains(number) else {
                throw fail(.port(String(portText)))
            }
            port = number
        }

        // A fragment never leaves the client.
        let rest = afterScheme.dropFirst(authority.count).prefix { $0 != "#" }
        target = rest.hasPrefix("/") ? String(rest) : "/" + rest
    }

    /// A URL as it may be shown: with stars for all that stands before an @ of its authority, which may be a password.
    package static func withoutPassword(_ text: String) -> String {
        let start = text.range(ofFirst: "://")?.upperBound ?? text.startIndex
        let authority = text[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return text[..<start] + "***" + text[at...]
    }

    /// "host:port", with brackets around IPv6.
    package var authority: String { TargetURL.authority(host: host, port: port) }

    /// "host:port", an IPv6 address in brackets.
    package static func authority(host: String, port: Int) -> String {
        host.contains(":") ? "[\(host.replacing("%", with: "%25"))]:\(port)" : "\(host):\(port)"
    }

    /// The host as it is sent: a zone is of this machine, and stays here (RFC 6874, 4).
    package static func withoutZone(_ host: String) -> String { String(host.prefix { $0 != "%" }) }

    /// An IPv6 address whose zone stands behind "%25", as in URLs (RFC 6874), or behind "%", as people write it.
    static func decodingZone(_ text: some StringProtocol) -> String {
        guard let start = text.firstIndex(of: "%") else { return String(text) }
        let zone = text[start...].hasPrefix("%25") ? text[start...].dropFirst(3) : text[start...].dropFirst()
        return "\(text[..<start])%\(zone)"
    }

    /// Whether it has the letters of an IPv6 address, with or without a zone.
    static func isIPv6(_ host: String) -> Bool {
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, address.contains(":"), address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return false }
        return parts.count == 1
            || !parts[1].isEmpty && parts[1].utf8.count < 16 && parts[1].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
    }

    /// Its server.
    package var origin: Origin { Origin(isSecure: isSecure, host: host, port: port) }
}

/// A text that is not the URL of a request.
package typealias TargetURLError = InputError<TargetURL.Problem>

extension TargetURL {
    /// What is wrong with it.
    package enum Problem: InputProblem {
        case noScheme
        /// No port where there must be one.
        case noPort
        case otherScheme(String)
        case userInformation
        case host
        case hostBeyondASCII(String)
        /// An IPv6 address without brackets.
        case bareIPv6
        case port(String)
        /// Spaces, control characters, or what is not ASCII.
        case characters
        case template(RequestTextError)

        /// What is wrong, and what would be right.
        package func words(about text: String) -> String {
            let text = TargetURL.withoutPassword(text).quotable
            return switch self {
            case .noScheme where text.hasPrefix("$"): "\"\(text)\" is no URL; a variable of the environment is written ${NAME}, and in a scenario only"
            case .noScheme: "\"\(text)\" has no scheme; write http://\(text)"
            case .noPort: "\"\(text)\" has no port; write \(text):443"
            case .otherScheme(let scheme): "\"\(scheme)\" is not a scheme of this client; write http:// or https://"
            case .userInformation: "\"\(text)\" has a user name, which is not sent; write -H 'authorization: ...' beside the URL"
            case .hostBeyondASCII(let host):
                "the host \"\(TargetURL.withoutPassword(host))\" is beyond ASCII; write its ASCII form, xn--..., which 'idn2' prints"
            case .host: "\"\(text)\" has no valid host; write http://127.0.0.1:8080/ or http://[::1]:8080/"
            case .bareIPv6: "\"\(text)\" has an IPv6 address without brackets; write http://[::1]:8080/"
            case .port(let port): "\"\(port)\" is not a port; write 1 to 65535"
            case .characters: "\"\(text)\" has spaces or characters beyond ASCII; write %20 and the like"
            case .template(let error): error.description
            }
        }
    }
}

extension String {
    fileprivate func range(ofFirst part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}
