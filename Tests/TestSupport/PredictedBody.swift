/// The bytes that `Server/Routes/README.md` promises, written from that page alone.
package func patternBytes(_ count: Int, seed: UInt64 = 0) -> [UInt8] {
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    var z = seed &+ step
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    var x = z ^ (z >> 31)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        var offset = 0
        while offset < count {
            var word = x ^ (x >> 32)
            x &+= step
            for index in offset..<min(offset + 8, count) {
                buffer[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
            }
            offset += 8
        }
        initializedCount = count
    }
}
