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
static bool is_trapped(ssize_t result, const struct iovec *parts, size_t count, uintptr_t caller) {
    if (result >= 0 || errno != EFAULT || !(hw_self.options & hw_option_trap)) return false;
    bool is_trapped = false;
    for (size_t i = 0; i < count; i++) {
        // The list of buffers itself may be what is not there.
        struct iovec part;
        if (hw_look(&part, &parts[i], sizeof part) != 0) break;
        is_trapped |= hw_ledger_trapped(part.iov_base, part.iov_len, caller);
    }
    return is_trapped;
}

static bool is_message_trapped(ssize_t result, const struct msghdr *message, uintptr_t caller) {
    struct msghdr copy;
    return hw_look(&copy, message, sizeof copy) == 0 && is_trapped(result, copy.msg_iov, copy.msg_iovlen, caller);
}

#define READ(fd, trapped, call) \
    ssize_t result = call; \
    if (HW_RARELY(result < 0 && errno == EFAULT && (trapped))) result = call; \
    int error = errno; \
    received(fd, result); \
    errno = error; \
    return result;

#define READ_BUFFER(fd, bytes, size, call) \
    struct iovec part = {bytes, size}; \
    READ(fd, is_trapped(result, &part, 1, HW_CALLER()), call)

HW_EXPORT ssize_t read(int fd, void *bytes, size_t size) { READ_BUFFER(fd, bytes, size, NEXT(read)(fd, bytes, size)) }
HW_EXPORT ssize_t readv(int fd, const struct iovec *parts, int count) {
    READ(fd, is_trapped(result, parts, (size_t)count, HW_CALLER()), NEXT(readv)(fd, parts, count))
}
HW_EXPORT ssize_t recv(int fd, void *bytes, size_t size, int flags) { READ_BUFFER(fd, bytes, size, NEXT(recv)(fd, bytes, size, flags)) }
HW_EXPORT ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *address, socklen_t *length) {
    READ_BUFFER(fd, bytes, size, NEXT(recvfrom)(fd, bytes, size, flags, address, length))
}
HW_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    READ(fd, is_message_trapped(result, message, HW_CALLER()), NEXT(recvmsg)(fd, message, flags))
}

// What the three above are called in programs that were built with _FORTIFY_SOURCE.
HW_EXPORT ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room) { READ_BUFFER(fd, bytes, size, NEXT(__read_chk)(fd, bytes, size, room)) }
HW_EXPORT ssize_t __recv_chk(int fd, void *bytes, size_t size, size_t room, int flags) {
    READ_BUFFER(fd, bytes, size, NEXT(__recv_chk)(fd, bytes, size, room, flags))
}
HW_EXPORT ssize_t __recvfrom_chk(int fd, void *bytes, size_t size, size_t room, int flags, struct sockaddr *address, socklen_t *length) {
    READ_BUFFER(fd, bytes, size, NEXT(__recvfrom_chk)(fd, bytes, size, room, flags, address, length))
}
