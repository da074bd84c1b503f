// The functions that the program would have called without the probe.
#include "Probe.h"
#include <dlfcn.h>

struct hw_next hw_next;

void hw_find_next(void) {
#define HW_FIND(name) \
    if (hw_next.name == NULL) *(void **)&hw_next.name = dlsym(RTLD_NEXT, #name);
    // malloc's kin first: dlsym itself may allocate, out of Malloc.c's own block until then.
    HW_UNNOTICED(HW_FIND(malloc) HW_FIND(free) HW_WRAPPED(HW_FIND));
}
