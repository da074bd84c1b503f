internal import HTTP1
internal import HTTP2
internal import Loop
internal import Memory

/// The requests of one HTTP/1.1 connection that are not with the socket yet, in order.
///
/// Heads are written into an arena that the socket's leases take over; bodies are not copied, but for
/// those that a request brings along itself.
///
/// `@safe`: the accesses to its list do not overlap, since it calls nothing that could call it.
@safe
final class Pipeline {
    private let arenas: ArenaPool
    /// Heads that are not with the socket yet.
    private var heads: Arena?
    /// Heads, and bodies of the template, which outlives the connection.
    @exclusivity(unchecked) private var outgoing: [ArenaBytes] = []
    private var sentCount = 0
    /// Bytes of the first unsent part that are with the socket.
    private var sentByteCount = 0

    /// Most bytes of a body that are handed on at once: over TLS as many are sealed, and wait.
    private static let partByteLimit = 256 * 1024

    /// Targets name the server too, for a proxy.
    private let isForProxy: Bool

    init(arenas: ArenaPool, isForProxy: Bool) {
        self.arenas = arenas
        self.isForProxy = isForProxy
        unsafe outgoing.reserveCapacity(32)
    }

    deinit { heads?.retire() }

    /// Everything is with the socket.
    var isEmpty: Bool { unsafe sentCount == outgoing.count }

    /// Adds a request: the fields as for HTTP/2, pseudo-fields first. - Returns: its kind, for the parser.
    func append(_ fields: FieldList, body: ArenaBytes, copiesBody: Bool) -> ResponseParser.Request {
        let arena = heads ?? arenas.take()
        heads = arena
        var writer = HeadWriter(fields, in: arena, isForProxy: isForProxy)
        let head = writer.write()
        unsafe outgoing.append(head)
        if !body.isEmpty { unsafe outgoing.append(copiesBody ? arena.copy(body.buffer) : body) }
        return writer.request
    }

    /// Moves bytes to `batch`, as many as it has room for. - Returns: whether there were any.
    func moveOutput(to batch: WriteBatch) -> Bool {
        guard unsafe sentCount < outgoing.count else { return false }
        while unsafe sentCount < outgoing.count, batch.hasRoom() {
            let whole = unsafe outgoing[sentCount]
            let rest = whole[sentByteCount..<whole.count]
            let part = rest[0..<min(rest.count, Pipeline.partByteLimit)]
            batch.append(part)
            sentByteCount += part.count
            if part.count < rest.count { break }
            sentCount += 1
            sentByteCount = 0
        }
        guard let heads else { return true }
        batch.append(Lease(on: heads))
        if isEmpty {
            heads.retire()
            self.heads = nil
            unsafe outgoing.removeAll(keepingCapacity: true)
            sentCount = 0
        }
        return true
    }
}

/// The head of a request, written from the fields that HTTP/2 would send.
///
/// `@safe`: writes into room that it has measured.
@safe
private struct HeadWriter {
    private let fields: FieldList
    private var cursor: UnsafeMutableRawPointer
    private let start: UnsafeMutableRawPointer
    private var method = ArenaBytes.empty
    private var path = ArenaBytes.empty
    private var authority = ArenaBytes.empty
    private let isForProxy: Bool

    init(_ fields: FieldList, in arena: Arena, isForProxy: Bool) {
        self.fields = fields
        self.isForProxy = isForProxy
        // The request line's and Host's own letters, a scheme, and the last line end.
        var byteCount = 40
        for index in 0..<fields.count {
            let field = fields[index]
            byteCount += field.name.count + field.value.count + 4
            guard HeadWriter.isPseudoField(field.name) else { continue }
            if field.name.equals(":method") { method = field.value }
            if field.name.equals(":path") { path = field.value }
            if field.name.equals(":authority") { authority = field.value }
        }
        if isForProxy { byteCount += authority.count }
        unsafe start = arena.allocate(byteCount: byteCount, alignment: 1)
        unsafe cursor = unsafe start
    }

    var request: ResponseParser.Request { method.equals("HEAD") ? .head : .other }

    mutating func write() -> ArenaBytes {
        put(method)
        put(" ")
        if isForProxy {
            put("http://")
            put(authority)
        }
        put(path)
        put(" HTTP/1.1\r\nhost: ")
        put(authority)
        put("\r\n")
        for index in 0..<fields.count {
            let field = fields[index]
            if field.name.isEmpty || HeadWriter.isPseudoField(field.name) { continue }
            put(field.name)
            put(": ")
            put(field.value)
            put("\r\n")
        }
        put("\r\n")
        return unsafe ArenaBytes(start: start, count: cursor - start)
    }

    private static func isPseudoField(_ name: ArenaBytes) -> Bool { !name.isEmpty && name[0] == UInt8(ascii: ":") }

    private mutating func put(_ text: StaticString) { put(ArenaBytes(text)) }

    private mutating func put(_ bytes: ArenaBytes) {
        guard let source = unsafe bytes.start else { return }
        unsafe cursor.copyMemory(from: source, byteCount: bytes.count)
        unsafe cursor += bytes.count
    }
}
