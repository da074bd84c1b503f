internal import Memory

/// Routes that answer with a fixed text.
enum TextRoutes {
    /// GET /health: the shortest answer there is.
    static func health(_ exchange: UnsafeMutablePointer<Exchange>) {
        unsafe exchange.pointee.response.body = ArenaBytes("OK\n")
    }

    /// GET /: the list of routes.
    static func root(_ exchange: UnsafeMutablePointer<Exchange>) {
        unsafe exchange.pointee.response.body = ArenaBytes("""
            This is Highwater's server. It shows what requests do to memory.

            /health              OK
            /get                 the request as JSON: GET
            /post /put /delete   the same for these methods, with the body
            /anything            the same for any method and any path below
            /bytes/SIZE          SIZE predictable bytes; ?seed=N for others
            /stream-bytes/SIZE   the same in chunks; ?chunk_size=N
            /delay/SECONDS       as /anything, but later
            /drip                ?numbytes=10&duration=2&delay=0&code=200&seed=N
            /status/CODE         an answer with that status
            /early               an answer before the body has come; /early/stop wants no more of it

            """)
    }

    /// /early: answers as soon as the head is there. The body is read and dropped, and the connection goes on.
    /// /early/stop: the same, and tells the client that no more of the body is wanted: RST_STREAM with
    /// NO_ERROR over HTTP/2 (RFC 9113, 8.1), the end of the connection over HTTP/1.1 (RFC 9112, 9.3).
    static func early(_ exchange: UnsafeMutablePointer<Exchange>, _ argument: ArenaBytes) {
        unsafe exchange.pointee.response.body = ArenaBytes("early\n")
        unsafe exchange.pointee.response.stopsRequest = !argument.isEmpty
    }

    /// /status/CODE: that status, from 200 to 599.
    static func status(_ exchange: UnsafeMutablePointer<Exchange>, _ argument: ArenaBytes) {
        guard let code = argument.decimal, (200...599).contains(code) else {
            unsafe exchange.pointee.response = .text(400, "status: a number from 200 to 599\n")
            return
        }
        unsafe exchange.pointee.response.status = code
    }
}
