internal import Memory

/// The routes: the name of each, the methods that it takes, and the function that answers.
///
/// Found by a chain of comparisons on the path's first segment: a dozen names, told apart by
/// their length and first byte, are faster to walk than any table is to look up.
enum Route {
    case root, health, get, post, put, delete, anything, bytes, streamBytes, delay, drip, status, early

    /// Fills `exchange.response`. All that a route needs is in the exchange.
    static func respond(to exchange: UnsafeMutablePointer<Exchange>) {
        let path = unsafe exchange.pointee.path
        let (name, argument) = split(path)
        guard let route = Route(name, argument, path) else {
            unsafe exchange.pointee.response = .text(404, "no such route; GET / lists the routes\n")
            return
        }
        let method = unsafe exchange.pointee.method
        if route.methods.contains(method) && method != .options {
            unsafe route.answer(exchange, argument)
        } else if method == .options {
            unsafe exchange.pointee.response.status = 204
            unsafe exchange.pointee.response.allow = route.methods.allow
        } else {
            unsafe exchange.pointee.response = .text(405, "method not allowed\n")
            unsafe exchange.pointee.response.allow = route.methods.allow
        }
    }

    /// Whether requests for this path are answered when their head is there, before their body has come.
    static func answersEarly(_ path: ArenaBytes) -> Bool {
        let (name, argument) = split(path)
        return name.equals("early") && (argument.isEmpty || argument.equals("stop"))
    }

    /// - Parameters:
    ///   - name: the path's first segment.
    ///   - argument: the rest of the path behind the next slash.
    private init?(_ name: ArenaBytes, _ argument: ArenaBytes, _ path: ArenaBytes) {
        let route: Route? =
            if argument.isEmpty {
                if name.equals("health") { .health }
                else if name.equals("get") { .get }
                else if name.equals("post") { .post }
                else if name.equals("put") { .put }
                else if name.equals("delete") { .delete }
                else if name.equals("drip") { .drip }
                else if name.equals("anything") { .anything }
                else if name.equals("early") { .early }
                else if path.equals("/") || path.equals("*") { .root }
                else { nil }
            } else {
                if name.equals("bytes") { .bytes }
                else if name.equals("stream-bytes") { .streamBytes }
                else if name.equals("anything") { .anything }
                else if name.equals("delay") { .delay }
                else if name.equals("status") { .status }
                else if name.equals("early") && argument.equals("stop") { .early }
                else { nil }
            }
        guard let route else { return nil }
        self = route
    }

    private var methods: MethodSet {
        switch self {
        case .root, .health, .get, .bytes, .streamBytes, .drip: .read
        case .post: .post
        case .put: .put
        case .delete: .delete
        case .anything, .delay, .status, .early: .all
        }
    }

    private func answer(_ exchange: UnsafeMutablePointer<Exchange>, _ argument: ArenaBytes) {
        switch self {
        case .root: unsafe TextRoutes.root(exchange)
        case .health: unsafe TextRoutes.health(exchange)
        case .status: unsafe TextRoutes.status(exchange, argument)
        case .get: unsafe EchoRoutes.get(exchange)
        case .post, .put, .delete, .anything: unsafe EchoRoutes.anything(exchange)
        case .delay: unsafe EchoRoutes.delay(exchange, argument)
        case .bytes: unsafe BodyRoutes.bytes(exchange, argument)
        case .streamBytes: unsafe BodyRoutes.streamBytes(exchange, argument)
        case .drip: unsafe BodyRoutes.drip(exchange)
        case .early: unsafe TextRoutes.early(exchange, argument)
        }
    }

    /// "/bytes/64" is "bytes" and "64".
    private static func split(_ path: ArenaBytes) -> (name: ArenaBytes, argument: ArenaBytes) {
        guard path.count > 1, path[0] == UInt8(ascii: "/") else { return (.empty, .empty) }
        var end = 1
        while end < path.count && path[end] != UInt8(ascii: "/") { end += 1 }
        return (path[1..<end], path[min(end + 1, path.count)..<path.count])
    }
}
