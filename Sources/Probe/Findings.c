// Evidence: both stacks, what was expected and what was found, in the segment, where it outlives the process.
#include "Probe.h"
#include <execinfo.h>

// Frames of the probe's own lie above the call that it wraps. With `caller` 0 none are left out.
uint32_t hw_stack(uint64_t *frames, uint32_t limit, uintptr_t caller) {
    void *all[hw_frame_limit + 12];
    bool was_busy = hw_thread.is_busy;
    // The unwinder may allocate: that must not look at the ledger.
    hw_thread.is_busy = true;
    int count = backtrace(all, hw_frame_limit + 12), start = 0;
    hw_thread.is_busy = was_busy;
    while (start < count && caller != 0 && (uintptr_t)all[start] != caller) start++;
    // A frame that the unwinder does not reach: the return address alone is certain.
    if (start == count && caller != 0 && limit > 0) {
        frames[0] = caller;
        return 1;
    }
    uint32_t kept = 0;
    while (start < count && kept < limit) frames[kept++] = (uintptr_t)all[start++];
    return kept;
}

// The place where it was found is part of the bug: there the memory was freed, used again or written.
static bool has_culprit(uint32_t kind) {
    return kind == hw_request_reused || kind == hw_bytes_freed || kind == hw_request_freed || kind == hw_bad_pointer || kind == hw_caught_writing;
}

static bool has_frames(const uint64_t *frames, uint32_t count, const uint64_t *others, uint32_t other_count) {
    return count == other_count && count <= hw_frame_limit && memcmp(frames, others, count * sizeof *frames) == 0;
}

// A bug is found many times: it is counted where it is kept. Two threads may keep one each.
static bool is_told(struct hw_segment *segment, struct hw_finding *finding, uintptr_t caller) {
    bool is_by_place = has_culprit(finding->kind);
    if (is_by_place && finding->found_frame_count == 0) finding->found_frame_count = hw_stack(finding->found_frames, hw_frame_limit, caller);
    uint32_t count = __atomic_load_n(&segment->head.finding_count, __ATOMIC_RELAXED);
    for (uint32_t index = 0; index < count && index < hw_finding_limit; index++) {
        struct hw_finding *other = &segment->findings[index];
        if (__atomic_load_n(&other->is_ready, __ATOMIC_ACQUIRE) != 1 || other->kind != finding->kind || other->flags != finding->flags) continue;
        if (!has_frames(other->write_frames, other->write_frame_count, finding->write_frames, finding->write_frame_count)) continue;
        if (is_by_place && !has_frames(other->found_frames, other->found_frame_count, finding->found_frames, finding->found_frame_count)) continue;
        __atomic_fetch_add(&other->count, 1, __ATOMIC_RELAXED);
        return true;
    }
    return false;
}

// Latent findings leave room for harmful ones, of their kind and in all.
static bool has_room(struct hw_segment *segment, const struct hw_finding *finding) {
    bool is_latent = finding->flags & hw_finding_latent;
    uint32_t *counts = segment->head.bug_counts[is_latent];
    if (__atomic_fetch_add(&counts[finding->kind], 1, __ATOMIC_RELAXED) >= hw_finding_kind_limit) return false;
    return !is_latent || __atomic_fetch_add(&segment->head.latent_count, 1, __ATOMIC_RELAXED) < hw_latent_limit;
}

void hw_publish(struct hw_finding *finding, uintptr_t caller) {
    struct hw_segment *segment = hw_self.segment;
    if (segment == NULL || hw_self.process == NULL) return;
    __atomic_fetch_add(&segment->head.finding_counts[finding->kind], 1, __ATOMIC_RELAXED);
    int error = errno;
    bool is_known = is_told(segment, finding, caller);
    errno = error;
    if (is_known || !has_room(segment, finding)) return;
    uint32_t index = __atomic_fetch_add(&segment->head.finding_count, 1, __ATOMIC_RELAXED);
    if (index >= hw_finding_limit) return;
    finding->pid = hw_self.pid;
    finding->tid = hw_thread.counters != NULL ? (int32_t)hw_thread.counters->tid : 0;
    finding->time = hw_now();
    if (hw_self.options & hw_option_no_bytes) finding->expected_count = finding->found_count = 0;
    if (finding->fd >= 0) hw_peer_of(finding->fd, finding->peer);
    if (finding->found_frame_count == 0) finding->found_frame_count = hw_stack(finding->found_frames, hw_frame_limit, caller);
    hw_note_modules();
    finding->is_ready = 0;
    finding->count = 1;
    segment->findings[index] = *finding;
    __atomic_store_n(&segment->findings[index].is_ready, 1, __ATOMIC_RELEASE);
    errno = error;
}

int64_t hw_show_difference(struct hw_finding *finding, const uint8_t *kept, uint32_t count, const struct hw_part *parts, uint32_t part_count) {
    uint8_t found[hw_kept_limit];
    uint32_t found_count, at = 0;
    if (hw_keep(found, &found_count, parts, part_count) != 0 || found_count < count) return -1;
    while (at < count && found[at] == kept[at]) at++;
    uint32_t shown = count - at < hw_shown_limit ? count - at : hw_shown_limit;
    finding->expected_count = finding->found_count = shown;
    memcpy(finding->expected_bytes, kept + at, shown);
    memcpy(finding->found_bytes, found + at, shown);
    return at;
}

static const char *number(const char *text, const char *end, int base, uint64_t *value) {
    *value = 0;
    for (; text < end; text++) {
        int digit = *text >= '0' && *text <= '9' ? *text - '0' : *text >= 'a' && *text <= 'f' ? *text - 'a' + 10 : 16;
        if (digit >= base) break;
        *value = *value * (uint64_t)base + (uint64_t)digit;
    }
    return text;
}

// "7f00-7f80 r-xp 00001000 08:01 42   /usr/lib/libuv.so.1": code, with the file it came from.
static void note_module(struct hw_process *process, const char *line, const char *end) {
    struct hw_module module = {0};
    const char *at = number(line, end, 16, &module.start);
    if (at >= end || *at != '-') return;
    at = number(at + 1, end, 16, &module.end);
    if (end - at < 6 || at[3] != 'x') return;
    number(at + 6, end, 16, &module.offset);
    const char *path = memchr(at, '/', (size_t)(end - at));
    size_t length = path != NULL ? (size_t)(end - path) : 0;
    if (length == 0 || length >= sizeof module.path) return;
    memcpy(module.path, path, length);
    // The reader may look at any time: what is known already stays in its place.
    uint32_t index = 0, count = process->head.module_count;
    while (index < count && process->modules[index].start != module.start) index++;
    if (index == hw_module_limit) return;
    if (index == count || memcmp(&process->modules[index], &module, sizeof module) != 0) process->modules[index] = module;
    if (index == count) __atomic_store_n(&process->head.module_count, count + 1, __ATOMIC_RELEASE);
}

// Called from handlers of faults too: no stdio, no allocation, no lock that is waited for.
void hw_note_modules(void) {
    static bool is_held;
    struct hw_process *process = hw_self.process;
    if (process == NULL || hw_self.is_sandboxed || __atomic_exchange_n(&is_held, true, __ATOMIC_ACQUIRE)) return;
    int file = (int)KERNEL(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
    if (file >= 0) {
        char text[2048];
        size_t filled = 0;
        long count;
        while ((count = KERNEL(SYS_read, file, text + filled, sizeof text - filled, 0)) > 0) {
            filled += (size_t)count;
            char *line = text, *end;
            while ((end = memchr(line, '\n', filled - (size_t)(line - text))) != NULL) {
                note_module(process, line, end);
                line = end + 1;
            }
            filled -= (size_t)(line - text);
            memmove(text, line, filled);
            // A line longer than any path that is kept.
            if (filled == sizeof text) filled = 0;
        }
        KERNEL(SYS_close, file, 0, 0, 0);
    }
    __atomic_store_n(&is_held, false, __ATOMIC_RELEASE);
}
