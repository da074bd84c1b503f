internal import HTTP2
internal import Load
internal import Measurements
internal import Memory

/// One kind of request, encoded: made once a loop, read by all its clients.
///
/// Bytes that are the same in every request are encoded here, once. The values that each request has
/// of its own are written by `expand` into memory that belongs to the request until it is over.
///
/// `@safe`: its bytes are its own and stay put as long as it does.
@safe
final class RequestTemplate {
    /// Whether such a request may be sent twice.
    let isIdempotent: Bool
    /// The body of all requests; empty when each has its own.
    let body: ArenaBytes
    let expectation: AnswerExpectation?
    /// The fields of the next request: those of every request, and the values that were set last.
    let fields = FieldList()
    /// The most bytes that `expand` writes; 0: all requests are alike.
    let expandedByteLimit: Int
    /// The part of them that the target may take.
    private let pathByteLimit: Int
    /// The target, with its templates.
    private var target: String
    /// Where content-length stands among the fields; 0: all requests have the same.
    private let lengthIndex: Int
    private var values: [(index: Int, pieces: [TextPiece])]
    private let bodyPieces: [TextPiece]
    private var allocations: [UnsafeMutableRawBufferPointer]

    /// Methods whose requests say that they have no body (RFC 9110, 8.6).
    private static let methodsWithBody: Set = ["POST", "PUT", "PATCH"]
    private static let pathIndex = 3
    /// Decimal digits of any content-length.
    private static let lengthDigitLimit = 20
    /// Bytes by which a target may become longer.
    private static let growthLimit = 20

    init(_ kind: RequestKind, _ configuration: ClientConfiguration) {
        var allocations: [UnsafeMutableRawBufferPointer] = unsafe []
        func keep(_ bytes: some Collection<UInt8>) -> ArenaBytes { unsafe RequestTemplate.copy(bytes, to: &allocations) }
        /// Braces that are no template are sent as they are: the plan has told of them.
        func text(_ text: String) -> RequestText {
            (try? RequestText(parsing: text)) ?? RequestText(literal: Array(text.utf8))
        }
        var fixed: [(name: ArenaBytes, value: ArenaBytes)] = []
        var values: [(index: Int, pieces: [TextPiece])] = []
        var byteLimit = 0
        func add(_ name: ArenaBytes, _ value: RequestText) {
            if value.isFixed {
                fixed.append((name, keep(value.fixedBytes)))
            } else {
                values.append((fixed.count, value.parts.map { TextPiece($0, keep: keep) }))
                byteLimit += value.byteLimit
                fixed.append((name, .empty))
            }
        }
        target = kind.path
        isIdempotent = RetryPolicy.isIdempotent(kind.method)
        expectation = kind.expectation.map(AnswerExpectation.init)
        fixed = [
            (ArenaBytes(":method"), keep(kind.method.utf8)),
            (ArenaBytes(":scheme"), configuration.tls == nil ? ArenaBytes("http") : ArenaBytes("https")),
            (ArenaBytes(":authority"), keep(configuration.authority.utf8)),
        ]
        add(ArenaBytes(":path"), text(kind.path))
        if byteLimit > 0 { byteLimit += RequestTemplate.growthLimit }
        pathByteLimit = byteLimit
        if let authorization = configuration.proxy?.authorization {
            fixed.append((ArenaBytes("proxy-authorization"), keep(authorization.utf8)))
        }
        if !kind.headers.contains(where: { $0.name == "user-agent" }) {
            fixed.append((ArenaBytes("user-agent"), ArenaBytes("highwater")))
        }
        let bodyText = if case .text(let body) = kind.body { text(body) } else { RequestText(literal: []) }
        if bodyText.isFixed {
            body = keep(kind.body.bytes ?? bodyText.fixedBytes)
            bodyPieces = []
            if !body.isEmpty || RequestTemplate.methodsWithBody.contains(kind.method) {
                fixed.append((ArenaBytes("content-length"), keep(String(body.count).utf8)))
            }
            lengthIndex = 0
        } else {
            body = .empty
            bodyPieces = bodyText.parts.map { TextPiece($0, keep: keep) }
            byteLimit += bodyText.byteLimit + RequestTemplate.lengthDigitLimit
            lengthIndex = fixed.count
            fixed.append((ArenaBytes("content-length"), .empty))
        }
        for header in kind.headers { add(keep(header.name.utf8), text(header.value)) }
        self.values = values
        expandedByteLimit = byteLimit
        unsafe self.allocations = unsafe allocations
        for field in fixed { fields.append(name: field.name, value: field.value) }
    }

    deinit {
        for unsafe buffer in unsafe allocations { unsafe buffer.deallocate() }
    }

    private static func copy(_ bytes: some Collection<UInt8>, to allocations: inout [UnsafeMutableRawBufferPointer]) -> ArenaBytes {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
        unsafe buffer.copyBytes(from: bytes)
        unsafe allocations.append(buffer)
        return unsafe ArenaBytes(start: UnsafeRawPointer(buffer.baseAddress), count: bytes.count)
    }

    /// Another target of the same kind, from the next request on: the same template with another number in it.
    /// The former one stays in memory: a frame that waits may still point at it, and a person at a key makes few.
    func setTarget(_ path: String) {
        guard path != target else { return }
        target = path
        guard let index = values.firstIndex(where: { $0.index == RequestTemplate.pathIndex }) else {
            return setPath(unsafe RequestTemplate.copy(path.utf8, to: &allocations))
        }
        guard let text = try? RequestText(parsing: path) else { return }
        precondition(text.byteLimit <= pathByteLimit, "a target that outgrows its record")
        values[index].pieces = text.parts.map { TextPiece($0) { unsafe RequestTemplate.copy($0, to: &allocations) } }
    }

    /// The target of the next request, in memory of the request's.
    func setPath(_ path: ArenaBytes) { fields.setValue(path, at: RequestTemplate.pathIndex) }

    /// What the request with this number was sent with, for people: its target, and its body where each request has its own.
    /// Allocates: made for requests that are told of.
    func sentText(number: UInt64, seed: UInt64) -> (target: String, body: String?) {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(expandedByteLimit, 1), alignment: 1)
        defer { unsafe memory.deallocate() }
        var writer = unsafe TextWriter(memory, number: number, seed: seed)
        var sent = (try? RequestText(parsing: target)).flatMap { $0.isFixed ? String(decoding: $0.fixedBytes, as: UTF8.self) : nil } ?? target
        for value in values {
            let text = writer.text(of: value.pieces)
            if value.index == RequestTemplate.pathIndex { sent = text.string }
        }
        return (sent, lengthIndex > 0 ? writer.text(of: bodyPieces).string : nil)
    }

    /// Writes the values that the request with this number has of its own, and sets the fields to them.
    ///
    /// - Parameters:
    ///   - seed: the run's.
    ///   - memory: room for `expandedByteLimit` bytes, which stay until the request is over.
    /// - Returns: the request's body.
    func expand(number: UInt64, seed: UInt64, into memory: UnsafeMutableRawPointer) -> ArenaBytes {
        var writer = unsafe TextWriter(memory, number: number, seed: seed)
        for value in values { fields.setValue(writer.text(of: value.pieces), at: value.index) }
        guard lengthIndex > 0 else { return body }
        let body = writer.text(of: bodyPieces)
        writer.write(UInt64(body.count))
        fields.setValue(writer.take(), at: lengthIndex)
        return body
    }
}

extension RequestText {
    /// All of a text without values.
    fileprivate var fixedBytes: [UInt8] {
        parts.flatMap { part -> [UInt8] in if case .literal(let bytes) = part { bytes } else { [] } }
    }
}

extension RequestBody {
    /// nil: a text, which may have templates.
    fileprivate var bytes: [UInt8]? {
        switch self {
        case .none: return []
        case .text: return nil
        case .bytes(let bytes): return bytes
        case .size(let count):
            var bytes = [UInt8](repeating: 0, count: count)
            unsafe bytes.withUnsafeMutableBytes { unsafe SeededBody(seed: 0).fill($0, offset: 0) }
            return bytes
        case .file: preconditionFailure("files are read before the clients are made")
        }
    }
}
