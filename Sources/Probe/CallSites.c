// Which libuv, or which OpenSSL, a call is meant for. Several can be in one process: Python's uvloop
// brings its own, loaded by dlopen, where RTLD_NEXT finds nothing or another one.
#include "Probe.h"
#include <dlfcn.h>

#define NAME(name) #name,
static const char *const names[] = {HW_CALLEES(NAME)};

// Call sites are few: a program has a handful that write. Beyond, each call is looked up again.
enum { site_limit = 256 };
static struct { uintptr_t site; void *callee; } sites[site_limit];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *find(uintptr_t call_site, const char *name) {
    void *found = NULL;
    Dl_info module, own;
    if (dladdr((void *)call_site, &module) != 0 && module.dli_fname != NULL && module.dli_fname[0] == '/') {
        void *handle = dlopen(module.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
        if (handle != NULL) {
            found = dlsym(handle, name);
            dlclose(handle);
        }
    }
    // The program's own handle finds the probe, which comes before all libraries.
    if (found != NULL && dladdr(found, &module) != 0 && dladdr((void *)hw_callee, &own) != 0 && module.dli_fbase == own.dli_fbase) found = NULL;
    return found != NULL ? found : dlsym(RTLD_NEXT, name);
}

void *hw_callee(uintptr_t call_site, enum hw_callee callee) {
    uintptr_t site = call_site * 16 + callee;
    size_t index = (site * 0x9E3779B97F4A7C15u) >> 56;
    for (size_t tries = 0; tries < 8; tries++, index = (index + 1) % site_limit) {
        uintptr_t there = __atomic_load_n(&sites[index].site, __ATOMIC_ACQUIRE);
        if (there == site) return sites[index].callee;
        if (there == 0) break;
    }
    int error = errno;
    void *found = find(call_site, names[callee]);
    pthread_mutex_lock(&lock);
    if (sites[index].site == 0) {
        sites[index].callee = found;
        __atomic_store_n(&sites[index].site, site, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return found;
}
