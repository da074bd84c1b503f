// The fence around libuv and the socket calls that go with it.
//
// Only calls that Swift cannot express: macros with casts, unions, `int` out-parameters, functions that no module has.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <net/if.h>
#include <netdb.h>

/* GNU's, behind a macro: the name is there and has no address of the kind. */
#ifdef EAI_NODATA
static const int hw_eai_nodata = EAI_NODATA;
#else
static const int hw_eai_nodata = -5;
#endif
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

// A TCP socket bound to `address` that shares its port with others of this process
// (SO_REUSEPORT): libuv 1.44 has no flag for it. Returns the descriptor or -errno.
static inline int hw_bound_socket(const struct sockaddr *address, int shares_port) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    int on = 1;
    socklen_t length = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || (shares_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        || bind(fd, address, length) != 0) {
        int code = errno;
        close(fd);
        return -code;
    }
    return fd;
}

// A Unix socket bound to `address`, with these permissions: Linux gives the file those of the socket. Returns the
// descriptor or -errno.
static inline int hw_bound_unix_socket(const struct sockaddr *address, unsigned mode) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    if (fchmod(fd, mode) != 0 || bind(fd, address, sizeof(struct sockaddr_un)) != 0) {
        int code = errno;
        close(fd);
        return -code;
    }
    return fd;
}

// A connection to a Unix socket: the kernel makes it at once, or not at all. Returns the descriptor or -errno.
static inline int hw_connected_unix_socket(const struct sockaddr *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    if (connect(fd, address, sizeof(struct sockaddr_un)) != 0) {
        int code = errno;
        close(fd);
        return -code;
    }
    return fd;
}

// Has the port of a bound socket shared with those bound to it later, with SO_REUSEPORT. Returns 0 or -errno.
static inline int hw_share_port(int fd) {
    int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 ? 0 : -errno;
}

// listen(2). Returns 0 or -errno.
static inline int hw_listen(int fd, int backlog) { return listen(fd, backlog) == 0 ? 0 : -errno; }

// The next connection of a listening socket, or -errno.
static inline int hw_accept(int fd) {
    int connected = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return connected >= 0 ? connected : -errno;
}

// Another descriptor of the same socket, or -errno.
static inline int hw_duplicate(int fd) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy >= 0 ? copy : -errno;
}

// A descriptor that is good for nothing but to be given back when one is needed; -1 when there is none.
static inline int hw_spare_descriptor(void) { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

// close(2), which names of our own would hide; -1 is no descriptor.
static inline void hw_close(int fd) {
    if (fd >= 0) close(fd);
}

// SO_SNDBUF of a libuv socket. Returns 0 or -errno.
static inline int hw_set_send_buffer(uv_tcp_t *handle, int byte_count) {
    uv_os_fd_t fd;
    int code = uv_fileno((const uv_handle_t *)handle, &fd);
    if (code != 0) return code;
    return setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &byte_count, sizeof byte_count) == 0 ? 0 : -errno;
}

// Opens a socket for `address` with this SO_RCVBUF, which has to be set before connecting: the
// window scale is agreed on then (tcp(7)). Returns 0 or -errno.
static inline int hw_open_with_receive_buffer(uv_tcp_t *handle, const struct sockaddr *address, int byte_count) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &byte_count, sizeof byte_count);
    int code = uv_tcp_open(handle, fd);
    if (code != 0) close(fd);
    return code;
}

// The name that `top -H` shows for the calling thread; at most 15 bytes.
static inline void hw_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Writing to a peer that is gone becomes EPIPE for the calling thread, not a signal.
static inline void hw_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

// Idle memory of malloc's heaps goes back to the system, where the C library can do that.
static inline void hw_return_idle_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

// CPU time of the calling thread, nanoseconds (CLOCK_THREAD_CPUTIME_ID).
static inline uint64_t hw_thread_cpu_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// A timer of the monotonic clock as a descriptor, which is readable once its time has come. Or -errno.
static inline int hw_timer_open(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

// Sets the timer to this time of the monotonic clock, 0 for never. The descriptor is not readable until then.
static inline void hw_timer_set(int fd, uint64_t nanoseconds) {
    struct itimerspec time = {.it_value = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)}};
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &time, NULL);
}
