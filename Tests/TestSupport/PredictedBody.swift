/// The bytes that `highwater/Manual.docc/predictable-bodies.md` promises, written from that page alone.
package func patternBytes(_ count: Int, seed: UInt64 = 0) -> [UInt8] {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    var z = seed &+ step
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    var x = z ^ (z >> 31)
    // Whole words into room for one more: byte by byte a debug build takes seconds for a megabyte.
    let bytes = [UInt8](unsafeUninitializedCapacity: count + 7) { buffer, initializedCount in
        let raw = UnsafeMutableRawBufferPointer(buffer)
        var offset = 0
        while offset < count {
            raw.storeBytes(of: (x ^ (x >> 32)).littleEndian, toByteOffset: offset, as: UInt64.self)
            x &+= step
            offset += 8
        }
        initializedCount = count
    }
    return bytes
}
