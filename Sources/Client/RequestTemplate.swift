internal import HTTP2
internal import Memory

/// What every request of a generator looks like: made once, read by all its clients.
///
/// `@safe`: its bytes are its own and stay put as long as it does.
@safe
final class RequestTemplate {
    /// Whether it may be sent twice.
    let isIdempotent: Bool
    let authority: ArenaBytes
    let body: ArenaBytes
    private var paths: [ArenaBytes]
    /// The fields of the next request: those of every request, and the path set last.
    let fields = FieldList()
    private let pathIndex: Int
    private var allocations: [UnsafeMutableRawBufferPointer]

    init(_ configuration: ClientConfiguration) {
        var allocations: [UnsafeMutableRawBufferPointer] = unsafe []
        func keep(_ bytes: some Collection<UInt8>) -> ArenaBytes {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
            unsafe buffer.copyBytes(from: bytes)
            unsafe allocations.append(buffer)
            return unsafe ArenaBytes(start: UnsafeRawPointer(buffer.baseAddress), count: bytes.count)
        }
        isIdempotent = RetryPolicy.isIdempotent(configuration.method)
        authority = keep(configuration.authority.utf8)
        body = keep(configuration.body)
        paths = configuration.paths.map { keep($0.utf8) }
        var fixed: [(name: ArenaBytes, value: ArenaBytes)] = [
            (ArenaBytes(":method"), keep(configuration.method.utf8)),
            (ArenaBytes(":scheme"), configuration.tls == nil ? ArenaBytes("http") : ArenaBytes("https")),
            (ArenaBytes(":authority"), authority),
            (ArenaBytes(":path"), paths[0]),
            (ArenaBytes("user-agent"), ArenaBytes("highwater")),
        ]
        pathIndex = 3
        if !configuration.body.isEmpty {
            fixed.append((ArenaBytes("content-length"), keep(String(configuration.body.count).utf8)))
        }
        for header in configuration.headers { fixed.append((keep(header.name.utf8), keep(header.value.utf8))) }
        unsafe self.allocations = unsafe allocations
        for field in fixed { fields.append(name: field.name, value: field.value) }
    }

    deinit {
        for unsafe buffer in unsafe allocations { unsafe buffer.deallocate() }
    }

    /// The target of the request with this number; they take turns.
    func path(at index: Int) -> ArenaBytes { paths.count == 1 ? paths[0] : paths[index % paths.count] }

    /// Asks for these in turn from now on; not empty. The former ones stay in memory: a frame that
    /// waits may still point at them, and somebody's fingers change no more than a few.
    func setPaths(_ new: [String]) {
        paths = new.map { path in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(path.utf8.count, 1), alignment: 8)
            unsafe buffer.copyBytes(from: path.utf8)
            unsafe allocations.append(buffer)
            return unsafe ArenaBytes(start: UnsafeRawPointer(buffer.baseAddress), count: path.utf8.count)
        }
    }

    /// What the next request is for.
    func setPath(_ path: ArenaBytes) { fields.setValue(path, at: pathIndex) }
}
