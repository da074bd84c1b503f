// The memory of a rest: whether it was freed before the write goes on, by which code, and who had it then.
//
// A free is no mistake by itself: the program may have copied what was left. It is told with the write
// that goes on with other bytes.
#include "Ledger.h"

struct rest *hw_rests;

void hw_rest_reserve(void) {
    if (hw_rests != NULL) return;
    hw_rests = hw_map(NULL, sizeof(struct rest) * hw_row_limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
}

static void forget(int fd) {
    if (hw_rests[fd].region.start == 0) return;
    hw_unmark(hw_first_rest + (uint32_t)fd);
    __atomic_store_n(&hw_pending_count, hw_pending_count - 1, __ATOMIC_RELAXED);
}

void hw_rest_begin(int fd, const void *start, uintptr_t caller) {
    // Busy: a handler of a signal came in while this thread holds the lock.
    if (hw_rests == NULL || hw_thread.is_busy) return;
    uint64_t now = hw_now();
    hw_enter();
    forget(fd);
    struct rest *rest = &hw_rests[fd];
    rest->since = now;
    rest->caller = caller;
    rest->freed_frame_count = 0;
    hw_mark(hw_first_rest + (uint32_t)fd, start);
    __atomic_store_n(&hw_pending_count, hw_pending_count + 1, __ATOMIC_RELAXED);
    hw_leave(NULL, 0);
}

void hw_rest_end(int fd) {
    if (hw_rests == NULL || hw_thread.is_busy) return;
    hw_enter();
    forget(fd);
    hw_leave(NULL, 0);
}

bool hw_rest_freed(struct rest *rest, const struct block *block) {
    if (rest->freed_frame_count != 0 || rest->since >= block->before) return false;
    if (block->frame_count == 0) return true;
    rest->block = block->start;
    rest->block_size = block->size;
    rest->freed = hw_now();
    memcpy(rest->freed_frames, block->frames, sizeof rest->freed_frames);
    rest->freed_frame_count = block->frame_count;
    return false;
}

// A write that waits, began after `since`, and lies in this memory.
static void note_again(const struct rest *rest, uintptr_t from, uintptr_t to, uint64_t since, struct hw_finding *finding) {
    for (uintptr_t at = from & ~(uintptr_t)63; at < to && finding->again == 0; at += 64) {
        // Areas of 64 KiB first, as where a large block is freed.
        if (hw_by_area[hw_area(at)] == 0) {
            at |= 0xFFFF & ~(uintptr_t)63;
            continue;
        }
        for (uint32_t region = hw_by_line[hw_line(at)]; region != 0 && finding->again == 0; region = hw_region(region)->next) {
            if (hw_region(region)->start < from || hw_region(region)->start >= to || hw_region(region) == &rest->region) continue;
            bool is_rest = hw_is_rest(region);
            const struct rest *other = is_rest ? &hw_rests[region - hw_first_rest] : NULL;
            const struct entry *entry = is_rest ? NULL : &hw_entries[region / hw_region_count];
            if (!is_rest && (entry->is_own_queue || region % hw_region_count == 0)) continue;
            if ((is_rest ? other->since : entry->since) < since) continue;
            finding->again_caller = is_rest ? other->caller : entry->caller;
            finding->again = !is_rest && entry->fd == finding->fd ? hw_again_same_stream : hw_again_other_stream;
        }
    }
}

// Memory that is looked through for a later write.
enum { again_limit = 1 << 26 };

bool hw_rest_tell(int fd, struct hw_finding *finding) {
    if (hw_rests == NULL || hw_thread.is_busy) return false;
    hw_enter();
    const struct rest *rest = &hw_rests[fd];
    bool is_known = rest->region.start != 0, is_freed = is_known && rest->freed_frame_count != 0;
    if (is_freed) {
        finding->freed_frame_count = rest->freed_frame_count;
        memcpy(finding->freed_frames, rest->freed_frames, sizeof finding->freed_frames);
    }
    if (is_known && (finding->flags & hw_finding_in_place)) {
        uintptr_t from = is_freed ? rest->block : rest->region.start;
        uint64_t size = is_freed ? rest->block_size : finding->byte_count;
        note_again(rest, from, from + (size < again_limit ? size : again_limit), is_freed ? rest->freed : rest->since, finding);
    }
    hw_leave(NULL, 0);
    return is_known;
}
