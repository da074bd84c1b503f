// The ledger's entries, for the files that keep them (Ledger.c), look at them (Audit.c) and trap them (Trap.c).
#pragma once
#include "Probe.h"

enum { hw_bucket_count = 16384, hw_line_count = 65536, hw_part_limit = 4, hw_region_count = hw_part_limit + 1 };

// A place in memory that must stay what it is: a request, a part of its bytes, or the rest of a write that was cut short.
// Each has a number: those of the entries come first, then one for each descriptor's rest.
struct region { uintptr_t start; uint32_t next; };
enum { hw_first_rest = hw_pending_limit * hw_region_count };

struct entry {
    const void *request, *callback, *stream;
    uint64_t since;
    uintptr_t caller;
    uint64_t byte_count, buffer_count;
    uint32_t next_request, next_stream, next_free, outstanding;
    int fd;
    uint8_t part_count, is_direct, is_own_queue, is_settled, is_told, is_summed, is_bytes_gone, is_request_gone;
    // Its bytes lie where those of a write lay whose callback is due; and `sums` has the first block of each part.
    uint8_t is_again, is_again_summed;
    // A bit for each part whose whole pages are read-only, and what became of the wish for that (hw_trap_result).
    uint8_t trapped_parts, trap;
    // The part that a finding told of.
    uint8_t changed_part;
    struct hw_part parts[hw_part_limit];
    uint64_t sums[hw_part_limit];
    // Where the request and each part begin. 0: nowhere.
    struct region regions[hw_region_count];
    uint32_t kept, frame_count;
    uint8_t bytes[hw_kept_limit];
    uint64_t frames[hw_frame_limit];
};

// The rest of a write, by its descriptor: where it lies, and what became of its memory. (Rests.c)
struct rest {
    struct region region;
    uint64_t since;
    uintptr_t caller;
    // The block that was freed first, when, and by which code. No frames: it was not.
    uintptr_t block;
    size_t block_size;
    uint64_t freed;
    uint32_t freed_frame_count;
    uint64_t freed_frames[hw_frame_limit];
};

// A block that is given back. Its stack is taken once something is known to lie in it, and without the lock.
struct block {
    uintptr_t start;
    size_t size;
    // Only what began before this time lay in it.
    uint64_t before;
    uintptr_t caller;
    uint32_t frame_count;
    uint64_t frames[hw_frame_limit];
};

static inline uint32_t hw_bucket(const void *address) { return (uint32_t)(((uintptr_t)address * 0x9E3779B97F4A7C15u) >> 50); }
static inline uint32_t hw_line(uintptr_t address) { return (address >> 6) % hw_line_count; }
static inline uint32_t hw_area(uintptr_t address) { return (address >> 16) % hw_line_count; }

// Entry 0 is nobody's: an index of 0 ends a chain. All of it belongs to whoever has entered.
extern struct entry *hw_entries;
extern uint32_t hw_entry_end;
// Those of them that wait for their socket: the only ones that are looked at before their callback.
extern uint32_t hw_waiting_count;
extern uint32_t hw_by_stream[hw_bucket_count], hw_by_line[hw_line_count], hw_by_area[hw_line_count];
extern struct rest *hw_rests;
static inline bool hw_is_rest(uint32_t number) { return number >= hw_first_rest; }
static inline struct region *hw_region(uint32_t number) {
    return hw_is_rest(number) ? &hw_rests[number - hw_first_rest].region : &hw_entries[number / hw_region_count].regions[number % hw_region_count];
}
void hw_mark(uint32_t number, const void *address);
void hw_unmark(uint32_t number);
// Notes that the rest's memory is given back. true: the block's stack has to be taken first.
bool hw_rest_freed(struct rest *rest, const struct block *block);

void hw_enter(void);
bool hw_try_to_enter(void);
// Evidence is made within, and published once the lock is given back. NULL: there is none.
void hw_leave(struct hw_finding *finding, uintptr_t caller);

// A finding with what the entry knows.
void hw_evidence(const struct entry *entry, struct hw_finding *finding, uint32_t kind);
// What is wrong with a pending write, if anything is: told once. Freed memory is not looked at again.
bool hw_is_broken(struct entry *entry, bool is_whole, bool is_in_callback, struct hw_finding *finding);
// Sums of its parts, or of the first block of each, and the first bytes to show. false: they cannot be looked at.
bool hw_sum(struct entry *entry, bool is_first_block);
// What is wrong with a direct write whose place `write` hands over once more.
bool hw_is_overwritten(struct entry *entry, const struct hw_write *write, struct hw_finding *finding);
bool hw_is_dead(const void *address, uintptr_t frame);
void hw_trap(struct entry *entry);
// As a finding has it.
uint32_t hw_trap_told(const struct entry *entry);
void hw_untrap(struct entry *entry);
