/// A stored property of a value, as the bytes behind the value's start at which it lies.
///
/// It does what a key path does. But a key path is made at run time, 20 000 instructions each, and read through ten
/// times as slowly; tables have three hundred of them, and a long recording has ten million figures. Made where the key
/// path is written out, in a function that is inlined there, only the number of bytes is left of it. (The compiler inlines
/// none into another module that has to do with a generic type of this package.)
@safe package struct StoredField<Whole, Value>: Sendable {
    package let offset: Int

    /// - Parameter path: of a stored property, perhaps within others: not of an element, nor of one that is computed or observed.
    @inline(__always)
    package init(_ path: WritableKeyPath<Whole, Value>) {
        guard let offset = MemoryLayout<Whole>.offset(of: path) else { preconditionFailure("only a stored property has a place") }
        self.offset = offset
    }

    /// - Parameter offset: bytes behind the start of the whole, where a value of this type lies.
    package init(offset: Int) { self.offset = offset }

    /// A copy of the value.
    package func value(of whole: Whole) -> Value { look(at: whole) { $0 } }

    /// Looks at the value where it lies: a part is large, and is not copied for one of its numbers.
    package func look<Result>(at whole: Whole, _ body: (Value) throws -> Result) rethrows -> Result {
        try unsafe withUnsafeBytes(of: whole) { bytes in
            try unsafe body(bytes.baseAddress.unsafelyUnwrapped.advanced(by: offset).assumingMemoryBound(to: Value.self).pointee)
        }
    }

    /// Changes the value where it lies.
    package func change<Result>(_ whole: inout Whole, _ body: (inout Value) throws -> Result) rethrows -> Result {
        try unsafe withUnsafeMutableBytes(of: &whole) { bytes in
            try unsafe body(&bytes.baseAddress.unsafelyUnwrapped.advanced(by: offset).assumingMemoryBound(to: Value.self).pointee)
        }
    }

    /// Puts another value there.
    package func set(_ value: Value, of whole: inout Whole) { change(&whole) { $0 = value } }

    /// The same field of a value that lies within another one.
    func within<Outer>(_ part: StoredField<Outer, Whole>) -> StoredField<Outer, Value> { StoredField<Outer, Value>(offset: part.offset + offset) }
}
