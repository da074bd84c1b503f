import HTTP1
import Memory
import Testing

/// A small fuzzer with a fixed seed: mutated requests, in random pieces, must neither crash
/// nor hang, and read alike whole and cut.
@Suite("Requests with anything wrong with them") struct MutationTests {
    @Test("never crash the parser, and end alike however they are cut")
    func mutations() {
        var random = SplitMix64(seed: 20_260_101)
        let seeds = corpus.map { Array($0.utf8) }
        var limits = RequestLimits()
        limits.headByteLimit = 400
        limits.bodyByteLimit = 300
        limits.headerCountLimit = 8
        limits.trailerByteLimit = 40
        limits.chunkExtensionByteLimit = 20
        var accepted = 0
        for round in 0..<8_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 0...3, using: &random) { mutate(&bytes, seeds: seeds, using: &random) }
            let whole = Transcript(bytes, limits: limits)
            accepted += whole.lines.count
            var cuts = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }
            cuts.sort()
            let cut = Transcript(bytes, cutAt: cuts, limits: limits, discardsBodies: false)
            guard cut == whole else {
                Issue.record("\(bytes) cut at \(cuts): \(cut)\nwhole: \(whole)")
                return
            }
        }
        // The mutations must not be so wild that nothing behind the first line is reached.
        #expect(accepted > 2_000)
    }

    private func mutate(
        _ bytes: inout [UInt8], seeds: [[UInt8]], using random: inout SplitMix64
    ) {
        let interesting: [UInt8] = [0, 9, 10, 13, 32, 48, 58, 59, 65, 127, 128, 255]
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where place < bytes.count: bytes[place] = interesting.randomElement(using: &random) ?? 0
        case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: place)
        case 3 where place < bytes.count: bytes.remove(at: place)
        case 4:
            let other = seeds.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            let end = min(other.count, start + Int.random(in: 0...40, using: &random))
            bytes.insert(contentsOf: other[start..<end], at: place)
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...20, using: &random)))
        case 6:
            let end = min(bytes.count, place + Int.random(in: 0...60, using: &random))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        default: bytes.append(UInt8.random(in: .min ... .max, using: &random))
        }
    }
}
