import Foundation
import Glibc
import Memory
import Testing

@Suite("Allocations", .enabled(if: Allocations.areCounted, "a sanitizer has a heap of its own")) struct AllocationsTests {
    @Test("are counted as they are made, whoever calls for them, and frees are not")
    func counted() {
        var blocks: [UnsafeMutableRawPointer?] = []
        blocks.reserveCapacity(1_000)
        let before = Allocations.byThisThread
        for size in 0..<250 {
            blocks.append(malloc(size))
            blocks.append(calloc(1, size))
            blocks.append(realloc(nil, size + 1))
            // Within the C library.
            blocks.append(strdup("text"))
        }
        let after = Allocations.byThisThread
        for block in blocks { free(block) }
        let freed = Allocations.byThisThread
        #expect(after - before == 1_000)
        #expect(freed == after)
    }

    @Test("of another thread are its own")
    func threads() {
        let before = Allocations.byThisThread
        let thread = Thread { for _ in 0..<10_000 { free(malloc(100)) } }
        thread.start()
        while !thread.isFinished { usleep(1_000) }
        #expect(Allocations.byThisThread - before < 1_000)
    }

    @Test("of aligned memory are counted, and aligned")
    func aligned() {
        let before = Allocations.byThisThread
        var block: UnsafeMutableRawPointer?
        #expect(posix_memalign(&block, 4_096, 100) == 0)
        let other = aligned_alloc(64, 128)
        #expect(Allocations.byThisThread - before == 2)
        #expect(Int(bitPattern: block) % 4_096 == 0 && Int(bitPattern: other) % 64 == 0)
        free(block)
        free(other)
        #expect(posix_memalign(&block, 3, 100) == EINVAL)
    }
}
