// Two calls for a server that keeps a write queue of its own, so that `highwater watch` can audit it.
//
//     if (hw_pending_begin) hw_pending_begin(bytes, count, id);    the bytes must stay as they are ...
//     if (hw_pending_end) hw_pending_end(id);                      ... until here
//
// Both are weak: without the probe they are NULL, and cost a comparison. Nothing has to be linked.
// `id` is any number that is unique among the writes that are pending, such as the address of yours.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((weak, visibility("default"))) void hw_pending_begin(const void *bytes, size_t count, unsigned long long id);
__attribute__((weak, visibility("default"))) void hw_pending_end(unsigned long long id);

#ifdef __cplusplus
}
#endif
