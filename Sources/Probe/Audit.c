// Whether what is pending is still what it was, and when that is looked at: at the next write of the stream, before a
// wait for events, at free, at the callback, and at a fault.
#include "Ledger.h"

static uint32_t next_look = 1;

void hw_evidence(const struct entry *entry, struct hw_finding *finding, uint32_t kind) {
    memset(finding, 0, sizeof *finding);
    finding->kind = kind;
    finding->fd = entry->fd;
    finding->age = hw_now() - entry->since;
    finding->request = (uintptr_t)entry->request;
    finding->byte_count = entry->byte_count;
    finding->trap = hw_trap_told(entry);
    finding->change_offset = ~0ull;
    // libuv reads the request until the callback, however early the kernel had the bytes.
    bool is_of_bytes = kind == hw_bytes_freed || kind == hw_dead_stack || kind == hw_bytes_changed;
    finding->flags = (entry->is_direct && is_of_bytes ? hw_finding_latent : 0u) | (entry->is_own_queue ? hw_finding_own_queue : 0u);
    finding->expected = (struct hw_request_fields){(uintptr_t)entry->callback, (uintptr_t)entry->stream, entry->buffer_count};
    if (entry->frame_count != 0) {
        finding->write_frame_count = entry->frame_count;
        memcpy(finding->write_frames, entry->frames, sizeof finding->write_frames);
    } else {
        finding->write_frame_count = 1;
        finding->write_frames[0] = entry->caller;
    }
}

// What libuv goes by, as it stands there now. In its callback libuv has just read it; at any other time it is read
// without touching it. Returns as hw_look.
static int look_at_request(const struct entry *entry, bool is_in_callback, struct hw_request_fields *found) {
    uint8_t copy[512];
    int result = is_in_callback ? 0 : hw_look(copy, entry->request, hw_uv_request_size());
    if (result != 0) return result;
    hw_uv_fields(is_in_callback ? entry->request : copy, found);
    if ((uintptr_t)found->callback == (uintptr_t)hw_uv_callback) found->callback = (uintptr_t)entry->callback;
    return 0;
}

static size_t part_size(const struct hw_part *part, bool is_first_block) { return is_first_block && part->count > HW_BLOCK ? HW_BLOCK : part->count; }

bool hw_sum(struct entry *entry, bool is_first_block) {
    bool is_summed = entry->part_count != 0;
    for (uint32_t i = 0; is_summed && i < entry->part_count; i++) {
        is_summed = hw_checksum(entry->parts[i].bytes, part_size(&entry->parts[i], is_first_block), &entry->sums[i]) == 0;
    }
    return is_summed && hw_keep(entry->bytes, &entry->kept, entry->parts, entry->part_count) == 0;
}

// A queue of the program's own says nothing of connections.
static void note_again(const struct entry *entry, uintptr_t caller, const void *stream, struct hw_finding *finding) {
    if (entry->is_own_queue || finding->kind != hw_bytes_changed) return;
    finding->again_caller = caller;
    finding->again = stream == entry->stream ? hw_again_same_stream : hw_again_other_stream;
}

// A later write that is pending and begins where the changed part does. A few are looked at, the newest first.
static void note_later(const struct entry *entry, struct hw_finding *finding) {
    uintptr_t start = (uintptr_t)entry->parts[entry->changed_part].bytes;
    int steps = 8;
    for (uint32_t region = hw_by_line[hw_line(start)]; region != 0 && finding->again == 0 && steps > 0; region = hw_region(region)->next, steps--) {
        if (hw_is_rest(region) || region % hw_region_count == 0 || hw_region(region)->start != start) continue;
        const struct entry *other = &hw_entries[region / hw_region_count];
        if (other != entry && other->since >= entry->since) note_again(entry, other->caller, other->stream, finding);
    }
}

// Whether `write` hands over bytes of the changed part.
static void note_handed(const struct entry *entry, const struct hw_write *write, struct hw_finding *finding) {
    const struct hw_part *part = &entry->parts[entry->changed_part];
    for (size_t i = 0; i < write->part_count; i++) {
        uintptr_t start = (uintptr_t)write->parts[i].bytes;
        if (start < (uintptr_t)part->bytes + part->count && start + write->parts[i].count > (uintptr_t)part->bytes) note_again(entry, write->caller, write->stream, finding);
    }
}

static bool is_changed(struct entry *entry, bool is_first_block, struct hw_finding *finding) {
    for (uint32_t i = 0; i < entry->part_count; i++) {
        uint64_t sum;
        int result = hw_checksum(entry->parts[i].bytes, part_size(&entry->parts[i], is_first_block), &sum);
        if (result == 1 || (result == 0 && sum == entry->sums[i]) || (result < 0 && is_first_block)) continue;
        hw_evidence(entry, finding, result < 0 ? hw_bytes_freed : hw_bytes_changed);
        entry->changed_part = (uint8_t)i;
        note_later(entry, finding);
        if (result < 0) finding->flags |= hw_finding_unmapped;
        else {
            // Without one among those kept the difference lies behind them.
            int64_t at = hw_show_difference(finding, entry->bytes, entry->kept, entry->parts, entry->part_count);
            if (at >= 0 && at < entry->kept) finding->change_offset = (uint64_t)at;
        }
        return true;
    }
    return false;
}

// The kernel has the bytes of a direct write, and a checksum of each would cost more than the write. One look is free: whether
// the same memory is handed over to the same stream before the callback of its former write. From then on the first blocks
// are summed, a few times in a millisecond, and each is compared when its place comes once more. A server that hands over
// the same constant bytes again and again passes.
bool hw_is_overwritten(struct entry *entry, const struct hw_write *write, struct hw_finding *finding) {
    if (!entry->is_again_summed || entry->is_told || entry->is_bytes_gone) return false;
    COUNT(uv_checks, 1);
    if (!is_changed(entry, true, finding)) return false;
    note_handed(entry, write, finding);
    return (entry->is_told = true);
}

// What is wrong with a pending write, if anything is: told once. Freed memory is not looked at again.
bool hw_is_broken(struct entry *entry, bool is_whole, bool is_in_callback, struct hw_finding *finding) {
    if (!entry->is_settled || entry->is_told) return false;
    COUNT(uv_checks, 1);
    if (!entry->is_own_queue && !entry->is_request_gone) {
        struct hw_request_fields found = {0};
        int result = look_at_request(entry, is_in_callback, &found);
        if (result < 0 || (result == 0 && (found.callback != (uintptr_t)entry->callback || found.handle != (uintptr_t)entry->stream || found.buffer_count != entry->buffer_count))) {
            hw_evidence(entry, finding, hw_request_changed);
            finding->found = found;
            if (result < 0) finding->flags |= hw_finding_unmapped;
            return (entry->is_told = true);
        }
    }
    if (is_whole && entry->is_summed && !entry->is_bytes_gone && is_changed(entry, false, finding)) return (entry->is_told = true);
    return false;
}

// Memory of this thread's stack, below a frame that runs: its own frame has returned.
bool hw_is_dead(const void *address, uintptr_t frame) {
    uintptr_t at = (uintptr_t)address;
    if (at >= frame || frame - at > 1u << 30) return false;
    if (hw_thread.stack_high == 0) {
        pthread_attr_t attributes;
        void *low = NULL;
        size_t size = 0;
        hw_thread.stack_high = 1;
        bool was_busy = hw_thread.is_busy;
        hw_thread.is_busy = true;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
                hw_thread.stack_low = (uintptr_t)low;
                hw_thread.stack_high = (uintptr_t)low + size;
            }
            pthread_attr_destroy(&attributes);
        }
        hw_thread.is_busy = was_busy;
    }
    return at >= hw_thread.stack_low && at < hw_thread.stack_high && frame <= hw_thread.stack_high;
}

void hw_ledger_check_stream(const struct hw_write *write) {
    if (__atomic_load_n(&hw_waiting_count, __ATOMIC_RELAXED) == 0) return;
    struct hw_finding finding;
    bool has_finding = false;
    hw_enter();
    // The oldest are at the end of a chain, and were looked at before: a few are enough.
    int looks = 4;
    for (uint32_t index = hw_by_stream[hw_bucket(write->stream)]; index != 0 && looks > 0 && !has_finding; index = hw_entries[index].next_stream) {
        if (hw_entries[index].stream != write->stream || hw_entries[index].is_direct) continue;
        looks--;
        has_finding = hw_is_broken(&hw_entries[index], true, false, &finding);
        if (has_finding) note_handed(&hw_entries[index], write, &finding);
    }
    hw_leave(has_finding ? &finding : NULL, write->caller);
}

// A few of the queued writes, a thousand times a second at most: what waits long is looked at again and again.
void hw_ledger_check_some(uintptr_t caller) {
    static uint64_t last;
    if (__atomic_load_n(&hw_waiting_count, __ATOMIC_RELAXED) == 0) return;
    uint64_t now = hw_now();
    if (now - __atomic_load_n(&last, __ATOMIC_RELAXED) < 1000000 || !hw_try_to_enter()) return;
    __atomic_store_n(&last, now, __ATOMIC_RELAXED);
    struct hw_finding finding;
    bool has_finding = false;
    for (int looks = 8, steps = 64; looks > 0 && steps > 0 && !has_finding; steps--) {
        next_look = next_look + 1 < hw_entry_end ? next_look + 1 : 1;
        struct entry *entry = &hw_entries[next_look];
        if (entry->request == NULL || entry->is_direct) continue;
        looks--;
        has_finding = hw_is_broken(entry, looks == 7, false, &finding);
    }
    hw_leave(has_finding ? &finding : NULL, caller);
}

// In a handler of a fault: the lock may be held by this very thread.
void hw_ledger_check_all(void) {
    for (uint32_t index = 1; index < hw_entry_end; index++) {
        struct hw_finding finding;
        if (hw_entries == NULL || !hw_try_to_enter()) return;
        bool has_finding = hw_entries[index].request != NULL && hw_is_broken(&hw_entries[index], true, false, &finding);
        if (has_finding) finding.flags |= hw_finding_at_fault;
        hw_leave(has_finding ? &finding : NULL, 0);
    }
}

static bool tell_freed(uint32_t region, const struct block *block, struct hw_finding *finding) {
    struct entry *entry = &hw_entries[region / hw_region_count];
    uint32_t k = region % hw_region_count;
    if (entry->since >= block->before) return false;
    if (k == 0) entry->is_request_gone = true;
    else entry->is_bytes_gone = true;
    // free writes into what it takes back.
    hw_untrap(entry);
    if (entry->is_told || !entry->is_settled) return false;
    hw_evidence(entry, finding, k == 0 ? hw_request_freed : hw_bytes_freed);
    return (entry->is_told = true);
}

static void look_for_freed(struct block *block, uintptr_t from, uintptr_t to) {
    for (uintptr_t at = from & ~(uintptr_t)63; at < to; at += 64) {
        if (__atomic_load_n(&hw_by_line[hw_line(at)], __ATOMIC_RELAXED) == 0) continue;
        struct hw_finding finding;
        bool has_finding = false, needs_stack = false;
        hw_enter();
        for (uint32_t region = hw_by_line[hw_line(at)]; region != 0 && !has_finding; region = hw_region(region)->next) {
            if (hw_region(region)->start - block->start >= block->size) continue;
            if (hw_is_rest(region)) needs_stack = hw_rest_freed(&hw_rests[region - hw_first_rest], block) || needs_stack;
            else has_finding = tell_freed(region, block, &finding);
        }
        hw_leave(has_finding ? &finding : NULL, block->caller);
        if (needs_stack) block->frame_count = hw_stack(block->frames, hw_frame_limit, block->caller);
        // The same line once more: for the rests in it, or for what lies behind the one that was told.
        if (has_finding || (needs_stack && block->frame_count != 0)) at -= 64;
    }
}

void hw_ledger_freed(const void *bytes, size_t size, uint64_t before, uintptr_t caller) {
    struct block block;
    block.start = (uintptr_t)bytes;
    block.size = size;
    block.before = before;
    block.caller = caller;
    block.frame_count = 0;
    uintptr_t start = block.start, end = start + size;
    if (size <= 4096) {
        look_for_freed(&block, start, end);
        return;
    }
    // A large block: areas of 64 KiB first.
    for (uintptr_t at = start; at < end; at = (at | 0xFFFF) + 1) {
        uintptr_t to = (at | 0xFFFF) + 1 < end ? (at | 0xFFFF) + 1 : end;
        if (__atomic_load_n(&hw_by_area[hw_area(at)], __ATOMIC_RELAXED) != 0) look_for_freed(&block, at, to);
    }
}
