internal import Measurements

/// Strings that come again and again, kept once: header names, values, authorities.
///
/// Sets of four ways, the least recently used of the four gives way. The obvious choice is
/// a dictionary with a linked list; but a look-up happens several times a request, and
/// comparing four hashes that lie side by side takes no pointer chase and no allocation.
/// The price: a set can overflow while others have room.
///
/// `@safe`: its memory is its own, and it hands out numbers, not pointers.
@safe
final class StringCache {
    /// Sets of `wayCount` entries: 256 strings. A client of one server meets about thirty.
    static let setCount = 64
    static let wayCount = 4
    static let entryLimit = setCount * wayCount

    /// Longer strings are not worth keeping: they are cookies and dates, and never the same.
    static let stringByteLimit = 256
    static let byteLimit = entryLimit * stringByteLimit

    /// A string of the cache: good until it is evicted, which the generation shows.
    struct Handle: Equatable, BitwiseCopyable {
        var slot: UInt16
        var generation: UInt16
        static let none = Handle(slot: .max, generation: 0)
    }

    private struct Entry {
        var hash: UInt32 = 0
        var lastUse: UInt32 = 0
        var length: UInt16 = 0
        var generation: UInt16 = 0
        var isUsed = false
    }

    private let entries: UnsafeMutablePointer<Entry>
    /// `stringByteLimit` bytes for each entry; pages that are never touched cost nothing.
    private let bytes: UnsafeMutablePointer<UInt8>
    private var useCount: UInt32 = 0
    private(set) var counts = CacheSample()

    init() {
        unsafe entries = .allocate(capacity: StringCache.entryLimit)
        unsafe entries.initialize(repeating: Entry(), count: StringCache.entryLimit)
        unsafe bytes = .allocate(capacity: StringCache.byteLimit)
        counts.entryLimit = StringCache.entryLimit
        counts.byteLimit = StringCache.byteLimit
    }

    deinit {
        unsafe entries.deallocate()
        unsafe bytes.deallocate()
    }

    /// The handle of `text`, which is kept if it was not there. `none` for what is too long.
    func intern(_ text: UnsafeRawBufferPointer) -> Handle {
        counts.lookups &+= 1
        guard let start = text.baseAddress, text.count <= StringCache.stringByteLimit else {
            counts.misses &+= 1
            return .none
        }
        useCount &+= 1
        let hash = unsafe StringCache.hash(start, count: text.count)
        let first = Int(hash) & (StringCache.setCount - 1) * StringCache.wayCount
        var victim = first
        for slot in first..<first + StringCache.wayCount {
            let entry = unsafe entries[slot]
            if entry.isUsed && entry.hash == hash && Int(entry.length) == text.count,
                unsafe StringCache.areEqual(start, bytes + slot * StringCache.stringByteLimit, count: text.count) {
                unsafe entries[slot].lastUse = useCount
                counts.hits &+= 1
                return Handle(slot: UInt16(slot), generation: entry.generation)
            }
            let oldest = unsafe entries[victim]
            if oldest.isUsed && (!entry.isUsed || useCount &- entry.lastUse > useCount &- oldest.lastUse) { victim = slot }
        }
        return unsafe keep(start, count: text.count, hash: hash, in: victim)
    }

    /// Whether `handle` still stands for `text`.
    func matches(_ handle: Handle, _ text: UnsafeRawBufferPointer) -> Bool {
        guard handle != .none, let start = text.baseAddress else { return false }
        let entry = unsafe entries[Int(handle.slot)]
        guard entry.isUsed, entry.generation == handle.generation, Int(entry.length) == text.count else { return false }
        return unsafe StringCache.areEqual(
            start, bytes + Int(handle.slot) * StringCache.stringByteLimit, count: text.count)
    }

    private func keep(_ start: UnsafeRawPointer, count: Int, hash: UInt32, in slot: Int) -> Handle {
        counts.misses &+= 1
        var entry = unsafe entries[slot]
        if entry.isUsed {
            counts.evictions &+= 1
            counts.bytes -= Int(entry.length)
        } else {
            counts.entries += 1
        }
        entry.isUsed = true
        entry.hash = hash
        entry.lastUse = useCount
        entry.length = UInt16(count)
        entry.generation &+= 1
        unsafe entries[slot] = entry
        unsafe UnsafeMutableRawPointer(bytes + slot * StringCache.stringByteLimit).copyMemory(from: start, byteCount: count)
        counts.bytes += count
        return Handle(slot: UInt16(slot), generation: entry.generation)
    }

    /// Mixes the length and all bytes, eight at a time.
    private static func hash(_ start: UnsafeRawPointer, count: Int) -> UInt32 {
        let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
        var state = UInt64(count) &* multiplier
        var offset = 0
        while offset + 8 <= count {
            state = unsafe (state ^ start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* multiplier
            state ^= state >> 32
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < count {
            tail = unsafe tail << 8 | UInt64(start.load(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        state = (state ^ tail) &* multiplier
        return UInt32(truncatingIfNeeded: state >> 32)
    }

    private static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        var offset = 0
        while offset + 8 <= count {
            if unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset += 8
        }
        while offset < count {
            if unsafe left.load(fromByteOffset: offset, as: UInt8.self)
                != right.load(fromByteOffset: offset, as: UInt8.self) { return false }
            offset += 1
        }
        return true
    }
}
