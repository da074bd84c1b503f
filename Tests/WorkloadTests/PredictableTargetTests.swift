import Load
import Testing

@Suite("A target whose answer can be predicted")
struct PredictableTargetTests {
    @Test("has a size, and a place for the seed", arguments: [
        ("/bytes/64", "/bytes/64?seed=", "", 64, nil), ("/bytes/4KiB?x=1", "/bytes/4KiB?x=1&seed=", "", 4_096, nil),
        ("/bytes/1mib?", "/bytes/1mib?seed=", "", 1 << 20, nil), ("/bytes/0", "/bytes/0?seed=", "", 0, nil),
        ("/bytes/9?seed=77&y=2", "/bytes/9?seed=", "&y=2", 9, 77),
        ("/stream-bytes/100?chunk_size=7", "/stream-bytes/100?chunk_size=7&seed=", "", 100, nil),
        ("/drip", "/drip?seed=", "", 10, nil), ("/drip?numbytes=5&seed=3", "/drip?numbytes=5&seed=", "", 5, 3 as UInt64?),
    ] as [(String, String, String, Int, UInt64?)])
    func predictable(target: String, head: String, tail: String, byteCount: Int, seed: UInt64?) {
        let found = PredictableTarget(target)
        #expect(found?.head == head && found?.tail == tail && found?.byteCount == byteCount && found?.seed == seed)
    }

    @Test("is none of these", arguments: [
        "/", "/health", "/bytes", "/bytes/", "/bytes/x", "/bytes/1/2", "/bytes/-1", "/x/bytes/1", "/bytes/1?seed=x",
        "/bytes/1?seed=", "/bytes/99999999999999999999", "/drip?code=404", "/delay/1", "/bytes/KiB", "",
    ])
    func unpredictable(target: String) { #expect(PredictableTarget(target) == nil) }
}
