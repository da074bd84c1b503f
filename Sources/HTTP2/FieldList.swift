internal import CNghttp2
package import Memory

/// The header fields of one message to send, in order, pseudo-fields first.
///
/// One a loop, filled and submitted in turn. Names and values are not copied: they must
/// stay put until the frame has been serialised, which arenas of open exchanges and
/// literals do.
///
/// `@safe`: its array is its own.
@safe
package final class FieldList {
    /// Fields of one message: our own responses have five, and a user may add some.
    package static let fieldLimit = 128

    let fields: UnsafeMutablePointer<nghttp2_nv>
    package var count: Int { fieldCount }
    // Private: the compiler then sees every access, and checks none of them at run time.
    private var fieldCount = 0

    package init() { unsafe fields = .allocate(capacity: FieldList.fieldLimit) }

    deinit { unsafe fields.deallocate() }

    /// Empties the list, for the next message.
    package func removeAll() { fieldCount = 0 }

    /// - Parameter name: in lower case.
    package func append(name: ArenaBytes, value: ArenaBytes) {
        precondition(fieldCount < FieldList.fieldLimit, "too many header fields")
        unsafe fields[fieldCount] = unsafe nghttp2_nv(
            name: FieldList.bytes(name), value: FieldList.bytes(value),
            namelen: name.count, valuelen: value.count, flags: hw_nv_no_copy)
        fieldCount += 1
    }

    /// Another value for a field that is there.
    package func setValue(_ value: ArenaBytes, at index: Int) {
        precondition(index >= 0 && index < fieldCount)
        unsafe fields[index].value = unsafe FieldList.bytes(value)
        unsafe fields[index].valuelen = value.count
    }

    /// The field at `index`, as it was given.
    package subscript(index: Int) -> (name: ArenaBytes, value: ArenaBytes) {
        precondition(index >= 0 && index < fieldCount)
        let field = unsafe fields[index]
        return unsafe (
            ArenaBytes(start: UnsafeRawPointer(field.name), count: field.namelen),
            ArenaBytes(start: UnsafeRawPointer(field.value), count: field.valuelen)
        )
    }

    /// nghttp2 reads these and takes them mutable only because C says so.
    private static func bytes(_ bytes: ArenaBytes) -> UnsafeMutablePointer<UInt8>? {
        unsafe bytes.start.map { start in
            unsafe UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
        }
    }
}
