// The ledger of pending writes: what was handed over, and whether it is still what it was.
//
// A request is found by its address, by its stream, and by the 64-byte lines in which it and its
// bytes begin: so a look-up costs nothing that grows with the number of writes. The rest of a write
// that libuv has no part in is found by its line alone (Rests.c). The lock is never
// held while other code runs; evidence is made under it, and published without it.
#include "Ledger.h"

uint32_t hw_pending_count, hw_waiting_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Entry 0 is nobody's: an index of 0 ends a chain.
struct entry *hw_entries;
uint32_t hw_entry_end = 1;
static uint32_t first_free, by_request[hw_bucket_count];
// Bytes of the writes that wait for their socket.
static uint64_t queued_bytes;
uint32_t hw_by_stream[hw_bucket_count], hw_by_line[hw_line_count], hw_by_area[hw_line_count];

// While it is held this thread is busy: a fault, or a free from a handler of a signal, does not come back here.
void hw_enter(void) {
    pthread_mutex_lock(&lock);
    hw_thread.is_busy = true;
}
bool hw_try_to_enter(void) { return pthread_mutex_trylock(&lock) == 0 && (hw_thread.is_busy = true); }
void hw_leave(struct hw_finding *finding, uintptr_t caller) {
    hw_thread.is_busy = false;
    pthread_mutex_unlock(&lock);
    if (finding != NULL) hw_publish(finding, caller);
}

static struct hw_pending *shown(const struct entry *entry) {
    return hw_self.process != NULL ? &hw_self.process->pending[entry - hw_entries] : NULL;
}

// A number of the program's own may be the address of one of libuv's requests.
static uint32_t find(const void *request, bool is_own_queue) {
    uint32_t index = by_request[hw_bucket(request)];
    while (index != 0 && (hw_entries[index].request != request || hw_entries[index].is_own_queue != is_own_queue)) index = hw_entries[index].next_request;
    return index;
}

void hw_mark(uint32_t number, const void *address) {
    struct region *region = hw_region(number);
    region->start = (uintptr_t)address;
    uint32_t *head = &hw_by_line[hw_line(region->start)];
    region->next = *head;
    __atomic_store_n(head, number, __ATOMIC_RELAXED);
    __atomic_store_n(&hw_by_area[hw_area(region->start)], hw_by_area[hw_area(region->start)] + 1, __ATOMIC_RELAXED);
}

void hw_unmark(uint32_t number) {
    struct region *region = hw_region(number);
    if (region->start == 0) return;
    uint32_t *link = &hw_by_line[hw_line(region->start)];
    while (*link != 0 && *link != number) link = &hw_region(*link)->next;
    if (*link == number) __atomic_store_n(link, region->next, __ATOMIC_RELAXED);
    hw_by_area[hw_area(region->start)]--;
    region->start = 0;
}

// Writes that go while it looks elsewhere would never be in a sample.
static void note_queued(const struct entry *entry) {
    __atomic_store_n(&hw_waiting_count, hw_waiting_count + 1, __ATOMIC_RELAXED);
    queued_bytes += entry->byte_count;
    struct hw_process *process = hw_self.process;
    if (process != NULL && process->head.queued_most < queued_bytes) __atomic_store_n(&process->head.queued_most, queued_bytes, __ATOMIC_RELAXED);
}

static void note_unqueued(const struct entry *entry) {
    __atomic_store_n(&hw_waiting_count, hw_waiting_count - 1, __ATOMIC_RELAXED);
    queued_bytes -= entry->byte_count;
    uint64_t age = hw_now() - entry->since;
    struct hw_process *process = hw_self.process;
    if (process != NULL && process->head.queued_longest < age) __atomic_store_n(&process->head.queued_longest, age, __ATOMIC_RELAXED);
}

static void drop(uint32_t index) {
    struct entry *entry = &hw_entries[index];
    if (entry->is_settled && !entry->is_direct) note_unqueued(entry);
    hw_untrap(entry);
    uint32_t *link = &by_request[hw_bucket(entry->request)];
    while (*link != 0 && *link != index) link = &hw_entries[*link].next_request;
    if (*link == index) *link = entry->next_request;
    link = &hw_by_stream[hw_bucket(entry->stream)];
    while (*link != 0 && *link != index) link = &hw_entries[*link].next_stream;
    if (*link == index) *link = entry->next_stream;
    for (uint32_t k = 0; k < hw_region_count; k++) hw_unmark(index * hw_region_count + k);
    struct hw_pending *row = shown(entry);
    if (row != NULL) row->request = 0;
    entry->request = NULL;
    entry->next_free = first_free;
    first_free = index;
    __atomic_store_n(&hw_pending_count, hw_pending_count - 1, __ATOMIC_RELAXED);
}

// The newest direct write of this stream whose bytes lie where a part of this one's do, and whose callback is still to come.
static struct entry *same_place(const struct hw_write *write) {
    for (size_t i = 0; i < write->part_count && i < hw_part_limit; i++) {
        uintptr_t start = (uintptr_t)write->parts[i].bytes;
        int steps = 8;
        for (uint32_t region = write->parts[i].count != 0 ? hw_by_line[hw_line(start)] : 0; region != 0 && steps > 0; region = hw_region(region)->next, steps--) {
            if (hw_is_rest(region) || region % hw_region_count == 0 || hw_region(region)->start != start) continue;
            struct entry *entry = &hw_entries[region / hw_region_count];
            if (entry->stream == write->stream && entry->is_direct && entry->is_settled) return entry;
        }
    }
    return NULL;
}

// Looks at direct writes cost what a server may have to spare: at most so many in a millisecond.
enum { again_limit = 4 };
static bool is_affordable(uint64_t now) {
    static uint64_t began;
    static uint32_t count;
    if (now - began >= 1000000) {
        began = now;
        count = 0;
    }
    return count++ < again_limit;
}

bool hw_ledger_begin(const struct hw_write *write) {
    struct hw_finding finding;
    bool has_finding = false;
    hw_enter();
    if (hw_entries == NULL) {
        hw_entries = hw_map(NULL, sizeof(struct entry) * hw_pending_limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    }
    uint32_t index = hw_entries != NULL ? find(write->request, write->is_own_queue) : 0, outstanding = 0;
    if (index != 0) {
        struct entry *old = &hw_entries[index];
        // libuv has this request in its queue already, and will call back for each time.
        if (!old->is_request_gone) {
            hw_evidence(old, &finding, hw_request_reused);
            finding.found = (struct hw_request_fields){(uintptr_t)write->callback, (uintptr_t)write->stream, write->buffer_count};
            has_finding = true;
        }
        outstanding = write->is_own_queue ? 0 : old->outstanding;
        drop(index);
    }
    struct entry *before = hw_entries != NULL && !write->is_own_queue ? same_place(write) : NULL;
    if (before != NULL && !has_finding) has_finding = hw_is_overwritten(before, write, &finding);
    index = first_free;
    if (index != 0) first_free = hw_entries[index].next_free;
    else if (hw_entries != NULL && hw_entry_end < hw_pending_limit) index = hw_entry_end++;
    if (index != 0) {
        struct entry *entry = &hw_entries[index];
        memset(entry, 0, offsetof(struct entry, bytes));
        entry->request = write->request;
        entry->callback = write->callback;
        entry->stream = write->stream;
        entry->since = hw_now();
        entry->caller = write->caller;
        entry->buffer_count = write->buffer_count;
        entry->fd = write->fd;
        entry->is_own_queue = write->is_own_queue;
        entry->outstanding = outstanding + 1;
        entry->is_again = before != NULL && is_affordable(entry->since);
        for (size_t i = 0; i < write->part_count; i++) {
            entry->byte_count += write->parts[i].count;
            if (write->parts[i].count != 0 && entry->part_count < hw_part_limit) entry->parts[entry->part_count++] = write->parts[i];
        }
        entry->next_request = by_request[hw_bucket(entry->request)];
        by_request[hw_bucket(entry->request)] = index;
        entry->next_stream = hw_by_stream[hw_bucket(entry->stream)];
        hw_by_stream[hw_bucket(entry->stream)] = index;
        if (!entry->is_own_queue) hw_mark(index * hw_region_count, entry->request);
        for (uint32_t i = 0; i < entry->part_count; i++) hw_mark(index * hw_region_count + i + 1, entry->parts[i].bytes);
        __atomic_store_n(&hw_pending_count, hw_pending_count + 1, __ATOMIC_RELAXED);
    }
    hw_leave(has_finding ? &finding : NULL, write->caller);
    if (index == 0) COUNT(uv_untracked, 1);
    return index != 0;
}

void hw_ledger_settle(const struct hw_write *write) {
    uint64_t frames[hw_frame_limit];
    bool is_direct = write->is_direct;
    uint32_t frame_count = is_direct ? 0 : hw_stack(frames, hw_frame_limit, write->caller);
    hw_enter();
    uint32_t index = find(write->request, write->is_own_queue);
    if (index != 0) {
        struct entry *entry = &hw_entries[index];
        entry->is_direct = is_direct;
        entry->frame_count = frame_count;
        // The kernel has the bytes of a direct write: no checksum, and the audit costs nothing that grows with them.
        if (!is_direct) {
            memcpy(entry->frames, frames, sizeof frames);
            entry->is_summed = hw_sum(entry, false);
            hw_trap(entry);
        }
        if (is_direct && entry->is_again) entry->is_again_summed = hw_sum(entry, true);
        if (!is_direct && !entry->is_settled) note_queued(entry);
        entry->is_settled = true;
        struct hw_pending *row = shown(entry);
        if (row != NULL) {
            *row = (struct hw_pending){0, entry->since, entry->byte_count, entry->caller, (uintptr_t)entry->stream, (uint64_t)(int64_t)entry->fd, is_direct, entry->is_own_queue};
            __atomic_store_n(&row->request, (uintptr_t)entry->request, __ATOMIC_RELEASE);
            if (hw_self.process->head.pending_end < index + 1) hw_self.process->head.pending_end = index + 1;
        }
    }
    hw_leave(NULL, 0);
}

void hw_ledger_cancel(const void *request) {
    hw_enter();
    uint32_t index = find(request, false);
    if (index != 0) drop(index);
    hw_leave(NULL, 0);
}

bool hw_ledger_end(const void *request, bool is_own_queue, const void *frame, const void **callback, uintptr_t caller) {
    struct hw_finding finding;
    bool has_finding = false;
    hw_enter();
    uint32_t index = hw_entries != NULL ? find(request, is_own_queue) : 0;
    if (index != 0) {
        struct entry *entry = &hw_entries[index];
        *callback = entry->callback;
        const void *dead = NULL;
        if (frame != NULL && entry->is_settled && !entry->is_told) {
            if (!entry->is_own_queue && hw_is_dead(request, (uintptr_t)frame)) dead = request;
            for (uint32_t i = 0; dead == NULL && i < entry->part_count; i++) if (hw_is_dead(entry->parts[i].bytes, (uintptr_t)frame)) dead = entry->parts[i].bytes;
        }
        if (dead != NULL) {
            hw_evidence(entry, &finding, hw_dead_stack);
            if (dead == request) finding.flags = (finding.flags & ~(uint32_t)hw_finding_latent) | hw_finding_request;
            has_finding = true;
        } else {
            has_finding = hw_is_broken(entry, true, true, &finding);
        }
        if (entry->outstanding > 1) entry->outstanding--;
        else drop(index);
    }
    hw_leave(has_finding ? &finding : NULL, caller);
    return index != 0;
}

void hw_ledger_before_fork(void) { hw_enter(); }

// A child has copies of its own: what it writes there touches no write of its parent's.
void hw_ledger_after_fork(bool is_child) {
    for (uint32_t index = 1; is_child && hw_entries != NULL && index < hw_entry_end; index++) if (hw_entries[index].request != NULL) hw_untrap(&hw_entries[index]);
    hw_leave(NULL, 0);
}
