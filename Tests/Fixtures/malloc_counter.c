/* Counts what a program allocates: LD_PRELOAD it, and at exit the number of calls of malloc,
   calloc, realloc and their aligned kin stands in the file that MALLOC_COUNTER_FILE names, and
   behind it how many of them OpenSSL made, by its own hooks (CRYPTO_set_mem_functions).
   Frees are not counted: what is freed was allocated. Not for use under the sanitizers.

   The program has a malloc of its own, which every library finds first, and which calls glibc's
   under these names: so it is here that one can count without taking its word for it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_ulong calls;

/* dlsym may allocate before it has found anything. */
static char early[65536];
static size_t early_used;

static void *take_early(size_t size)
{
    size_t start = (early_used + 15) & ~(size_t)15;
    if (start + size > sizeof early) abort();
    early_used = start + size;
    return early + start;
}

/* The real function of the same name, looked up once; NULL while looking. */
#define REAL(name) \
    static __typeof__(&name) real; \
    static int is_looking; \
    if (!real && !is_looking) { is_looking = 1; real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); }

void *__libc_malloc(size_t size)
{
    REAL(__libc_malloc)
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return real ? real(size) : take_early(size);
}

void *__libc_calloc(size_t number, size_t size)
{
    REAL(__libc_calloc)
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return real ? real(number, size) : take_early(number * size);
}

void *__libc_realloc(void *old, size_t size)
{
    REAL(__libc_realloc)
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return real ? real(old, size) : take_early(size);
}

void *__libc_memalign(size_t alignment, size_t size)
{
    REAL(__libc_memalign)
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return real ? real(alignment, size) : take_early(size);
}

/* OpenSSL's calls pass here on their way to malloc, where they are counted once more. */
static atomic_ulong openssl_calls;

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    atomic_fetch_add_explicit(&openssl_calls, 1, memory_order_relaxed);
    return malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    atomic_fetch_add_explicit(&openssl_calls, 1, memory_order_relaxed);
    return realloc(old, size);
}

static void openssl_free(void *memory, const char *file, int line)
{
    (void)file, (void)line;
    free(memory);
}

/* Before main, since OpenSSL takes hooks only while it has allocated nothing. */
__attribute__((constructor)) static void count_openssl(void)
{
    typedef int set_functions(
        void *(*)(size_t, const char *, int), void *(*)(void *, size_t, const char *, int), void (*)(void *, const char *, int));
    set_functions *set = (set_functions *)dlsym(RTLD_DEFAULT, "CRYPTO_set_mem_functions");
    if (set && !set(openssl_malloc, openssl_realloc, openssl_free)) abort();
}

__attribute__((destructor)) static void report(void)
{
    unsigned long total = atomic_load(&calls);
    const char *path = getenv("MALLOC_COUNTER_FILE");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%lu %lu\n", total, atomic_load(&openssl_calls));
    fclose(file);
}
