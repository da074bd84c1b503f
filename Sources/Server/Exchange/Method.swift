internal import Memory

/// The request methods our routes tell apart (RFC 9110, 9).
enum Method: UInt8 {
    case get, head, post, put, delete, options, other

    init(_ bytes: ArenaBytes) {
        switch bytes.count {
        case 3: self = bytes.equals("GET") ? .get : bytes.equals("PUT") ? .put : .other
        case 4: self = bytes.equals("POST") ? .post : bytes.equals("HEAD") ? .head : .other
        case 6: self = bytes.equals("DELETE") ? .delete : .other
        case 7: self = bytes.equals("OPTIONS") ? .options : .other
        default: self = .other
        }
    }
}

extension Method {
    /// nil: it has another one.
    var name: ArenaBytes? {
        switch self {
        case .get: ArenaBytes("GET")
        case .head: ArenaBytes("HEAD")
        case .post: ArenaBytes("POST")
        case .put: ArenaBytes("PUT")
        case .delete: ArenaBytes("DELETE")
        case .options: ArenaBytes("OPTIONS")
        case .other: nil
        }
    }
}

/// A set of methods, and the value of its Allow field.
struct MethodSet {
    let allow: ArenaBytes
    private let bits: UInt8

    /// - Parameter bits: one for each method, at the place of its raw value.
    private init(_ allow: StaticString, _ bits: UInt8) {
        self.allow = ArenaBytes(allow)
        self.bits = bits
    }

    func contains(_ method: Method) -> Bool { bits & 1 << method.rawValue != 0 }

    static var read: MethodSet { MethodSet("GET, HEAD, OPTIONS", 0b100011) }
    static var post: MethodSet { MethodSet("POST, OPTIONS", 0b100100) }
    static var put: MethodSet { MethodSet("PUT, OPTIONS", 0b101000) }
    static var delete: MethodSet { MethodSet("DELETE, OPTIONS", 0b110000) }
    static var all: MethodSet {
        MethodSet("GET, HEAD, POST, PUT, DELETE, OPTIONS", 0b111111)
    }
}
