internal import Measurements

/// The property of a part that an option is about.
///
/// Made where its key path is written out, in a function that is inlined there, a stored property costs nothing: see
/// `StoredField`. Of one that is computed the key path is kept.
enum Property<Part, Value>: Sendable {
    case stored(StoredField<Part, Value>)
    case computed(ImmutablePath<WritableKeyPath<Part, Value>>)

    @inline(__always)
    init(_ path: WritableKeyPath<Part, Value>) {
        if let offset = MemoryLayout<Part>.offset(of: path) { self = .stored(StoredField(offset: offset)) } else { self = .computed(ImmutablePath(path)) }
    }

    func value(of part: Part) -> Value {
        switch self {
        case .stored(let field): field.value(of: part)
        case .computed(let computed): part[keyPath: computed.path]
        }
    }

    func set(_ value: Value, of part: inout Part) {
        switch self {
        case .stored(let field): field.set(value, of: &part)
        case .computed(let computed): part[keyPath: computed.path] = value
        }
    }

    var identity: PropertyIdentity {
        switch self {
        case .stored(let field): .stored(offset: field.offset, byteCount: MemoryLayout<Value>.size)
        case .computed(let computed): .computed(ImmutablePath(computed.path))
        }
    }
}

/// Which property of a part it is, whatever its type.
enum PropertyIdentity: Equatable, Sendable {
    /// Only a property and its sole member lie in the same bytes, and no two options are about such a pair.
    case stored(offset: Int, byteCount: Int)
    case computed(ImmutablePath<AnyKeyPath>)
}

/// A key path that any thread may use.
///
/// `@unchecked`: key paths are immutable. The compiler minds that one might hold an index of some type that is not, and ours
/// have no index.
struct ImmutablePath<Path: AnyKeyPath>: Equatable, @unchecked Sendable {
    let path: Path

    init(_ path: Path) { self.path = path }
}
