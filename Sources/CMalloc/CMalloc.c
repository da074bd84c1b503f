#include "CMalloc.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HW_SANITIZED 1
#endif
#endif

#ifdef HW_SANITIZED

uint64_t hw_thread_allocation_count(void) { return 0; }
int hw_counts_allocations(void) { return 0; }

#else

#include <errno.h>
#include <stddef.h>

// glibc's own, under names that are not interposed.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

// In the executable's own block of thread-local memory: one instruction to count, and no set-up.
static __thread uint64_t count __attribute__((tls_model("initial-exec")));

uint64_t hw_thread_allocation_count(void) { return count; }
int hw_counts_allocations(void) { return 1; }

void *malloc(size_t size) { count++; return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { count++; return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { count++; return __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { count++; return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { count++; return __libc_memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    count++;
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

#endif
