import Client
import Measurements
import Testing
import TestSupport
import TLS

@Suite("A cache does what a naive one would")
struct CacheModelTests {
    @Test("strings: equal handles for equal texts, until the one used longest ago of its set has given way")
    func strings() {
        let cache = StringCache()
        var random = Random(seed: 4)
        var handles: [[UInt8]: StringCache.Handle] = [:]
        var lastUses: [[UInt8]: Int] = [:]
        var sets: [UInt16: Set<[UInt8]>] = [:]
        var hits: UInt64 = 0
        var evictions: UInt64 = 0
        let texts = (0..<600).map { index in
            // Lengths around all that the hash reads in one go, and texts that differ in one byte.
            (0..<[1, 3, 4, 7, 8, 9, 12, 15, 16, 17, 24, 31, 33, 64, 256][index % 15]).map { UInt8(truncatingIfNeeded: $0 == index / 15 % 40 ? index : 97) }
                + [UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8)]
        }.map { Array($0.suffix(256)) }
        for step in 0..<60_000 {
            // Mostly a few: there must be hits and evictions.
            let text = texts[random.next(below: step % 3 == 0 ? 600 : 40)]
            let handle = text.withUnsafeBytes { cache.intern($0) }
            #expect(handle != .none)
            let set = handle.slot / UInt16(StringCache.wayCount)
            if handles[text] == handle {
                hits += 1
            } else {
                // Not there before; if another stood in this place, it was the set's oldest.
                #expect(handles[text] == nil, "\(text) had \(handles[text] as Any)")
                if let gone = sets[set]?.first(where: { handles[$0]?.slot == handle.slot }) {
                    evictions += 1
                    let oldest = sets[set]?.min { lastUses[$0, default: 0] < lastUses[$1, default: 0] }
                    #expect(sets[set]?.count == StringCache.wayCount)
                    #expect(gone == oldest)
                    #expect(cache.text(of: handles[gone] ?? .none) == nil, "an evicted handle stands for nothing")
                    handles[gone] = nil
                    sets[set]?.remove(gone)
                }
                handles[text] = handle
                sets[set, default: []].insert(text)
            }
            lastUses[text] = step
            if step % 97 == 0 {
                #expect(cache.text(of: handle) == String(decoding: text, as: UTF8.self))
            }
        }
        let counts = cache.counts
        #expect(counts.lookups == counts.hits + counts.misses)
        #expect(counts.hits == hits)
        #expect(counts.evictions == evictions)
        #expect(hits > 0 && evictions > 0)
        #expect(counts.entries == handles.count)
        #expect(counts.bytes == handles.keys.reduce(0) { $0 + $1.count })
        #expect(counts.entries <= counts.entryLimit && counts.bytes <= counts.byteLimit)
    }

    @Test("strings: one that is too long is a miss, and nothing gives way for it")
    func longString() {
        let cache = StringCache()
        let long = [UInt8](repeating: 97, count: StringCache.stringByteLimit + 1)
        #expect(long.withUnsafeBytes { cache.intern($0) } == .none)
        #expect(cache.counts.misses == 1)
        #expect(cache.counts.entries == 0)
    }

    @Test("buffers: one that is out is not lent again before it comes back")
    func buffers() {
        let cache = BufferCache()
        var random = Random(seed: 5)
        var out: [(buffer: UnsafeMutableRawBufferPointer, size: Int, mark: UInt8)] = []
        var idle = [0, 0, 0]
        var expected = CacheSample()
        for step in 0..<20_000 {
            if random.next(below: 2) == 0 && out.count < 10 {
                let wanted = random.next(below: 70_000)
                let size = BufferCache.sizeClass(of: wanted)
                let buffer = cache.take(size)
                #expect(buffer.count >= min(wanted, BufferCache.classByteCounts[2]))
                #expect(!out.contains { $0.buffer.baseAddress == buffer.baseAddress })
                expected.lookups += 1
                if idle[size] > 0 {
                    expected.hits += 1
                    idle[size] -= 1
                } else {
                    expected.misses += 1
                }
                let mark = UInt8(truncatingIfNeeded: step)
                buffer[0] = mark
                buffer[buffer.count - 1] = mark
                out.append((buffer, size, mark))
            } else if !out.isEmpty {
                let one = out.remove(at: random.next(below: out.count))
                #expect(one.buffer[0] == one.mark && one.buffer[one.buffer.count - 1] == one.mark)
                if idle[one.size] < BufferCache.buffersPerClass { idle[one.size] += 1 } else { expected.evictions += 1 }
                cache.give(one.buffer, one.size)
            }
        }
        for one in out { one.buffer.deallocate() }
        let counts = cache.counts
        #expect(counts.lookups == expected.lookups)
        #expect(counts.hits == expected.hits)
        #expect(counts.misses == expected.misses)
        #expect(counts.evictions == expected.evictions)
        #expect(counts.entries == idle.reduce(0, +))
        #expect(counts.bytes == zip(idle, BufferCache.classByteCounts).reduce(0) { $0 + $1.0 * $1.1 })
        #expect(counts.entries <= counts.entryLimit && counts.bytes <= counts.byteLimit)
    }

    /// A session without OpenSSL.
    private final class Session: ResumableSession {
        let byteCount: Int
        let isSingleUse: Bool
        let expirySeconds: Int

        init(byteCount: Int, isSingleUse: Bool, expirySeconds: Int) {
            self.byteCount = byteCount
            self.isSingleUse = isSingleUse
            self.expirySeconds = expirySeconds
        }
    }

    @Test("sessions: the newest of a peer that is still good, used once if it may be used once")
    func sessions() {
        let cache = TLSSessionCache<Session>(entryLimit: 12, byteLimit: 1_000)
        var random = Random(seed: 6)
        // Least recently used first.
        var model: [(key: TLSOrigin, session: Session)] = []
        var evictions: UInt64 = 0
        var lookups: UInt64 = 0
        let keys = (0..<7).map { TLSOrigin(host: "host\($0 % 4)", port: $0 % 2, protocols: $0 % 3 == 0 ? [.http2] : [.http1]) }
        for now in 0..<20_000 {
            let key = keys[random.next(below: 7)]
            if random.next(below: 2) == 0 {
                let session = Session(
                    byteCount: random.next(below: 150), isSingleUse: random.next(below: 2) == 0,
                    expirySeconds: now + random.next(below: 30))
                cache.store(session, for: key, nowSeconds: now)
                if session.expirySeconds > now {
                    if !session.isSingleUse, let index = model.lastIndex(where: { $0.key == key }) { model.remove(at: index) }
                    while model.count >= 12 || model.reduce(0, { $0 + $1.session.byteCount }) + session.byteCount > 1_000 {
                        model.removeFirst()
                        evictions += 1
                    }
                    model.append((key, session))
                }
            } else {
                lookups += 1
                let session = cache.take(key, nowSeconds: now)
                var wanted: Session?
                while wanted == nil, let index = model.lastIndex(where: { $0.key == key }) {
                    let entry = model.remove(at: index)
                    guard entry.session.expirySeconds > now else { continue }
                    wanted = entry.session
                    if !entry.session.isSingleUse { model.append(entry) }
                }
                #expect(session === wanted)
                cache.handshakeDidEnd(isResumed: session != nil)
            }
            #expect(cache.counts.entries == model.count)
            #expect(cache.counts.bytes == model.reduce(0) { $0 + $1.session.byteCount })
        }
        let counts = cache.counts
        #expect(counts.evictions == evictions && evictions > 0)
        #expect(counts.lookups == lookups)
        #expect(counts.hits + counts.misses == lookups && counts.hits > 0 && counts.misses > 0)
    }

    @Test("sessions: with more peers than entries the one used longest ago gives way")
    func sessionEviction() {
        let cache = TLSSessionCache<Session>(entryLimit: 3, byteLimit: 10_000)
        func key(_ number: Int) -> TLSOrigin { TLSOrigin(host: "host\(number)", port: 443, protocols: [.http2]) }
        func session() -> Session { Session(byteCount: 10, isSingleUse: false, expirySeconds: 100) }
        for number in 0..<3 { cache.store(session(), for: key(number), nowSeconds: 0) }
        #expect(cache.take(key(0), nowSeconds: 1) != nil)
        cache.store(session(), for: key(3), nowSeconds: 1)
        #expect(cache.take(key(1), nowSeconds: 1) == nil, "the oldest use was its storing")
        for number in [0, 2, 3] { #expect(cache.take(key(number), nowSeconds: 1) != nil) }
        #expect(cache.take(key(0), nowSeconds: 100) == nil, "over at its expiry")
        #expect(cache.counts.evictions == 1)
        #expect(cache.counts.entries == 2)
    }

    @Test("a session that is larger than the cache is dropped, and nothing gives way for it")
    func hugeSession() {
        let cache = TLSSessionCache<Session>(entryLimit: 3, byteLimit: 100)
        let key = TLSOrigin(host: "a", port: 1, protocols: [.http2])
        cache.store(Session(byteCount: 60, isSingleUse: true, expirySeconds: 9), for: key, nowSeconds: 0)
        cache.store(Session(byteCount: 101, isSingleUse: true, expirySeconds: 9), for: key, nowSeconds: 0)
        #expect(cache.counts.entries == 1)
        #expect(cache.counts.evictions == 0)
    }
}
