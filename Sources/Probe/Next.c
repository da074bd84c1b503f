// The functions that the program would have called without the probe.
#include "Probe.h"
#include <dlfcn.h>

struct hw_next hw_next;

void hw_find_next(void) {
    int error = errno;
    // malloc's kin first: dlsym itself may allocate, out of Malloc.c's own block until then.
#define HW_FIND(result, name, arguments) \
    if (hw_next.name == NULL) *(void **)&hw_next.name = dlsym(RTLD_NEXT, #name);
    HW_FIND(void *, malloc, )
    HW_FIND(void, free, )
    HW_WRAPPED(HW_FIND)
    errno = error;
}
