import Memory
import TestSupport
import Testing

@Suite("A seeded body")
struct SeededBodyTests {
    @Test("is what its page says, from any offset and of any length", arguments: [0, 1, 77, UInt64.max])
    func rule(seed: UInt64) {
        let all = patternBytes(700, seed: seed)
        let body = SeededBody(seed: seed)
        for offset in 0..<24 {
            for count in [0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 300, 600] {
                let part = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
                    body.fill(UnsafeMutableRawBufferPointer(buffer), offset: offset)
                    initializedCount = count
                }
                #expect(part == Array(all[offset..<offset + count]), "\(count) from \(offset)")
            }
        }
        #expect((0..<700).allSatisfy { body.byte(at: $0) == all[$0] })
    }

    @Test("notices any one wrong byte, and says where")
    func differences() {
        let body = SeededBody(seed: 5)
        let all = patternBytes(600, seed: 5)
        for (start, end) in [(0, 600), (1, 600), (7, 599), (8, 592), (3, 9), (1, 7), (300, 301), (8, 8)] {
            var part = Array(all[start..<end])
            #expect(part.withUnsafeBytes { body.firstDifference(in: $0, offset: start) } == nil)
            for index in part.indices {
                part[index] ^= 1 << UInt8(index % 8)
                #expect(part.withUnsafeBytes { body.firstDifference(in: $0, offset: start) } == start + index)
                part[index] ^= 1 << UInt8(index % 8)
            }
        }
    }

    @Test("gives its seed away with any eight bytes of a word")
    func inverse() {
        var random = Random(seed: 1)
        for _ in 0..<1_000 {
            let seed = random.next() >> UInt64.random(in: 0..<64, using: &random)
            let index = random.next() >> UInt64.random(in: 0..<64, using: &random)
            #expect(SeededBody.seed(ofWord: SeededBody(seed: seed).word(index), at: index) == seed)
        }
    }
}
