import Client
import Foundation
import TestSupport
import Testing

@Suite("The cache without a lock")
struct UnguardedTests {
    @Test("is a correct cache on one thread, and finds no fault in itself")
    func oneThread() {
        let cache = UnguardedLRU<Int>(entryLimit: 20)
        var random = Random(seed: 9)
        var model: [(key: String, value: Int)] = []
        for step in 0..<20_000 {
            let key = "key \(random.next(below: 30))"
            let index = model.firstIndex { $0.key == key }
            switch random.next(below: 8) {
            case 0:
                cache.remove(key)
                if let index { model.remove(at: index) }
            case 1...4:
                #expect(cache.find(key)?.value == index.map { model[$0].value })
                if let index { model.append(model.remove(at: index)) }
            default:
                cache.insert(step, for: key)
                if let index { model.remove(at: index) } else if model.count == 20 { model.removeFirst() }
                model.append((key, step))
            }
        }
        #expect(cache.count == model.count)
        #expect(cache.corruptionCount() == 0)
    }

    /// In a process of its own, which the cache may take down with itself.
    @Test("corrupts itself, and says so, when two threads are inside")
    func twoThreads() async {
        await #expect(processExitsWith: .failure) {
            // ThreadSanitizer may wait for itself for ever when a fault comes while it reports a race.
            alarm(40)
            let cache = UnguardedLRU<Int>(entryLimit: 8)
            let threads = (0..<2).map { number in
                let thread = Thread {
                    var random = Random(seed: UInt64(number))
                    for step in 0..<3_000_000 {
                        let key = "key \(random.next(below: 12))"
                        if cache.find(key) == nil { cache.insert(step, for: key) }
                    }
                }
                thread.start()
                return thread
            }
            // A list that bites its tail never ends, which is one way to fail.
            _ = holds(within: 20) { threads.allSatisfy(\.isFinished) || cache.corruptionCount() > 0 }
            _exit(cache.corruptionCount() > 0 ? 1 : 0)
        }
    }
}
