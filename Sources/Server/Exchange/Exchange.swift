internal import HTTP1
internal import HTTP2
internal import Loop
internal import Memory

/// One request and its response. Lives at the front of its own arena, and so does
/// everything it points to: when the arena goes, all of it goes.
///
/// Made at the request's first byte, and ended by its connection's `ExchangeList`, which then retires the arena.
@unsafe
struct Exchange {
    let arena: Arena
    /// The connection outlives its exchanges.
    let connection: Unmanaged<Connection>
    /// The HTTP/2 stream; 0 with HTTP/1.1.
    let streamID: Int32

    // The request
    var method = Method.other
    var methodBytes = ArenaBytes.empty
    var target = ArenaBytes.empty
    var path = ArenaBytes.empty
    /// The bytes behind the question mark; empty without one.
    var query = ArenaBytes.empty
    var authority = ArenaBytes.empty
    var body = ArenaBytes.empty
    /// The body while it comes in over HTTP/2; over HTTP/1.1 the parser has it.
    var incoming = IncomingBody()
    var fields = unsafe FieldTable()
    /// Set when the request cannot be served: the status that says why.
    var rejection = 0

    // The response
    var response = Response()
    /// Running while a route waits: /delay, /drip. Owned by the exchange, given back at its end.
    var timer: Unmanaged<Timer>?
    /// Holds the part of a streamed body that was made last.
    var partArena: Arena?
    var hasResponse = false
    /// The request's last byte has come.
    var isRequestComplete = false

    // The connection's list of open exchanges
    var next: UnsafeMutablePointer<Exchange>?
    var previous: UnsafeMutablePointer<Exchange>?

    private init(arena: Arena, connection: Unmanaged<Connection>, streamID: Int32) {
        unsafe self.arena = arena
        unsafe self.connection = unsafe connection
        unsafe self.streamID = streamID
    }

    /// A new exchange as the first thing in an arena.
    static func begin(in arena: Arena, connection: Connection, streamID: Int32) -> UnsafeMutablePointer<Exchange> {
        let exchange = unsafe arena.allocate(
            byteCount: MemoryLayout<Exchange>.stride, alignment: MemoryLayout<Exchange>.alignment
        ).bindMemory(to: Exchange.self, capacity: 1)
        unsafe exchange.initialize(to: Exchange(
            arena: arena, connection: Unmanaged.passUnretained(connection), streamID: streamID))
        return unsafe exchange
    }

    /// Nothing moves because the request asked for that.
    var isWaiting: Bool {
        unsafe timer != nil && (!hasResponse || response.stream?.isWaiting == true)
    }

    /// Has the response's body lie in another arena than the exchange's; the exchange has a lease on it until it ends.
    mutating func respond(with body: ArenaBytes, in other: Arena) {
        let lease = unsafe arena.allocate(
            byteCount: MemoryLayout<Lease>.stride, alignment: MemoryLayout<Lease>.alignment
        ).bindMemory(to: Lease.self, capacity: 1)
        unsafe lease.initialize(to: Lease(on: other))
        unsafe response.body = body
        unsafe response.bodyLease = lease
    }

    /// Adds to the body. - Returns: false when it would pass `limit`.
    mutating func appendBody(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Bool {
        var buffer = unsafe incoming.buffer ?? BodyBuffer()
        if buffer.byteCount + bytes.count > limit { return false }
        unsafe buffer.append(bytes, byteLimit: limit, into: arena)
        unsafe body = buffer.bytes
        unsafe incoming.buffer = buffer
        return true
    }

    /// Takes an HTTP/2 :method, whose bytes are copied unless they are known.
    mutating func setMethod(_ bytes: UnsafeRawBufferPointer) {
        unsafe method = unsafe Method(ArenaBytes(start: bytes.baseAddress, count: bytes.count))
        unsafe methodBytes = unsafe method.name ?? arena.copy(bytes)
    }

    /// Takes an HTTP/2 :path apart at its first question mark.
    mutating func setTarget(_ bytes: ArenaBytes) {
        unsafe target = bytes
        var end = 0
        while end < bytes.count && bytes[end] != UInt8(ascii: "?") { end += 1 }
        unsafe path = bytes[0..<end]
        unsafe query = bytes[min(end + 1, bytes.count)..<bytes.count]
    }
}

/// What has come of a body over HTTP/2, and what may still come.
struct IncomingBody {
    /// nil before the first bytes.
    var buffer: BodyBuffer?
    /// Those of the request, once its head is there and a body or trailers are to come.
    var rules = RequestRules()
}
