internal import COpenSSL

/// The forms of a host in a certificate or in a handshake.
enum HostName {
    /// Bytes of a host name (RFC 1035, 2.3.4).
    static let byteLimit = 253

    /// Whether `name` is an IPv4 or IPv6 address, without brackets.
    static func isAddress(_ name: String) -> Bool {
        // OpenSSL ends a string at a NUL, and so would mean another name than we do.
        guard !name.utf8.contains(0), let address = unsafe a2i_IPADDRESS(name) else {
            ErrorQueue.clear()
            return false
        }
        unsafe ASN1_OCTET_STRING_free(address)
        return true
    }

    /// Whether `name` has only characters of host names: letters, digits, dots, hyphens, underscores and,
    /// for certificates, the star.
    static func isValid(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= byteLimit
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"), UInt8(ascii: "*"):
                    true
                default: false
                }
            }
    }
}
