// write and its kin: bytes that a connection sent, was not able to send, and goes on with.
#include "Probe.h"

#define WRITE(fd, parts, count, call) \
    ssize_t result = call; \
    int error = errno; \
    hw_wrote(fd, parts, count, result, HW_CALLER()); \
    errno = error; \
    return result;

#define WRITE_BUFFER(fd, bytes, size, call) \
    struct iovec part = {(void *)bytes, size}; \
    WRITE(fd, &part, 1, call)

HW_EXPORT ssize_t write(int fd, const void *bytes, size_t size) { WRITE_BUFFER(fd, bytes, size, NEXT(write)(fd, bytes, size)) }
HW_EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) { WRITE(fd, parts, (size_t)count, NEXT(writev)(fd, parts, count)) }
HW_EXPORT ssize_t send(int fd, const void *bytes, size_t size, int flags) { WRITE_BUFFER(fd, bytes, size, NEXT(send)(fd, bytes, size, flags)) }
HW_EXPORT ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *address, socklen_t length) {
    WRITE_BUFFER(fd, bytes, size, NEXT(sendto)(fd, bytes, size, flags, address, length))
}
HW_EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    // A message that is not there has no buffers to speak of.
    WRITE(fd, result < 0 && error == EFAULT ? NULL : message->msg_iov, result < 0 && error == EFAULT ? 0 : message->msg_iovlen, NEXT(sendmsg)(fd, message, flags))
}

// The bytes come from a file: they count, and what was left in memory is not compared with them.
static void sent_file(int fd, ssize_t result) {
    struct hw_row *row = hw_connection(fd);
    if (row == NULL) return;
    if (result < 0 && errno == EAGAIN) {
        COUNT(would_block, 1);
        row->would_block++;
    }
    if (result <= 0) return;
    hw_forget_remainder(fd);
    row->held_bytes = row->held_since = 0;
    __atomic_store_n(&row->sent_bytes, row->sent_bytes + (uint64_t)result, __ATOMIC_RELAXED);
    COUNT(sent_bytes, result);
    COUNT(writes, 1);
}

#define SEND_FILE(name, offset_type) \
    HW_EXPORT ssize_t name(int fd, int file, offset_type *offset, size_t count) { \
        ssize_t result = NEXT(name)(fd, file, offset, count); \
        int error = errno; \
        sent_file(fd, result); \
        errno = error; \
        return result; \
    }
SEND_FILE(sendfile, off_t)
SEND_FILE(sendfile64, off64_t)
