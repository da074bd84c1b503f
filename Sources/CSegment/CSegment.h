// The memory that a watched server's probe writes and Highwater reads.
//
// One file: a header, findings, then a slot for each process. Each counter has one writer and only
// grows; a 64-bit store does not tear, so nothing here is locked. The watched program may write
// anywhere in it by mistake: no number here is a place to look at in the reader's own memory.
#pragma once
#include <stdint.h>

enum {
    hw_segment_version = 4,
    // Workers of a forking server. Processes beyond are counted (`missed_processes`).
    hw_process_limit = 64,
    // Threads with counters of their own; those beyond share one block, with atomic additions.
    hw_thread_limit = 64,
    // Descriptors that are followed. Connections with a higher number are counted (`beyond`).
    hw_row_limit = 32768,
    // Writes that wait for their callback. Writes beyond pass unaudited (`uv_untracked`).
    hw_pending_limit = 16384,
    // Findings kept whole, of all processes, and of one kind, latent or harmful: each bug once, with its count. `finding_counts` has all.
    hw_finding_limit = 64,
    hw_finding_kind_limit = 16,
    // Of them, those that did no harm: the rest is room for the harmful ones.
    hw_latent_limit = 32,
    hw_module_limit = 96,
    hw_module_path_size = 232,
    // What lies deeper is the start of a thread.
    hw_frame_limit = 24,
    // Bytes of a write that a finding shows, expected beside found, from the first that differs.
    hw_shown_limit = 64,
    // Bytes at the start of a write that waits, kept to be shown: answers mostly differ in their head, or right behind it.
    hw_kept_limit = 1024,
};

#define HW_SEGMENT_MAGIC 0x65626f7270777768ULL
// Where a child finds the segment: a path, in its environment.
#define HW_SEGMENT_VARIABLE "HIGHWATER_SEGMENT"

// What the parent asks for, in `options`.
enum {
    hw_option_no_bytes = 1,
    hw_option_trap = 2,
    hw_option_detour = 4,
    // The probe takes itself out of the environment: programs that this one starts are not watched.
    hw_option_only_this = 8,
    // The process that was started ends when the one that started it does.
    hw_option_end_with_parent = 16,
};

// What a process knows, in `flags`.
enum {
    // malloc and free are both the probe's: live bytes mean something.
    hw_knows_heap = 1,
    // Memory can be looked at without touching it (process_vm_readv is allowed).
    hw_can_look = 2,
    hw_saw_uv = 4,
    hw_saw_tls = 8,
    // The two calls of highwater.h were used.
    hw_saw_pending_calls = 16,
};

enum {
    hw_detour_none,
    hw_detour_set,
    hw_detour_no_symbol,
    hw_detour_other_layout,
    hw_detour_unknown_code,
    hw_detour_no_room,
    hw_detour_not_writable,
    hw_detour_other_machine,
};

enum hw_finding_kind {
    hw_request_reused = 1,
    hw_request_changed,
    hw_bytes_changed,
    hw_bytes_freed,
    hw_request_freed,
    hw_dead_stack,
    hw_remainder_lost,
    hw_bad_pointer,
    hw_caught_writing,
    hw_finding_kind_count,
};

// In `flags` of a finding.
enum {
    // The kernel had all bytes when the call returned: harmless only for that reason.
    hw_finding_latent = 1,
    // The memory is not mapped any more.
    hw_finding_unmapped = 2,
    // Found by the probe's look at what was pending when the process faulted.
    hw_finding_at_fault = 4,
    // Of a queue of the program's own (hw_pending_begin), not of libuv's.
    hw_finding_own_queue = 8,
    // It is the uv_write_t that lies on the dead stack, not the bytes.
    hw_finding_request = 16,
    // Of a lost remainder: no call of free had its memory.
    hw_finding_not_freed = 32,
    // The next write began where the remainder lies: other bytes are there now.
    hw_finding_in_place = 64,
    // It began where the buffer began, right behind its end, or elsewhere while the remainder lies unchanged where it lay.
    hw_finding_passed_over = 128,
};

// What became of the wish to make pages of a pending write read-only, in `trap` of a finding; 0: not known. Of the parts of a
// write the one counts whose result is the furthest down of the first five.
enum hw_trap_result {
    // No page of memory lies wholly within its bytes.
    hw_trap_no_page = 1,
    // They were read-only before: constants, or the bytes of another pending write.
    hw_trap_read_only,
    // The kernel did not let it be done.
    hw_trap_refused,
    // As many writes as can be are protected.
    hw_trap_limit,
    // The whole pages within its bytes are protected.
    hw_trap_set,
    // The socket took all bytes at once: the write does not wait.
    hw_trap_direct,
    // It is the rest of a send that was cut short, which the program keeps in a queue of its own.
    hw_trap_unlisted,
    // Without such a wish: whether there are whole pages.
    hw_trap_possible,
    hw_trap_impossible,
};

// Whose the write is that had the same memory handed over again, in `again` of a finding; 0: no such write is known.
enum hw_again {
    hw_again_same_stream = 1,
    hw_again_other_stream,
};

// Of one thread. `turn_began` is 0 while the thread waits for events.
struct hw_counters {
    uint64_t tid;
    uint64_t accepted, closed, beyond;
    uint64_t received_bytes, sent_bytes, reads, writes, cut_writes, would_block, continuity_checks;
    uint64_t waits, ready, ready_most, full_waits, turn_began, turn_total, turn_longest;
    // The longest turn of the second `turn_second`, and of the one before it.
    uint64_t turn_second, turn_longest_now, turn_longest_before;
    // Calls that gave memory and that took it back; bytes as malloc_usable_size has them.
    uint64_t mallocs, frees, allocated_bytes, freed_bytes;
    uint64_t uv_writes, uv_direct, uv_queued, uv_queued_bytes, uv_done, uv_checks, uv_untracked;
    uint64_t handshakes, resumed;
    // Connections of this machine's own kind (AF_UNIX): helpers of a server, or a proxy before it.
    uint64_t accepted_local, closed_local;
    // The longest turn that ended in the interval `turn_interval`, and in the one before it: see `hw_segment_head`.
    uint64_t turn_interval, turn_longest_in_interval, turn_longest_in_last;
    // Of the longest turn ever, and of those two: how long the thread waited for a processor in it; 0: hardly, or not known.
    uint64_t turn_longest_waited, turn_waited_in_interval, turn_waited_in_last;
    uint64_t spare[22];
};

// A descriptor. `generation` is odd while a connection is open on it.
struct hw_row {
    uint64_t generation;
    uint64_t opened;
    uint64_t received_bytes, sent_bytes;
    // Bytes that the program offered and the socket did not take, and since when; a lower bound.
    uint64_t held_bytes, held_since;
    uint64_t cut_writes, would_block;
    // sockaddr_in or sockaddr_in6, as accept gave it; family 0: unknown.
    uint8_t peer[28];
    uint32_t tid;
    uint64_t is_local;
    uint64_t spare[3];
};

// A write between its call and its callback. `request` is 0 in a free row.
struct hw_pending {
    uint64_t request, since, byte_count, caller, stream, fd;
    uint64_t is_direct, is_own_queue;
};

struct hw_module {
    uint64_t start, end, offset;
    char path[hw_module_path_size];
};

struct hw_request_fields {
    uint64_t callback, handle, buffer_count;
};

struct hw_finding {
    // 1 when all else is written.
    uint32_t is_ready;
    uint32_t kind, flags;
    int32_t pid, tid, fd;
    uint64_t time, age;
    uint64_t request, byte_count;
    struct hw_request_fields expected, found;
    // The first byte that differs; ~0 when it is not known.
    uint64_t change_offset;
    uint32_t expected_count, found_count;
    uint8_t expected_bytes[hw_shown_limit], found_bytes[hw_shown_limit];
    uint8_t peer[28];
    uint32_t write_frame_count, found_frame_count;
    // Return addresses, innermost first: where the bytes were handed over, and where it was noticed.
    uint64_t write_frames[hw_frame_limit], found_frames[hw_frame_limit];
    // How often this bug was found: the same kind at the same places. All else is of the first time.
    uint64_t count;
    // Where the memory was handed over again while the write was pending: a return address. `again` is 0: not known.
    uint64_t again_caller;
    uint32_t again, trap;
    // Where the memory of a lost remainder was freed, as the other frames.
    uint64_t freed_frames[hw_frame_limit];
    uint32_t freed_frame_count, spare;
};

// The last fault of a process. A program may handle it and live on: `wait` says what became of it.
struct hw_fault {
    uint32_t count, signal;
    int32_t code, tid;
    uint64_t address, time;
    char thread[16];
    uint32_t frame_count, spare;
    uint64_t frames[hw_frame_limit * 2];
};

struct hw_process_head {
    // 0: a free slot.
    int32_t pid, parent;
    uint64_t started;
    uint32_t flags, detour;
    char name[16];
    // Threads that took a block; the block at hw_thread_limit is shared by the rest.
    uint32_t thread_count, has_shared_block;
    // One more than the highest row, or pending row, that was ever used.
    uint32_t row_end, pending_end;
    uint32_t module_count, spare;
    // Of the ledger's writes that waited for their socket: the most bytes at once, and the longest time, nanoseconds.
    uint64_t queued_most, queued_longest;
};

struct hw_process {
    struct hw_process_head head;
    struct hw_fault fault;
    struct hw_module modules[hw_module_limit];
    struct hw_counters threads[hw_thread_limit + 1];
    struct hw_pending pending[hw_pending_limit];
    struct hw_row rows[hw_row_limit];
} __attribute__((aligned(4096)));

struct hw_segment_head {
    uint64_t magic;
    uint32_t version, size_of_process;
    uint32_t options, send_buffer;
    // The first process that took a slot: the one that the parent started.
    int32_t root;
    // A process built a sandbox: programs that it executes are in it too, and may die of a call that it does not expect.
    uint32_t has_sandbox;
    uint32_t process_count, missed_processes;
    uint32_t finding_count;
    // By kind: times that one was found; and bugs that there are, harmful ones and latent ones. Then all latent bugs.
    uint32_t finding_counts[16], bug_counts[2][16];
    uint32_t latent_count;
    // The process that made the segment.
    int32_t maker;
    // The number of the interval that runs: one more after each reading for a sample. Only the maker writes it.
    uint32_t interval;
};

struct hw_segment {
    struct hw_segment_head head;
    struct hw_finding findings[hw_finding_limit];
    struct hw_process processes[hw_process_limit];
} __attribute__((aligned(4096)));

_Static_assert(sizeof(struct hw_counters) == 512, "counters: eight lines of a cache");
_Static_assert(sizeof(struct hw_row) == 128, "a row: two lines of a cache");
_Static_assert(sizeof(struct hw_pending) == 64, "a pending write: one line of a cache");
_Static_assert(sizeof(struct hw_module) == 256, "a module");

// Where the parts lie, for a reader that has the segment as bytes.
static inline uint64_t hw_segment_size(void) { return sizeof(struct hw_segment); }
static inline uint64_t hw_process_size(void) { return sizeof(struct hw_process); }
static inline uint64_t hw_finding_offset(uint32_t index) {
    return __builtin_offsetof(struct hw_segment, findings) + index * sizeof(struct hw_finding);
}
static inline uint64_t hw_process_offset(uint32_t index) {
    return __builtin_offsetof(struct hw_segment, processes) + index * sizeof(struct hw_process);
}
static inline uint64_t hw_fault_offset(void) { return __builtin_offsetof(struct hw_process, fault); }
static inline uint64_t hw_module_offset(void) { return __builtin_offsetof(struct hw_process, modules); }
static inline uint64_t hw_thread_offset(void) { return __builtin_offsetof(struct hw_process, threads); }
static inline uint64_t hw_pending_offset(void) { return __builtin_offsetof(struct hw_process, pending); }
static inline uint64_t hw_row_offset(void) { return __builtin_offsetof(struct hw_process, rows); }
