// write and its kin: bytes that a connection sent, was not able to send, and goes on with.
#include "Probe.h"

#define WRITE(name, parameters, arguments, parts, count) \
    HW_EXPORT ssize_t name parameters { \
        ssize_t result = NEXT(name) arguments; \
        HW_UNNOTICED(hw_wrote(fd, parts, count, result, HW_CALLER())); \
        return result; \
    }
#define WRITE_BUFFER(name, parameters, arguments) WRITE(name, parameters, arguments, (&(struct iovec){(void *)bytes, size}), 1)
// A message that is not there has no buffers to speak of.
#define IS_THERE (result >= 0 || errno != EFAULT)

WRITE_BUFFER(write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
WRITE_BUFFER(send, (int fd, const void *bytes, size_t size, int flags), (fd, bytes, size, flags))
WRITE_BUFFER(sendto, (int fd, const void *bytes, size_t size, int flags, const struct sockaddr *address, socklen_t length), (fd, bytes, size, flags, address, length))
WRITE(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), parts, (size_t)count)
WRITE(sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), IS_THERE ? message->msg_iov : NULL, IS_THERE ? message->msg_iovlen : 0)

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
        HW_UNNOTICED(sent_file(fd, result)); \
        return result; \
    }
SEND_FILE(sendfile, off_t)
SEND_FILE(sendfile64, off64_t)
