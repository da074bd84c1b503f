// Traps (opt in): pages of queued bytes become read-only, so that the instruction that writes there is caught.
#include "Ledger.h"

// A map of the process's memory has 65 530 pieces at most, and each trap makes two more.
enum { trap_limit = 4096 };
static uint32_t trap_count;

struct pages { uintptr_t start, end; };

// Pages that lie wholly within the bytes belong to nothing else.
static struct pages whole_pages(const struct hw_part *part) {
    uintptr_t page = 4096, start = (uintptr_t)part->bytes;
    return (struct pages){(start + page - 1) & ~(page - 1), (start + part->count) & ~(page - 1)};
}

void hw_untrap(struct entry *entry) {
    for (uint32_t i = 0; entry->trapped_parts != 0; i++) {
        if (!(entry->trapped_parts & 1u << i)) continue;
        struct pages pages = whole_pages(&entry->parts[i]);
        entry->trapped_parts &= (uint8_t)~(1u << i);
        trap_count--;
        KERNEL(SYS_mprotect, pages.start, pages.end - pages.start, PROT_READ | PROT_WRITE, 0);
    }
}

// The kernel writes a byte over itself, if the page lets it.
static bool is_writable(uintptr_t address) {
    uint8_t byte;
    struct iovec own = {&byte, 1}, there = {(void *)address, 1};
    return hw_look(&byte, (void *)address, 1) == 0 && hw_kernel(SYS_process_vm_writev, hw_self.pid, (long)&own, 1, (long)&there, 1, 0) == 1;
}

// Pages that were read-only before stay as they are: constants, and those of another pending write.
static uint8_t trap_part(struct entry *entry, uint32_t i) {
    struct pages pages = whole_pages(&entry->parts[i]);
    if (pages.start >= pages.end) return hw_trap_no_page;
    if (trap_count == trap_limit) return hw_trap_limit;
    if (!is_writable(pages.start) || !is_writable(pages.end - 4096)) return hw_trap_read_only;
    if (KERNEL(SYS_mprotect, pages.start, pages.end - pages.start, PROT_READ, 0) != 0) return hw_trap_refused;
    trap_count++;
    entry->trapped_parts |= (uint8_t)(1u << i);
    return hw_trap_set;
}

// A part that is trapped, or might have been, says more than one without a page.
void hw_trap(struct entry *entry) {
    if (!(hw_self.options & hw_option_trap)) return;
    for (uint32_t i = 0; i < entry->part_count; i++) {
        uint8_t result = trap_part(entry, i);
        if (entry->trap < result) entry->trap = result;
    }
}

uint32_t hw_trap_told(const struct entry *entry) {
    if (hw_self.options & hw_option_trap) return entry->is_direct ? hw_trap_direct : entry->trap;
    for (uint32_t i = 0; i < entry->part_count; i++) {
        struct pages pages = whole_pages(&entry->parts[i]);
        if (pages.start < pages.end) return hw_trap_possible;
    }
    return hw_trap_impossible;
}

// The part whose read-only pages some of these bytes are of; as many as there are parts: none.
static uint32_t trapped_part(const struct entry *entry, uintptr_t start, uintptr_t end) {
    uint32_t i = entry->trapped_parts != 0 ? 0 : entry->part_count;
    for (; i < entry->part_count; i++) {
        struct pages pages = whole_pages(&entry->parts[i]);
        if (entry->trapped_parts & 1u << i && start < pages.end && end > pages.start) break;
    }
    return i;
}

// The instruction has not written yet: these bytes are still the write's.
static void show_caught(const struct entry *entry, uint32_t part, uintptr_t address, struct hw_finding *finding) {
    const struct hw_part *bytes = &entry->parts[part];
    uint64_t at = address < (uintptr_t)bytes->bytes ? 0 : address - (uintptr_t)bytes->bytes, left = bytes->count - at;
    uint32_t shown = left < hw_shown_limit ? (uint32_t)left : hw_shown_limit;
    finding->change_offset = at;
    for (uint32_t i = 0; i < part; i++) finding->change_offset += entry->parts[i].count;
    if (hw_look(finding->expected_bytes, (const uint8_t *)bytes->bytes + at, shown) == 0) finding->expected_count = shown;
}

bool hw_ledger_trapped(const void *address, size_t count, uintptr_t place) {
    uintptr_t start = (uintptr_t)address, end = start + (count != 0 ? count : 1);
    bool is_trapped = false;
    if (hw_thread.is_busy || hw_entries == NULL) return false;
    for (uint32_t index = 1; index < hw_entry_end; index++) {
        struct hw_finding finding;
        bool has_finding = false;
        hw_enter();
        struct entry *entry = &hw_entries[index];
        uint32_t part = entry->request != NULL ? trapped_part(entry, start, end) : entry->part_count;
        if (part < entry->part_count) {
            is_trapped = true;
            hw_untrap(entry);
            // Also where a change beside the pages was told before: this one has its instruction.
            hw_evidence(entry, &finding, hw_caught_writing);
            show_caught(entry, part, start, &finding);
            has_finding = (entry->is_told = true);
        }
        hw_leave(has_finding ? &finding : NULL, place);
    }
    // Two threads may meet at one page, and the first has lifted the trap.
    return is_trapped || is_writable(start);
}
