package import Measurements

/// Strings that come again and again, kept once: header names, values, authorities.
///
/// Sets of four ways; the least recently used of the four is evicted. The obvious choice is
/// a dictionary with a linked list; but a look-up happens several times a request, and
/// comparing four hashes that lie side by side takes no pointer chase and no allocation.
/// The price: a set can overflow while others have room.
///
/// `@safe`: its memory is its own, and it hands out numbers and copies, not pointers.
@safe
package final class StringCache {
    /// Sets of `wayCount` entries: 256 strings. A client of one server meets about thirty.
    static let setCount = 64
    package static let wayCount = 4
    package static let entryLimit = setCount * wayCount

    /// Longer strings are not worth keeping: most are cookies, and never come again.
    package static let stringByteLimit = 256
    static let byteLimit = entryLimit * stringByteLimit

    /// A string of the cache: the same number for the same text, until it is evicted. Then it gets another.
    package struct Handle: Hashable, BitwiseCopyable {
        package var slot: UInt16
        var generation: UInt16
        package static let none = Handle(slot: .max, generation: 0)

        /// Slot and generation as one number.
        var number: UInt32 { UInt32(slot) << 16 | UInt32(generation) }
    }

    private struct Entry {
        var lastUse: UInt32 = 0
        var length: UInt16 = 0
        var generation: UInt16 = 0
    }

    /// Hashes of all 64 bits, those of a set side by side; 0 where there is no entry.
    private let hashes: UnsafeMutablePointer<UInt64>
    private let entries: UnsafeMutablePointer<Entry>
    /// `stringByteLimit` bytes for each entry; pages that are never touched cost nothing.
    private let bytes: UnsafeMutablePointer<UInt8>
    /// Of each slot the one that was asked for after it, the last time: answers have their fields in the same order, so
    /// that one comparison finds most strings.
    private let followers: UnsafeMutablePointer<UInt16>
    private var useCount: UInt32 = 0
    private var lastSlot = 0

    // Private: the compiler then sees every access, and checks none of them at run time.
    private var hitCount: UInt64 = 0
    private var missCount: UInt64 = 0
    private var evictionCount: UInt64 = 0
    private var entryCount = 0
    private var byteCount = 0
    private var waitedNanoseconds: UInt64 = 0

    /// Its counts, and its contents.
    package var counts: CacheSample {
        var counts = CacheSample()
        counts.lookups = hitCount + missCount
        counts.hits = hitCount
        counts.misses = missCount
        counts.evictions = evictionCount
        counts.entries = entryCount
        counts.entryLimit = StringCache.entryLimit
        counts.bytes = byteCount
        counts.byteLimit = StringCache.byteLimit
        counts.waitedNanoseconds = waitedNanoseconds
        return counts
    }

    package init() {
        unsafe hashes = .allocate(capacity: StringCache.entryLimit)
        unsafe hashes.initialize(repeating: 0, count: StringCache.entryLimit)
        unsafe entries = .allocate(capacity: StringCache.entryLimit)
        unsafe entries.initialize(repeating: Entry(), count: StringCache.entryLimit)
        unsafe bytes = .allocate(capacity: StringCache.byteLimit)
        unsafe followers = .allocate(capacity: StringCache.entryLimit)
        unsafe followers.initialize(repeating: 0, count: StringCache.entryLimit)
    }

    deinit {
        unsafe hashes.deallocate()
        unsafe entries.deallocate()
        unsafe bytes.deallocate()
        unsafe followers.deallocate()
    }

    /// The handle of `text`, which is kept if it was not there; `none` for a text that is too long.
    package func intern(_ text: UnsafeRawBufferPointer) -> Handle {
        let count = text.count
        guard let start = text.baseAddress, count <= StringCache.stringByteLimit else {
            missCount &+= 1
            return .none
        }
        useCount &+= 1
        let follower = unsafe Int(followers[lastSlot])
        if unsafe Int(entries[follower].length) == count && hashes[follower] != 0
            && StringCache.areEqual(start, bytes + follower &* StringCache.stringByteLimit, count: count) {
            return hit(follower)
        }
        return unsafe intern(start, count: count)
    }

    /// Finds a string wherever it is, or keeps it.
    private func intern(_ start: UnsafeRawPointer, count: Int) -> Handle {
        let hash = unsafe StringCache.hash(start, count: count)
        let first = Int(truncatingIfNeeded: hash) & (StringCache.setCount - 1) * StringCache.wayCount
        var slot = first
        repeat {
            if unsafe hashes[slot] == hash && Int(entries[slot].length) == count
                && StringCache.areEqual(start, bytes + slot &* StringCache.stringByteLimit, count: count) {
                unsafe followers[lastSlot] = UInt16(truncatingIfNeeded: slot)
                return hit(slot)
            }
            slot &+= 1
        } while slot < first &+ StringCache.wayCount
        return unsafe keep(start, count: count, hash: hash, in: victim(from: first))
    }

    @inline(__always)
    private func hit(_ slot: Int) -> Handle {
        unsafe entries[slot].lastUse = useCount
        hitCount &+= 1
        lastSlot = slot
        return unsafe Handle(slot: UInt16(truncatingIfNeeded: slot), generation: entries[slot].generation)
    }

    /// The text that `handle` stands for; nil when it has been evicted.
    package func text(of handle: Handle) -> String? {
        guard handle != .none, unsafe hashes[Int(handle.slot)] != 0, unsafe entries[Int(handle.slot)].generation == handle.generation
        else { return nil }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(
                start: bytes + Int(handle.slot) * StringCache.stringByteLimit, count: Int(entries[Int(handle.slot)].length)),
            as: UTF8.self)
    }

    /// Adds time that a thread has waited for the lock around this cache.
    func addWait(nanoseconds: UInt64) { waitedNanoseconds &+= nanoseconds }

    /// An empty way, or the one used longest ago.
    private func victim(from first: Int) -> Int {
        var victim = first
        for slot in first..<first + StringCache.wayCount {
            if unsafe hashes[slot] == 0 { return slot }
            if unsafe useCount &- entries[slot].lastUse > useCount &- entries[victim].lastUse { victim = slot }
        }
        return victim
    }

    private func keep(_ start: UnsafeRawPointer, count: Int, hash: UInt64, in slot: Int) -> Handle {
        missCount &+= 1
        unsafe followers[lastSlot] = UInt16(truncatingIfNeeded: slot)
        lastSlot = slot
        var entry = unsafe entries[slot]
        if unsafe hashes[slot] != 0 {
            evictionCount &+= 1
            byteCount -= Int(entry.length)
        } else {
            entryCount += 1
        }
        unsafe hashes[slot] = hash
        entry.lastUse = useCount
        entry.length = UInt16(count)
        entry.generation &+= 1
        unsafe entries[slot] = entry
        unsafe UnsafeMutableRawPointer(bytes + slot * StringCache.stringByteLimit).copyMemory(from: start, byteCount: count)
        byteCount += count
        return Handle(slot: UInt16(slot), generation: entry.generation)
    }

    /// Mixes the length and all bytes, sixteen at a time. Never 0.
    ///
    /// The last bytes are read together with bytes before them that were read already: two loads that
    /// overlap instead of a loop over single bytes. Names of headers are four to sixteen bytes long.
    @inline(__always)
    private static func hash(_ start: UnsafeRawPointer, count: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: count) &+ 0x9E37_79B9_7F4A_7C15
        var low: UInt64
        var high: UInt64 = 0
        if count >= 8 {
            var offset = 0
            while count &- offset > 16 {
                low = unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                high = unsafe start.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
                state = mix(state ^ low, high ^ 0xE703_7ED1_A0B4_28DB)
                offset &+= 16
            }
            // The sixteen last bytes, or the eight first and the eight last.
            low = unsafe start.loadUnaligned(fromByteOffset: max(count &- 16, 0), as: UInt64.self)
            high = unsafe start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            low = unsafe UInt64(start.loadUnaligned(as: UInt32.self))
            high = unsafe UInt64(start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else if count > 0 {
            low = unsafe UInt64(start.load(as: UInt8.self)) << 16
                | UInt64(start.load(fromByteOffset: count >> 1, as: UInt8.self)) << 8
                | UInt64(start.load(fromByteOffset: count &- 1, as: UInt8.self))
        } else {
            low = 0
        }
        return mix(state ^ low, high ^ 0xE703_7ED1_A0B4_28DB) | 1 << 63
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                if unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
                offset &+= 8
            }
            return unsafe left.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
                == right.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        }
        if count >= 4 {
            return unsafe left.loadUnaligned(as: UInt32.self) == right.loadUnaligned(as: UInt32.self)
                && left.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
                    == right.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
        }
        var offset = 0
        while offset < count {
            if unsafe left.load(fromByteOffset: offset, as: UInt8.self) != right.load(fromByteOffset: offset, as: UInt8.self) {
                return false
            }
            offset &+= 1
        }
        return true
    }
}
