internal import CLibuv

/// An error of the system or of libuv: the call and libuv's code (a negated errno).
package struct LoopError: Error, Equatable, CustomStringConvertible {
    /// The function that failed: "bind", "uv_listen".
    package var call: String
    /// A UV_E... value, negative.
    package var code: Int32

    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// Codes for faults that we find ourselves.
    package static let noMemory = UV_ENOMEM.rawValue
    package static let timedOut = UV_ETIMEDOUT.rawValue
    package static let noLocalPort = UV_EADDRNOTAVAIL.rawValue
    package static let noDescriptor = UV_EMFILE.rawValue
    package static let connectionReset = UV_ECONNRESET.rawValue
    package static let protocolError = UV_EPROTO.rawValue

    /// The system's words for the code: "address already in use".
    package var reason: String { unsafe String(cString: uv_strerror(code)) }

    package var description: String { "\(call): \(reason)" }

    /// Throws when `code` is an error.
    static func check(_ call: @autoclosure () -> String, _ code: Int32) throws(LoopError) {
        if code < 0 { throw LoopError(call: call(), code: code) }
    }
}
