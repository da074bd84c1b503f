// The ledger's entries, for the files that keep them (Ledger.c), look at them (Audit.c) and trap them (Trap.c).
#pragma once
#include "Probe.h"

enum { hw_bucket_count = 16384, hw_line_count = 65536, hw_part_limit = 4, hw_region_count = hw_part_limit + 1 };

struct region { uintptr_t start; uint32_t next; };

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

static inline uint32_t hw_bucket(const void *address) { return (uint32_t)(((uintptr_t)address * 0x9E3779B97F4A7C15u) >> 50); }
static inline uint32_t hw_line(uintptr_t address) { return (address >> 6) % hw_line_count; }
static inline uint32_t hw_area(uintptr_t address) { return (address >> 16) % hw_line_count; }

// Entry 0 is nobody's: an index of 0 ends a chain. All of it belongs to whoever has entered.
extern struct entry *hw_entries;
extern uint32_t hw_entry_end;
// Those of them that wait for their socket: the only ones that are looked at before their callback.
extern uint32_t hw_waiting_count;
extern uint32_t hw_by_stream[hw_bucket_count], hw_by_line[hw_line_count], hw_by_area[hw_line_count];
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
