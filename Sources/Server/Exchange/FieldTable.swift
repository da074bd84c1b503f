internal import Memory

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
