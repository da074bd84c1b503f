// Continuity: the write after one that was cut short has to go on with the bytes that were left.
//
// Of those, 1 KiB and a checksum of each block up to 64 KiB are kept. A cut between two buffers
// promises nothing, and a write that was refused (EAGAIN) changes nothing. Before a difference is
// told the kernel is asked how many bytes the connection has taken: if others than these went out,
// through a copy of the descriptor or a call that is not wrapped, there is no telling what was due.
#include "Probe.h"
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

enum { block_limit = 16 };

struct remainder {
    // Bytes that the cut buffer still had, and how many of them have gone by since.
    uint64_t left, position;
    uint64_t time;
    // Where the cut buffer begins, and the bytes that were left in it.
    uintptr_t buffer, start;
    uint32_t kept, block_count, frame_count;
    uint8_t bytes[hw_kept_limit];
    uint64_t sums[block_limit];
    uint64_t frames[hw_frame_limit];
};

// By descriptor. Pages that no cut write needs are never there.
static struct remainder *remainders;

void hw_reserve_remainders(void) {
    if (remainders != NULL) return;
    remainders = hw_map(NULL, sizeof(struct remainder) * hw_row_limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    hw_rest_reserve();
}

void hw_forget_remainder(int fd) {
    if (remainders == NULL || remainders[fd].left == 0) return;
    remainders[fd].left = 0;
    hw_rest_end(fd);
}

// What a write left of one buffer, of which the socket has taken `taken` bytes.
static void remember(int fd, struct remainder *remainder, const struct iovec *buffer, size_t taken, uintptr_t caller) {
    const uint8_t *bytes = (const uint8_t *)buffer->iov_base + taken;
    size_t count = buffer->iov_len - taken;
    hw_forget_remainder(fd);
    remainder->position = 0;
    remainder->buffer = (uintptr_t)buffer->iov_base;
    remainder->start = (uintptr_t)bytes;
    if (hw_keep(remainder->bytes, &remainder->kept, &(struct hw_part){bytes, count}, 1) != 0) return;
    uint32_t blocks = 0;
    while (blocks < block_limit && (blocks + 1) * (size_t)HW_BLOCK <= count) {
        if (hw_checksum(bytes + blocks * (size_t)HW_BLOCK, HW_BLOCK, &remainder->sums[blocks]) != 0) break;
        blocks++;
    }
    remainder->block_count = blocks;
    remainder->time = hw_now();
    remainder->frame_count = hw_stack(remainder->frames, hw_frame_limit, caller);
    remainder->left = count;
    hw_rest_begin(fd, bytes, caller);
}

// Compares the bytes of one buffer, which stand at the remainder's position, with what was kept.
// Returns the position of the first difference, or of its block; ~0: none.
static uint64_t difference(const struct remainder *remainder, const uint8_t *bytes, size_t count, struct hw_finding *finding) {
    uint64_t from = remainder->position, to = from + count;
    if (from < remainder->kept) {
        uint32_t size = (uint32_t)((to < remainder->kept ? to : remainder->kept) - from);
        int64_t at = hw_show_difference(finding, remainder->bytes + from, size, &(struct hw_part){bytes, size}, 1);
        if (at < 0) return ~0ull;
        if (at < size) return from + (uint64_t)at;
    }
    for (uint64_t block = (from + HW_BLOCK - 1) / HW_BLOCK; block < remainder->block_count && (block + 1) * HW_BLOCK <= to; block++) {
        uint64_t sum;
        if (hw_checksum(bytes + block * HW_BLOCK - from, HW_BLOCK, &sum) != 0) return ~0ull;
        if (sum != remainder->sums[block]) return block * HW_BLOCK;
    }
    return ~0ull;
}

// Acknowledged, and not yet: what the connection has taken since it began.
static bool is_all_seen(int fd, uint64_t sent_bytes) {
    if (hw_self.is_sandboxed) return false;
    for (int tries = 0; tries < 4; tries++) {
        struct tcp_info before, after;
        socklen_t size = sizeof before, same = sizeof after;
        int waiting = 0;
        if (hw_kernel(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, (long)&before, (long)&size, 0) != 0
            || size < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof before.tcpi_bytes_acked
            || KERNEL(SYS_ioctl, fd, TIOCOUTQ, &waiting, 0) != 0
            || hw_kernel(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, (long)&after, (long)&same, 0) != 0) return false;
        if (before.tcpi_bytes_acked != after.tcpi_bytes_acked) continue;
        // A SYN counts as a byte where the peer was called, a FIN where it was told the end.
        int64_t unseen = (int64_t)(before.tcpi_bytes_acked + (uint64_t)waiting) - (int64_t)sent_bytes;
        return unseen >= -1 && unseen <= 1;
    }
    return false;
}

static bool knows_heap(void) { return hw_self.process != NULL && (hw_self.process->head.flags & hw_knows_heap); }

// What became of the remainder's memory, and whether the write that begins at `next` goes on in it.
static void note_cause(int fd, const struct remainder *remainder, uintptr_t next, struct hw_finding *finding) {
    uintptr_t due = remainder->start + remainder->position;
    if (next == due) finding->flags |= hw_finding_in_place;
    bool is_known = hw_rest_tell(fd, finding), is_freed = finding->freed_frame_count != 0;
    uint8_t byte;
    // What is not mapped was given back without a call of free.
    bool is_there = hw_look(&byte, (const void *)due, 1) == 0;
    if (is_known && !is_freed && is_there && knows_heap()) finding->flags |= hw_finding_not_freed;
    if (next == due) return;
    struct hw_finding unused;
    bool is_same = !is_freed && is_there && difference(remainder, (const uint8_t *)due, remainder->left - remainder->position, &unused) == ~0ull;
    if (is_same || next == remainder->buffer || next == remainder->start + remainder->left) finding->flags |= hw_finding_passed_over;
}

static void tell(int fd, const struct hw_row *row, const struct remainder *remainder, uint64_t offset, uintptr_t next, struct hw_finding *finding, uintptr_t caller) {
    if (!is_all_seen(fd, row->sent_bytes)) return;
    finding->kind = hw_remainder_lost;
    if (hw_self.options & hw_option_trap) finding->trap = hw_trap_unlisted;
    finding->fd = fd;
    finding->age = hw_now() - remainder->time;
    finding->byte_count = remainder->left;
    finding->change_offset = offset;
    finding->write_frame_count = remainder->frame_count;
    memcpy(finding->write_frames, remainder->frames, sizeof finding->write_frames);
    note_cause(fd, remainder, next, finding);
    hw_publish(finding, caller);
}

// The bytes that were offered, from the first on: what the kernel has not taken of them it could have taken.
static void compare(int fd, const struct hw_row *row, struct remainder *remainder, const struct iovec *parts, size_t count, uint64_t taken, uintptr_t caller) {
    struct hw_finding finding = {0};
    uint64_t start = remainder->position;
    COUNT(continuity_checks, 1);
    for (size_t i = 0; i < count && remainder->position < remainder->left; i++) {
        uint64_t size = remainder->left - remainder->position;
        if (size > parts[i].iov_len) size = parts[i].iov_len;
        uint64_t offset = difference(remainder, parts[i].iov_base, size, &finding);
        if (offset != ~0ull) {
            tell(fd, row, remainder, offset, (uintptr_t)parts[i].iov_base, &finding, caller);
            hw_forget_remainder(fd);
            return;
        }
        remainder->position += size;
    }
    remainder->position = start + taken < remainder->left ? start + taken : remainder->left;
    if (remainder->position == remainder->left) hw_forget_remainder(fd);
}

static void hold(struct hw_row *row, uint64_t bytes) {
    if (bytes != 0 && row->held_since == 0) row->held_since = hw_now();
    if (bytes == 0) row->held_since = 0;
    __atomic_store_n(&row->held_bytes, bytes, __ATOMIC_RELAXED);
}

static uint64_t sum(const struct iovec *parts, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += parts[i].iov_len;
    return sum;
}

void hw_wrote(int fd, const struct iovec *parts, size_t count, ssize_t result, uintptr_t caller) {
    struct hw_row *row = hw_connection(fd);
    if (row == NULL) return;
    if (HW_RARELY(result < 0)) {
        // The list of buffers itself may be what is not there.
        if (errno == EFAULT) {
            struct hw_finding finding = {.kind = hw_bad_pointer, .fd = fd, .change_offset = ~0ull};
            if (remainders != NULL && remainders[fd].left != 0) hw_rest_tell(fd, &finding);
            hw_publish(&finding, caller);
        }
        if (errno == EAGAIN) {
            uint64_t offered = sum(parts, count);
            COUNT(would_block, 1);
            row->would_block++;
            if (offered > row->held_bytes) hold(row, offered);
        }
        return;
    }
    __atomic_store_n(&row->sent_bytes, row->sent_bytes + (uint64_t)result, __ATOMIC_RELAXED);
    COUNT(sent_bytes, result);
    COUNT(writes, 1);
    uint64_t offered = sum(parts, count);
    struct remainder *remainder = remainders != NULL ? &remainders[fd] : NULL;
    if (remainder != NULL && HW_RARELY(remainder->left != 0) && result > 0) compare(fd, row, remainder, parts, count, (uint64_t)result, caller);
    if (HW_RARELY((uint64_t)result < offered)) {
        COUNT(cut_writes, 1);
        row->cut_writes++;
        hold(row, offered - (uint64_t)result);
        if (remainder == NULL) return;
        // The cut lies in this buffer, or right behind it.
        uint64_t before = 0;
        size_t part = 0;
        while (part < count && before + parts[part].iov_len <= (uint64_t)result) before += parts[part++].iov_len;
        uint64_t inside = (uint64_t)result - before;
        if (inside != 0 && part < count) remember(fd, remainder, &parts[part], (size_t)inside, caller);
    } else if (HW_RARELY(row->held_bytes != 0)) {
        hold(row, remainder != NULL && remainder->left != 0 ? remainder->left - remainder->position : 0);
    }
}
