package import Memory

/// The head of a request: its first line and its fields, as views into the arena.
///
/// Valid as long as the arena that it was parsed into. Trivial to copy: one pointer to
/// the bytes of the head, one to the table of fields, and offsets.
///
/// `@safe`: made only by the parser, from memory that the arena gave out.
@safe
package struct RequestHead {
    /// The minor version: 0 or 1. The major version is 1.
    package let minorVersion: Int
    /// Fields as they came, repeated ones included.
    package internal(set) var headerCount = 0
    /// Whether the peer wants another exchange on this connection.
    package internal(set) var keepsAlive: Bool
    package internal(set) var bodyLength = BodyLength.none
    /// The peer waits for `100 Continue` before it sends the body. Never true in HTTP/1.0
    /// or without a body.
    package internal(set) var expectsContinue = false

    /// The bytes of the head and the table of its fields; nil in `none`.
    private let base: UnsafePointer<UInt8>?
    private let fields: UnsafeMutablePointer<Field>?
    var methodRange: Slice
    var targetRange: Slice
    var pathRange = Slice()
    var queryRange = Slice()
    var hostRange = Slice()

    /// How the end of the body is known.
    package enum BodyLength: Equatable, Sendable {
        case none
        /// Content-Length, one or more.
        case count(Int)
        case chunked
    }

    /// A part of the head's bytes. 32 bits do: a head is bounded far below 4 GiB.
    struct Slice {
        var start: UInt32 = 0
        var count: UInt32 = 0

        init() {}

        init(_ start: Int, _ end: Int) {
            self.start = UInt32(truncatingIfNeeded: start)
            count = UInt32(truncatingIfNeeded: end &- start)
        }

        /// The bytes, in the head that begins at `base`.
        @inline(__always)
        func view(_ base: UnsafePointer<UInt8>) -> ArenaBytes {
            unsafe ArenaBytes(start: base + Int(start), count: Int(count))
        }
    }

    /// One field: where its name and its value stand.
    struct Field: BitwiseCopyable {
        let name: Slice
        let value: Slice
    }

    init(
        base: UnsafePointer<UInt8>?, fields: UnsafeMutablePointer<Field>?, minorVersion: Int,
        method: Slice, target: Slice
    ) {
        unsafe self.base = unsafe base
        unsafe self.fields = unsafe fields
        self.minorVersion = minorVersion
        keepsAlive = minorVersion == 1
        methodRange = method
        targetRange = target
    }

    /// The method as it was sent: a token. Methods are case-sensitive, so `get` is not GET.
    package var methodBytes: ArenaBytes { view(methodRange) }

    /// The request target as it was sent, in any form (RFC 9112, section 3.2).
    package var target: ArenaBytes { view(targetRange) }

    /// The path of the target, still percent-encoded: begins with `/`, or is `*` for OPTIONS.
    package var path: ArenaBytes { view(pathRange) }

    /// The part of the target behind its first `?`, still percent-encoded; may be empty.
    package var query: ArenaBytes { view(queryRange) }

    /// Host and port that the request is for: of the target in absolute form, otherwise of
    /// the Host field. Empty in HTTP/1.0 without either.
    package var host: ArenaBytes { view(hostRange) }

    /// The field at `index`, in the order they were sent. Names keep their case; values
    /// have no white space around them and no control bytes but tabs.
    package func header(at index: Int) -> (name: ArenaBytes, value: ArenaBytes) {
        precondition(index >= 0 && index < headerCount)
        guard let field = unsafe fields?[index] else { return (.empty, .empty) }
        return (view(field.name), view(field.value))
    }

    @inline(__always)
    func view(_ slice: Slice) -> ArenaBytes {
        guard let base = unsafe base else { return .empty }
        return unsafe slice.view(base)
    }

    /// No request: the head of a parser before its first one.
    static var none: RequestHead {
        unsafe RequestHead(base: nil, fields: nil, minorVersion: 1, method: Slice(), target: Slice())
    }
}
