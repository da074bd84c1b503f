import Foundation
import Glibc
import Memory
import TestSupport
import Testing

@Suite("Allocations", .enabled(if: Allocations.areCounted, "a sanitizer has a heap of its own")) struct AllocationsTests {
    @Test("are counted as they are made, by code of any language, and frees are not")
    func counted() {
        // No array: in a debug build its calls allocate too.
        let blocks = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1_000)
        defer { blocks.deallocate() }
        // Made before: from a literal Swift makes it at each call.
        let text: UnsafeMutablePointer<CChar> = strdup("text")
        defer { free(text) }
        var count = 0
        let before = Allocations.byThisThread
        while count < 1_000 {
            blocks[count] = malloc(count)
            blocks[count + 1] = calloc(1, count)
            blocks[count + 2] = realloc(nil, count + 1)
            // Within the C library.
            blocks[count + 3] = UnsafeMutableRawPointer(strdup(text))
            count += 4
        }
        let after = Allocations.byThisThread
        while count > 0 {
            count -= 1
            free(blocks[count])
        }
        let freed = Allocations.byThisThread
        #expect(after - before == 1_000)
        #expect(freed == after)
    }

    @Test("of another thread are its own")
    func threads() {
        let before = Allocations.byThisThread
        let thread = Thread { for _ in 0..<10_000 { free(malloc(100)) } }
        thread.start()
        #expect(holds { thread.isFinished })
        #expect(Allocations.byThisThread - before < 1_000)
    }

    @Test("of aligned memory are counted, and aligned")
    func aligned() {
        let before = Allocations.byThisThread
        var block: UnsafeMutableRawPointer?
        let code = posix_memalign(&block, 4_096, 100)
        let other = aligned_alloc(64, 128)
        let after = Allocations.byThisThread
        #expect(code == 0 && after - before == 2)
        #expect(Int(bitPattern: block) % 4_096 == 0 && Int(bitPattern: other) % 64 == 0)
        free(block)
        free(other)
        #expect(posix_memalign(&block, 3, 100) == EINVAL)
    }
}
