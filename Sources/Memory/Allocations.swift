internal import CMalloc

/// How often threads ask the heap for memory: calls of malloc, calloc, realloc and their aligned
/// variants by any code in the process. Counting takes one instruction; see `CMalloc`.
package enum Allocations {
    /// Calls by the calling thread since it began. Always 0 where they are not counted.
    package static var byThisThread: UInt64 { hw_thread_allocation_count() }

    /// false under a sanitizer, which has a heap of its own.
    package static var areCounted: Bool { hw_counts_allocations() != 0 }
}
