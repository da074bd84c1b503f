/// The allocator as C libraries take one: functions that get it back as their last argument.
///
/// Here and not with their user, so that the compiler inlines the functions that each of them calls:
/// nghttp2 calls them a dozen times a request.
extension BlockAllocator {
    /// As C's `malloc`.
    package static let mallocFunction: @convention(c) (Int, UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        byteCount, allocator in
        unsafe with(allocator) { unsafe $0.allocate(byteCount: byteCount) }
    }

    /// As C's `free`.
    package static let freeFunction: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = {
        memory, allocator in
        guard let allocator = unsafe allocator else { return }
        // A function and not a closure, which the compiler would leave outside: its call is a fifth of `free`.
        @inline(__always) func free(_ allocator: BlockAllocator) { unsafe allocator.free(memory) }
        unsafe Unmanaged<BlockAllocator>.fromOpaque(allocator)._withUnsafeGuaranteedRef(free)
    }

    /// As C's `calloc`: zeroes, or nil where the product is no size.
    package static let callocFunction: @convention(c) (Int, Int, UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        count, size, allocator in
        unsafe with(allocator) { allocator in
            let (byteCount, overflows) = count.multipliedReportingOverflow(by: size)
            return unsafe overflows ? nil : allocator.allocateZeros(byteCount: byteCount)
        }
    }

    /// As C's `realloc`.
    package static let reallocFunction: @convention(c) (
        UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer? = { memory, byteCount, allocator in
        unsafe with(allocator) { unsafe $0.reallocate(memory, byteCount: byteCount) }
    }

    private static func with(
        _ allocator: UnsafeMutableRawPointer?, _ body: (BlockAllocator) -> UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer? {
        guard let allocator = unsafe allocator else { return nil }
        return unsafe Unmanaged<BlockAllocator>.fromOpaque(allocator)._withUnsafeGuaranteedRef { unsafe body($0) }
    }
}
