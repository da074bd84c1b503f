internal import HTTP2
internal import Memory

/// What every request of a generator looks like: made once, read by all its clients.
///
/// `@safe`: its bytes are its own and stay put as long as it does.
@safe
final class RequestTemplate {
    let authority: ArenaBytes
    let body: ArenaBytes
    private let paths: [ArenaBytes]
    private let list = FieldList()
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
        authority = keep(configuration.authority.utf8)
        body = keep(configuration.body)
        paths = configuration.paths.map { keep($0.utf8) }
        var fields: [(name: ArenaBytes, value: ArenaBytes)] = [
            (ArenaBytes(":method"), keep(configuration.method.utf8)),
            (ArenaBytes(":scheme"), ArenaBytes("http")),
            (ArenaBytes(":authority"), authority),
            (ArenaBytes(":path"), paths[0]),
            (ArenaBytes("user-agent"), ArenaBytes("highwater")),
        ]
        pathIndex = 3
        if !configuration.body.isEmpty {
            fields.append((ArenaBytes("content-length"), keep(String(configuration.body.count).utf8)))
        }
        for header in configuration.headers { fields.append((keep(header.name.utf8), keep(header.value.utf8))) }
        unsafe self.allocations = unsafe allocations
        for field in fields { list.append(name: field.name, value: field.value) }
    }

    deinit {
        for unsafe buffer in unsafe allocations { unsafe buffer.deallocate() }
    }

    /// The target of the request with this number; they take turns.
    func path(at index: Int) -> ArenaBytes { paths.count == 1 ? paths[0] : paths[index % paths.count] }

    /// The fields of a request for `path`, valid until the next call.
    func fields(path: ArenaBytes) -> FieldList {
        list.setValue(path, at: pathIndex)
        return list
    }
}
