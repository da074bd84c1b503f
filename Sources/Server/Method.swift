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

/// A set of methods, and the value of its Allow field.
struct MethodSet {
    let allow: ArenaBytes
    private let bits: UInt8

    private init(_ allow: StaticString, _ methods: Method...) {
        self.allow = ArenaBytes(allow)
        var bits: UInt8 = 0
        for method in methods { bits |= 1 << method.rawValue }
        self.bits = bits
    }

    func contains(_ method: Method) -> Bool { bits & 1 << method.rawValue != 0 }

    static var read: MethodSet { MethodSet("GET, HEAD, OPTIONS", .get, .head, .options) }
    static var post: MethodSet { MethodSet("POST, OPTIONS", .post, .options) }
    static var put: MethodSet { MethodSet("PUT, OPTIONS", .put, .options) }
    static var delete: MethodSet { MethodSet("DELETE, OPTIONS", .delete, .options) }
    static var all: MethodSet {
        MethodSet("GET, HEAD, POST, PUT, DELETE, OPTIONS", .get, .head, .post, .put, .delete, .options)
    }
}
