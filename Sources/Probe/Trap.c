// Traps (opt in): pages of queued bytes become read-only, so that the instruction that writes there is caught.
#include "Ledger.h"

// A map of the process's memory has 65 530 pieces at most, and each trap makes two more.
enum { trap_limit = 4096 };
static uint32_t trap_count;

void hw_untrap(struct entry *entry) {
    if (entry->trap_end == 0) return;
    trap_count--;
    KERNEL(SYS_mprotect, entry->trap_start, entry->trap_end - entry->trap_start, PROT_READ | PROT_WRITE, 0);
    entry->trap_start = entry->trap_end = 0;
}

// The kernel writes a byte over itself, if the page lets it.
static bool is_writable(uintptr_t address) {
    uint8_t byte;
    struct iovec own = {&byte, 1}, there = {(void *)address, 1};
    return hw_look(&byte, (void *)address, 1) == 0 && hw_kernel(SYS_process_vm_writev, hw_self.pid, (long)&own, 1, (long)&there, 1, 0) == 1;
}

// Pages that lie wholly within the bytes belong to nothing else. Those that were read-only before stay as they are.
void hw_trap(struct entry *entry) {
    if (!(hw_self.options & hw_option_trap) || entry->part_count == 0 || trap_count == trap_limit) return;
    uintptr_t page = 4096, start = ((uintptr_t)entry->parts[0].bytes + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)entry->parts[0].bytes + entry->parts[0].count) & ~(page - 1);
    if (start >= end) return;
    if (!is_writable(start) || !is_writable(end - page)) return;
    if (KERNEL(SYS_mprotect, start, end - start, PROT_READ, 0) != 0) return;
    trap_count++;
    entry->trap_start = start;
    entry->trap_end = end;
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
        if (entry->request != NULL && entry->trap_end != 0 && start < entry->trap_end && end > entry->trap_start) {
            is_trapped = true;
            hw_untrap(entry);
            if (!entry->is_told) {
                hw_evidence(entry, &finding, hw_caught_writing);
                finding.change_offset = start < (uintptr_t)entry->parts[0].bytes ? 0 : start - (uintptr_t)entry->parts[0].bytes;
                // The instruction has not written yet: these bytes are still the write's.
                uint64_t left = finding.change_offset < entry->parts[0].count ? entry->parts[0].count - finding.change_offset : 0;
                uint32_t shown = left < hw_shown_limit ? (uint32_t)left : hw_shown_limit;
                if (hw_look(finding.expected_bytes, (const uint8_t *)entry->parts[0].bytes + finding.change_offset, shown) == 0) finding.expected_count = shown;
                has_finding = (entry->is_told = true);
            }
        }
        hw_leave(has_finding ? &finding : NULL, place);
    }
    // Two threads may meet at one page, and the first has lifted the trap.
    return is_trapped || is_writable(start);
}
