internal import CNghttp2

/// The fields of one request, kept for those that come after it on the same connection.
///
/// A client sends most of its fields with each request, and HPACK then names entries of its tables: nghttp2 hands out
/// the same two buffers as before. A field here has a reference to both, so that no other can have their addresses, and
/// the same addresses mean a field that was read before, and was good. Fields of the next request are looked for in the
/// order of this one.
///
/// The obvious choice is a table for all fields that come. But a value that is new each time, such as most paths, would
/// fill it. Nor is the first request kept: connections that wait for long have often had few. The one kept is replaced now
/// and then, since clients change what they send.
///
/// Its end is before that of the session's factory, which has the buffers' memory.
///
/// `@safe`: its entries are its own, and so are their references.
@safe
struct FieldMemory: ~Copyable {
    /// Fields that are kept: browsers send ten to sixteen.
    private static let fieldLimit = 16
    /// Room for so many is made first.
    private static let firstFieldCount = 8
    /// Bytes of names and values that are kept: as many as HPACK's own table has, which keeps most of them anyway.
    private static let byteLimit = 4096
    /// The request that is kept, counted from 1, of each 256: their number is a byte.
    static let keptRequest: UInt8 = 4

    /// A field that makes no request malformed by itself.
    @unsafe struct Entry {
        let name: OpaquePointer
        /// nil: a field that is read each time.
        let value: OpaquePointer?
        private let nameStart: UnsafeRawPointer?
        private let valueStart: UnsafeRawPointer?
        // At most `byteLimit`.
        private let nameByteCount: UInt16
        private let valueByteCount: UInt16
        let meaning: RequestRules.Meaning

        /// - Parameter meaning: nil: the field has to be read each time.
        init(
            _ name: OpaquePointer, _ value: OpaquePointer, _ nameBytes: UnsafeRawBufferPointer,
            _ valueBytes: UnsafeRawBufferPointer, _ meaning: RequestRules.Meaning?
        ) {
            unsafe self.name = unsafe name
            unsafe self.value = unsafe meaning == nil ? nil : value
            unsafe nameStart = nameBytes.baseAddress
            unsafe valueStart = valueBytes.baseAddress
            unsafe nameByteCount = UInt16(nameBytes.count)
            unsafe valueByteCount = UInt16(valueBytes.count)
            unsafe self.meaning = meaning ?? RequestRules.Meaning()
        }

        var nameBytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: nameStart, count: Int(nameByteCount)) }
        var valueBytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: valueStart, count: Int(valueByteCount)) }
    }

    private var entries: UnsafeMutablePointer<Entry>
    /// Whether there is room for `fieldLimit` entries.
    private var isLarge = false
    private var count = 0
    /// The entry that is expected next.
    private var next = 0
    private var isKeeping = false
    private var byteCount = 0

    init() { unsafe entries = .allocate(capacity: FieldMemory.firstFieldCount) }

    deinit {
        giveReferences()
        unsafe entries.deallocate()
    }

    /// A request's fields come next. - Parameter keeps: whether they replace the ones that are here.
    mutating func beginRequest(keeps: Bool) {
        if keeps {
            giveReferences()
            count = 0
            byteCount = 0
        }
        next = 0
        isKeeping = keeps
    }

    /// Trailers come next. They are not kept.
    mutating func beginTrailers() { isKeeping = false }

    /// The field with these buffers, if it is known.
    @inline(__always)
    mutating func recall(_ name: OpaquePointer, _ value: OpaquePointer) -> UnsafePointer<Entry>? {
        guard next < count else { return nil }
        let expected = unsafe UnsafePointer(entries + next)
        guard unsafe expected.pointee.name == name else { return unsafe search(name, value) }
        next &+= 1
        return unsafe expected.pointee.value == value ? expected : nil
    }

    /// Looks at all the others, from the expected one on.
    @inline(never)
    private mutating func search(_ name: OpaquePointer, _ value: OpaquePointer) -> UnsafePointer<Entry>? {
        var place = next
        for _ in 1..<count {
            place = place + 1 < count ? place + 1 : 0
            let entry = unsafe UnsafePointer(entries + place)
            if unsafe entry.pointee.name == name && entry.pointee.value == value {
                next = place + 1
                return unsafe entry
            }
        }
        return nil
    }

    /// Keeps a good field, if it is of the request to be kept.
    /// - Parameter meaning: nil: the field has to be read each time.
    @inline(__always)
    mutating func note(
        _ name: OpaquePointer, _ value: OpaquePointer, _ nameBytes: UnsafeRawBufferPointer, _ valueBytes: UnsafeRawBufferPointer,
        _ meaning: @autoclosure () -> RequestRules.Meaning?
    ) {
        if isKeeping { unsafe keep(name, value, nameBytes, valueBytes, meaning()) }
    }

    @inline(never)
    private mutating func keep(
        _ name: OpaquePointer, _ value: OpaquePointer, _ nameBytes: UnsafeRawBufferPointer, _ valueBytes: UnsafeRawBufferPointer,
        _ meaning: RequestRules.Meaning?
    ) {
        byteCount += nameBytes.count + valueBytes.count
        guard count < FieldMemory.fieldLimit, byteCount <= FieldMemory.byteLimit else {
            isKeeping = false
            return
        }
        if count == FieldMemory.firstFieldCount && !isLarge { enlarge() }
        unsafe nghttp2_rcbuf_incref(name)
        if meaning != nil { unsafe nghttp2_rcbuf_incref(value) }
        unsafe (entries + count).initialize(to: Entry(name, value, nameBytes, valueBytes, meaning))
        count += 1
        next = count
    }

    private mutating func enlarge() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: FieldMemory.fieldLimit)
        unsafe larger.moveInitialize(from: entries, count: count)
        unsafe entries.deallocate()
        unsafe entries = unsafe larger
        isLarge = true
    }

    /// Gives all references back.
    private func giveReferences() {
        for place in 0..<count {
            unsafe nghttp2_rcbuf_decref(entries[place].name)
            if let value = unsafe entries[place].value { unsafe nghttp2_rcbuf_decref(value) }
        }
    }
}
