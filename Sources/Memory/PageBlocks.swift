#if canImport(Glibc)
import Glibc
#endif

/// Blocks of one page each. One that holds nothing but zeros can be given back to the kernel while it is in use: it reads
/// as before, and takes memory again when something is written.
///
/// The address space for all of them is reserved at once, so that a comparison tells whether a block is one of these.
/// A class, since the allocator's every access to a structure that changes in place would be checked at run time.
///
/// `@safe`: the pages are its own, and gone with it.
@safe
final class PageBlocks {
    static let byteCount = 4096
    /// As many blocks as a run may have connections. Their address space costs nothing while nothing may be written there.
    static let countLimit = 65_536
    /// Pages that become writable at once.
    private static let step = 64
    /// Idle pages that keep their memory: as many bytes as `BlockAllocator` keeps of other blocks.
    private static let keptCount = BlockAllocator.idleByteLimit / byteCount

    let start: UnsafeMutableRawPointer
    /// From `start` on; 0: there are no pages.
    let reservedByteCount: UInt
    /// Pages that were given out so far.
    private var usedCount = 0
    /// By their numbers, the one that was freed last at the end.
    private var idle: [UInt32] = []

    /// Without address space for them there are none.
    /// - Parameter limit: how many there are at most, rounded up to 64.
    init(limit: Int) {
        let byteCount = (limit + PageBlocks.step - 1) / PageBlocks.step * PageBlocks.step * PageBlocks.byteCount
        let start = unsafe mmap(nil, byteCount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            unsafe self.start = UnsafeMutableRawPointer(bitPattern: PageBlocks.byteCount).unsafelyUnwrapped
            reservedByteCount = 0
            return
        }
        // The kernel would give 2 MiB at the first touch.
        unsafe madvise(start, byteCount, MADV_NOHUGEPAGE)
        unsafe self.start = unsafe start
        reservedByteCount = UInt(byteCount)
    }

    deinit { if reservedByteCount > 0 { unsafe munmap(start, Int(reservedByteCount)) } }

    private func page(_ number: Int) -> UnsafeMutableRawPointer { unsafe start + number * PageBlocks.byteCount }

    /// A page of zeros; nil: there is none left.
    func allocate() -> UnsafeMutableRawPointer? {
        if let number = idle.popLast() {
            let page = unsafe page(Int(number))
            unsafe memset(page, 0, PageBlocks.byteCount)
            return unsafe page
        }
        let page = unsafe page(usedCount)
        if usedCount % PageBlocks.step == 0 {
            guard usedCount * PageBlocks.byteCount < reservedByteCount,
                unsafe mprotect(page, PageBlocks.step * PageBlocks.byteCount, PROT_READ | PROT_WRITE) == 0
            else { return nil }
        }
        usedCount += 1
        return unsafe page
    }

    /// Takes back a page of `allocate`.
    func free(_ page: UnsafeMutableRawPointer) {
        if idle.count >= PageBlocks.keptCount { unsafe giveToKernel(page) }
        idle.append(UInt32(unsafe (page - start) / PageBlocks.byteCount))
    }

    /// Gives the memory of all idle pages back.
    func trim() { for number in idle { unsafe giveToKernel(page(Int(number))) } }

    /// Gives the memory of one of these pages back if it holds nothing but zeros. - Returns: whether it did.
    func returnZeros(_ page: UnsafeMutableRawPointer) -> Bool {
        let words = unsafe UnsafeRawBufferPointer(start: page, count: PageBlocks.byteCount).bindMemory(to: UInt64.self)
        guard unsafe words.allSatisfy({ $0 == 0 }) else { return false }
        unsafe giveToKernel(page)
        return true
    }

    private func giveToKernel(_ page: UnsafeMutableRawPointer) { unsafe madvise(page, PageBlocks.byteCount, MADV_DONTNEED) }
}
