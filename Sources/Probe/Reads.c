// read and its kin: bytes that a connection received.
#include "Probe.h"

static void received(int fd, ssize_t result) {
    if (result <= 0) return;
    struct hw_row *row = hw_connection(fd);
    if (row == NULL) return;
    __atomic_store_n(&row->received_bytes, row->received_bytes + (uint64_t)result, __ATOMIC_RELAXED);
    COUNT(received_bytes, result);
    COUNT(reads, 1);
}

// The kernel was to write into bytes that are pending, and that --trap made read-only: evidence, and a second try.
static bool is_trapped(const struct iovec *parts, size_t count, uintptr_t caller) {
    if (!(hw_self.options & hw_option_trap)) return false;
    bool is_trapped = false;
    for (size_t i = 0; i < count; i++) {
        // The list of buffers itself may be what is not there.
        struct iovec part;
        if (hw_look(&part, &parts[i], sizeof part) != 0) break;
        is_trapped |= hw_ledger_trapped(part.iov_base, part.iov_len, caller);
    }
    return is_trapped;
}

static bool is_message_trapped(const struct msghdr *message, uintptr_t caller) {
    struct msghdr copy;
    return hw_look(&copy, message, sizeof copy) == 0 && is_trapped(copy.msg_iov, copy.msg_iovlen, caller);
}

#define READ(name, parameters, arguments, trapped) \
    HW_EXPORT ssize_t name parameters { \
        ssize_t result = NEXT(name) arguments; \
        if (HW_RARELY(result < 0 && errno == EFAULT && (trapped))) result = NEXT(name) arguments; \
        HW_UNNOTICED(received(fd, result)); \
        return result; \
    }
#define READ_BUFFER(name, parameters, arguments) READ(name, parameters, arguments, is_trapped(&(struct iovec){bytes, size}, 1, HW_CALLER()))

READ_BUFFER(read, (int fd, void *bytes, size_t size), (fd, bytes, size))
READ_BUFFER(recv, (int fd, void *bytes, size_t size, int flags), (fd, bytes, size, flags))
READ_BUFFER(recvfrom, (int fd, void *bytes, size_t size, int flags, struct sockaddr *address, socklen_t *length), (fd, bytes, size, flags, address, length))
READ(readv, (int fd, const struct iovec *parts, int count), (fd, parts, count), is_trapped(parts, (size_t)count, HW_CALLER()))
READ(recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags), is_message_trapped(message, HW_CALLER()))

// What the first three are called in programs that were built with _FORTIFY_SOURCE.
READ_BUFFER(__read_chk, (int fd, void *bytes, size_t size, size_t room), (fd, bytes, size, room))
READ_BUFFER(__recv_chk, (int fd, void *bytes, size_t size, size_t room, int flags), (fd, bytes, size, room, flags))
READ_BUFFER(__recvfrom_chk, (int fd, void *bytes, size_t size, size_t room, int flags, struct sockaddr *address, socklen_t *length), (fd, bytes, size, room, flags, address, length))
