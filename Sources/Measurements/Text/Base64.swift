internal import FoundationEssentials

/// Base64 with padding (RFC 4648, 4).
package enum Base64 {
    /// The bytes as characters, a multiple of four of them.
    package static func text(of bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
