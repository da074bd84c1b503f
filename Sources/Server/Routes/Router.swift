internal import Memory

/// Finds the route of a request and lets it answer.
///
/// A chain of comparisons on the path's first segment: a dozen routes, told apart by their
/// length and first byte, are faster to walk than any table is to look up.
enum Router {
    /// Fills `exchange.response`. Everything a route needs is in the exchange.
    static func respond(to exchange: UnsafeMutablePointer<Exchange>) {
        let path = unsafe exchange.pointee.path
        let (name, argument) = split(path)
        guard let route = unsafe route(name, argument, path) else {
            unsafe exchange.pointee.response = .text(404, "no such route; GET / tells what there is\n")
            return
        }
        let method = unsafe exchange.pointee.method
        if method == .options {
            unsafe exchange.pointee.response.status = 204
            unsafe exchange.pointee.response.allow = route.methods.allow
        } else if unsafe !route.methods.contains(method) {
            unsafe exchange.pointee.response = .text(405, "method not allowed\n")
            unsafe exchange.pointee.response.allow = route.methods.allow
        } else {
            unsafe route.respond(exchange, argument)
        }
    }

    /// A route: the methods it takes, and the function that answers. The argument is what
    /// follows the route's name and a slash.
    @unsafe
    struct Route {
        let methods: MethodSet
        let respond: (UnsafeMutablePointer<Exchange>, ArenaBytes) -> Void
    }

    private static func route(
        _ name: ArenaBytes, _ argument: ArenaBytes, _ path: ArenaBytes
    ) -> Route? {
        let hasArgument = !argument.isEmpty
        if name.equals("health") && !hasArgument { return unsafe Route(methods: .read, respond: TextRoutes.health) }
        if name.equals("bytes") && hasArgument { return unsafe Route(methods: .read, respond: BodyRoutes.bytes) }
        if name.equals("anything") { return unsafe Route(methods: .all, respond: EchoRoutes.anything) }
        if name.equals("get") && !hasArgument { return unsafe Route(methods: .read, respond: EchoRoutes.get) }
        if name.equals("post") && !hasArgument { return unsafe Route(methods: .post, respond: EchoRoutes.anything) }
        if name.equals("put") && !hasArgument { return unsafe Route(methods: .put, respond: EchoRoutes.anything) }
        if name.equals("delete") && !hasArgument { return unsafe Route(methods: .delete, respond: EchoRoutes.anything) }
        if name.equals("stream-bytes") && hasArgument {
            return unsafe Route(methods: .read, respond: BodyRoutes.streamBytes)
        }
        if name.equals("delay") && hasArgument { return unsafe Route(methods: .all, respond: EchoRoutes.delay) }
        if name.equals("status") && hasArgument { return unsafe Route(methods: .all, respond: TextRoutes.status) }
        if name.equals("drip") && !hasArgument { return unsafe Route(methods: .read, respond: BodyRoutes.drip) }
        if path.equals("/") { return unsafe Route(methods: .read, respond: TextRoutes.root) }
        if path.equals("*") { return unsafe Route(methods: .all, respond: TextRoutes.root) }
        return nil
    }

    /// "/bytes/64" is "bytes" and "64".
    private static func split(_ path: ArenaBytes) -> (name: ArenaBytes, argument: ArenaBytes) {
        guard path.count > 1, path[0] == UInt8(ascii: "/") else { return (.empty, .empty) }
        var end = 1
        while end < path.count && path[end] != UInt8(ascii: "/") { end += 1 }
        return (path[1..<end], path[min(end + 1, path.count)..<path.count])
    }
}
