// How often a thread has asked the heap for memory.
//
// The program's own malloc, calloc, realloc and aligned kin count and then call glibc's. Frees are
// not counted: each has an allocation before it. Under a sanitizer, which has a heap of its own, nothing
// is counted.
#pragma once
#include <stdint.h>

// Calls by the calling thread since it began.
uint64_t hw_thread_allocation_count(void);

// 0 under a sanitizer: then the count stays 0.
int hw_counts_allocations(void);
