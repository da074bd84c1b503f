internal import HTTP1
internal import Loop
internal import Memory

/// One request and its response. Lives at the front of its own arena, and so does
/// everything it points to: when the arena goes, all of it goes.
///
/// Made at the request's first byte; ended by its connection, which then retires the arena.
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
    /// What follows the question mark; empty without one.
    var query = ArenaBytes.empty
    var authority = ArenaBytes.empty
    var body = ArenaBytes.empty
    /// Room behind `body` while it is coming in.
    private var bodyStart: UnsafeMutableRawPointer?
    private var bodyCapacity = 0
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

    /// Nothing moves because the request asked for that.
    var isWaiting: Bool {
        unsafe timer != nil && (!hasResponse || response.stream?.isWaiting == true)
    }

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

    /// Gives back what the exchange holds, its own memory last. Bytes still on their way to
    /// the peer stay: their writes have leases.
    static func end(_ exchange: UnsafeMutablePointer<Exchange>, connection: Connection) {
        if let timer = unsafe exchange.pointee.timer { unsafe connection.loop.giveTimer(timer.takeRetainedValue()) }
        if let part = unsafe exchange.pointee.partArena { connection.giveArena(part) }
        unsafe connection.giveArena(exchange.pointee.arena)
    }

    /// Adds to the body (HTTP/2; the HTTP/1.1 parser has its own). Grows as bytes come, whatever
    /// length was announced. - Returns: false when it would pass `limit`.
    mutating func appendBody(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Bool {
        let total = unsafe body.count + bytes.count
        if total > limit { return false }
        if unsafe total > bodyCapacity {
            let capacity = unsafe max(total, min(bodyCapacity * 2, limit), 1024)
            let larger = unsafe arena.allocate(byteCount: capacity, alignment: 1)
            if let start = unsafe body.start { unsafe larger.copyMemory(from: start, byteCount: body.count) }
            unsafe bodyStart = unsafe larger
            unsafe bodyCapacity = capacity
        }
        if let bodyStart = unsafe bodyStart, let source = bytes.baseAddress {
            unsafe (bodyStart + body.count).copyMemory(from: source, byteCount: bytes.count)
            unsafe body = ArenaBytes(start: bodyStart, count: total)
        }
        return true
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

/// Header fields of a request, in order, in the exchange's arena.
///
/// Grows by doubling. A request has ten fields or so; 16 are room for most.
@unsafe
struct FieldTable {
    struct Field {
        var name: ArenaBytes
        var value: ArenaBytes
    }

    private var start: UnsafeMutablePointer<Field>?
    private var capacity = 0
    private(set) var count = 0
    /// As SETTINGS_MAX_HEADER_LIST_SIZE counts: names, values and 32 for each (RFC 9113, 6.5.2).
    private(set) var byteCount = 0

    subscript(index: Int) -> Field {
        precondition(unsafe index >= 0 && index < count)
        return unsafe start.unsafelyUnwrapped[index]
    }

    /// The bytes must stay put as long as the arena.
    mutating func append(name: ArenaBytes, value: ArenaBytes, in arena: Arena) {
        if unsafe count == capacity {
            let larger = unsafe max(16, capacity * 2)
            let table = unsafe arena.allocate(
                byteCount: larger * MemoryLayout<Field>.stride, alignment: MemoryLayout<Field>.alignment
            ).bindMemory(to: Field.self, capacity: larger)
            if let start = unsafe start { unsafe table.update(from: start, count: count) }
            unsafe start = unsafe table
            unsafe capacity = larger
        }
        unsafe start.unsafelyUnwrapped[count] = Field(name: name, value: value)
        unsafe count += 1
        unsafe byteCount += name.count + value.count + 32
    }
}
