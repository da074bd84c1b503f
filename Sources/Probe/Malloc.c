// malloc and its kin: calls and live bytes, and blocks that are freed while bytes in them are pending.
#include "Probe.h"
#include <dlfcn.h>

// What dlsym asks for while malloc's own address is looked for. Never given back.
static _Alignas(16) uint8_t early[8192];
static size_t early_used;

static void *early_block(size_t size) {
    size_t start = __atomic_fetch_add(&early_used, (size + 15) & ~(size_t)15, __ATOMIC_RELAXED);
    return start + size <= sizeof early ? early + start : NULL;
}
static bool is_early(const void *block) { return (uintptr_t)block - (uintptr_t)early < sizeof early; }

static size_t size_of(void *block) { return hw_next.malloc_usable_size != NULL ? hw_next.malloc_usable_size(block) : 0; }

static void *allocated(void *block) {
    if (block == NULL) return NULL;
    COUNT(mallocs, 1);
    COUNT(allocated_bytes, size_of(block));
    return block;
}

static bool is_any_pending(void) { return HW_RARELY(__atomic_load_n(&hw_pending_count, __ATOMIC_RELAXED) != 0) && !hw_thread.is_busy; }

static void freed(size_t size) {
    COUNT(frees, 1);
    COUNT(freed_bytes, size);
}

// NULL only while hw_find_next asks dlsym, which asks us.
#define IS_EARLY(name) (HW_RARELY(hw_next.name == NULL) && is_finding())
static bool is_finding(void) {
    static __thread bool is_under_way __attribute__((tls_model("initial-exec")));
    if (is_under_way) return true;
    is_under_way = true;
    hw_find_next();
    is_under_way = false;
    return hw_next.malloc == NULL;
}

// By its exported name the program's own malloc would be called, where it has one.
static void *give(size_t size) { return IS_EARLY(malloc) ? early_block(size) : allocated(hw_next.malloc(size)); }

HW_EXPORT void *malloc(size_t size) { return give(size); }
HW_EXPORT void *calloc(size_t count, size_t size) {
    return IS_EARLY(calloc) ? early_block(count * size) : allocated(hw_next.calloc(count, size));
}
HW_EXPORT void *memalign(size_t alignment, size_t size) { return allocated(NEXT(memalign)(alignment, size)); }
HW_EXPORT void *aligned_alloc(size_t alignment, size_t size) { return allocated(NEXT(aligned_alloc)(alignment, size)); }
HW_EXPORT int posix_memalign(void **block, size_t alignment, size_t size) {
    int result = NEXT(posix_memalign)(block, alignment, size);
    if (result == 0) allocated(*block);
    return result;
}

HW_EXPORT void free(void *block) {
    if (block == NULL || is_early(block)) return;
    size_t size = size_of(block);
    freed(size);
    if (is_any_pending()) HW_UNNOTICED(hw_ledger_freed(block, size, ~0ull, HW_CALLER()));
    NEXT(free)(block);
}

// A block that stays where it is was not freed: bytes in it may be pending still.
HW_EXPORT void *realloc(void *old, size_t size) {
    if (old == NULL) return give(size);
    if (is_early(old)) {
        void *block = give(size);
        size_t kept = (size_t)(early + sizeof early - (uint8_t *)old);
        if (block != NULL) memcpy(block, old, kept < size ? kept : size);
        return block;
    }
    size_t before = size_of(old);
    uintptr_t address = (uintptr_t)old;
    // Another thread may have the block, and writes pending in it, before this one looks.
    uint64_t time = is_any_pending() ? hw_now() : 0;
    void *block = NEXT(realloc)(old, size);
    if (block == NULL && size != 0) return NULL;
    freed(before);
    allocated(block);
    if (time != 0 && (uintptr_t)block != address) HW_UNNOTICED(hw_ledger_freed((void *)address, before, time, HW_CALLER()));
    return block;
}

extern __typeof(malloc) hw_own_malloc __attribute__((alias("malloc")));
extern __typeof(calloc) hw_own_calloc __attribute__((alias("calloc")));
extern __typeof(realloc) hw_own_realloc __attribute__((alias("realloc")));
extern __typeof(free) hw_own_free __attribute__((alias("free")));

bool hw_is_heap_known(void) {
    return dlsym(RTLD_DEFAULT, "malloc") == (void *)hw_own_malloc && dlsym(RTLD_DEFAULT, "free") == (void *)hw_own_free
        && dlsym(RTLD_DEFAULT, "calloc") == (void *)hw_own_calloc && dlsym(RTLD_DEFAULT, "realloc") == (void *)hw_own_realloc
        && hw_next.malloc_usable_size != NULL;
}
