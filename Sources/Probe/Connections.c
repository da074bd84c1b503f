// The connections that this process accepted, by descriptor: a row of the segment each.
#include "Probe.h"
#include <netinet/in.h>

// Descriptors of connections that the parent accepted before it forked, and that are not closed here.
static uint8_t inherited[hw_row_limit / 8];
bool hw_has_inherited;

static bool take_inherited(int fd) {
    uint8_t bit = (uint8_t)(1u << (fd & 7));
    return (__atomic_fetch_and(&inherited[fd >> 3], (uint8_t)~bit, __ATOMIC_RELAXED) & bit) != 0;
}

static void extend(int fd) {
    uint32_t end = __atomic_load_n(&hw_self.process->head.row_end, __ATOMIC_RELAXED);
    while (end < (uint32_t)fd + 1
           && !__atomic_compare_exchange_n(&hw_self.process->head.row_end, &end, (uint32_t)fd + 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
}

struct hw_row *hw_adopt(int fd) {
    if (!take_inherited(fd)) return NULL;
    if (hw_self.process == NULL) hw_attach();
    if (hw_self.process == NULL) return NULL;
    struct hw_row *row = &hw_self.process->rows[fd], *old = &hw_self.parent->rows[fd];
    uint64_t generation = row->generation;
    *row = *old;
    row->generation = generation;
    extend(fd);
    __atomic_store_n(&row->generation, generation | 1, __ATOMIC_RELEASE);
    return row;
}

void hw_inherit_connections(void) {
    struct hw_process *parent = hw_self.parent;
    hw_has_inherited = false;
    memset(inherited, 0, sizeof inherited);
    for (uint32_t fd = 0; fd < parent->head.row_end && fd < hw_row_limit; fd++) {
        if (!(parent->rows[fd].generation & 1)) continue;
        inherited[fd >> 3] |= (uint8_t)(1u << (fd & 7));
        hw_has_inherited = true;
    }
}

// A child of vfork shares this memory but not the descriptors; a child that was cloned past fork's
// handlers has a slot to take first.
static bool is_this_process(void) { return hw_self.is_sandboxed || (pid_t)KERNEL(SYS_getpid, 0, 0, 0, 0) == hw_self.pid; }

static void accepted(int fd, const struct sockaddr *address, socklen_t room, const socklen_t *length) {
    if (hw_self.segment == NULL) return;
    if (hw_self.process == NULL) hw_attach();
    struct hw_process *process = hw_self.process;
    if (process == NULL || !is_this_process()) return;
    // The program's copy may be cut to the room it gave; then the kernel is asked.
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    if (address != NULL && length != NULL && *length <= room && *length <= sizeof peer) memcpy(&peer, address, *length);
    else if (!hw_self.is_sandboxed) KERNEL(SYS_getpeername, fd, &peer, &size, 0);
    bool is_network = hw_self.is_sandboxed || peer.ss_family == AF_INET || peer.ss_family == AF_INET6;
    if (is_network && !hw_self.is_sandboxed && hw_self.segment->head.send_buffer != 0) {
        int bytes = (int)hw_self.segment->head.send_buffer;
        hw_kernel(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDBUF, (long)&bytes, sizeof bytes, 0);
    }
    if (is_network) COUNT(accepted, 1);
    else COUNT(accepted_local, 1);
    if ((unsigned)fd >= hw_row_limit) {
        COUNT(beyond, 1);
        return;
    }
    struct hw_row *row = &process->rows[fd];
    // Closed out of our sight, by stdio or the kernel.
    if (row->generation & 1) hw_closed(fd);
    take_inherited(fd);
    uint64_t generation = row->generation;
    memset(row, 0, sizeof *row);
    row->generation = generation;
    row->opened = hw_now();
    row->tid = (uint32_t)(hw_thread.counters != NULL ? hw_thread.counters->tid : 0);
    row->is_local = !is_network;
    memcpy(row->peer, &peer, is_network ? sizeof row->peer : sizeof peer.ss_family);
    extend(fd);
    __atomic_store_n(&row->generation, generation + 1, __ATOMIC_RELEASE);
}

void hw_closed(int fd) {
    if ((unsigned)fd >= hw_row_limit) return;
    if (HW_RARELY(hw_has_inherited)) take_inherited(fd);
    struct hw_process *process = hw_self.process;
    if (process == NULL || !(process->rows[fd].generation & 1) || !is_this_process()) return;
    hw_forget_remainder(fd);
    process->rows[fd].held_bytes = process->rows[fd].held_since = 0;
    __atomic_store_n(&process->rows[fd].generation, process->rows[fd].generation + 1, __ATOMIC_RELEASE);
    if (process->rows[fd].is_local) COUNT(closed_local, 1);
    else COUNT(closed, 1);
}

static void closed_range(unsigned first, unsigned last) {
    struct hw_process *process = hw_self.process;
    unsigned end = hw_has_inherited ? hw_row_limit : process != NULL ? process->head.row_end : 0;
    for (unsigned fd = first; fd < end && fd <= last; fd++) hw_closed((int)fd);
}

void hw_peer_of(int fd, uint8_t peer[28]) {
    struct hw_row *row = hw_connection(fd);
    if (row != NULL) memcpy(peer, row->peer, sizeof row->peer);
}

#define ACCEPT(name, parameters, arguments) \
    HW_EXPORT int name parameters { \
        socklen_t room = address != NULL && length != NULL ? *length : 0; \
        int fd = NEXT(name) arguments; \
        if (fd >= 0) HW_UNNOTICED(accepted(fd, address, room, length)); \
        return fd; \
    }
ACCEPT(accept, (int listener, struct sockaddr *address, socklen_t *length), (listener, address, length))
ACCEPT(accept4, (int listener, struct sockaddr *address, socklen_t *length, int flags), (listener, address, length, flags))

// Closed first here, then for the kernel: another thread may be given the number at once.
#define CLOSE(work, call) { HW_UNNOTICED(work); return call; }
HW_EXPORT int close(int fd) CLOSE(hw_closed(fd), NEXT(close)(fd))
HW_EXPORT int fclose(FILE *file) CLOSE(hw_closed(fileno_unlocked(file)), NEXT(fclose)(file))
HW_EXPORT int dup2(int old, int fd) CLOSE(if (old != fd) hw_closed(fd), NEXT(dup2)(old, fd))
HW_EXPORT int dup3(int old, int fd, int flags) CLOSE(if (old != fd) hw_closed(fd), NEXT(dup3)(old, fd, flags))
// 4: CLOSE_RANGE_CLOEXEC, which closes nothing yet.
HW_EXPORT int close_range(unsigned first, unsigned last, int flags) CLOSE(if (!(flags & 4)) closed_range(first, last), NEXT(close_range)(first, last, flags))
HW_EXPORT void closefrom(int first) CLOSE(closed_range(first < 0 ? 0 : (unsigned)first, ~0u), NEXT(closefrom)(first))

// libuv closes with syscall(SYS_close), and is not alone. Calls of no interest pass on in a jump.
HW_EXPORT long hw_wrapped_syscall(long number, long a, long b, long c, long d, long e, long f) __asm__("syscall");
long hw_wrapped_syscall(long number, long a, long b, long c, long d, long e, long f) {
    typedef long call(long, long, long, long, long, long, long);
    call *next = (call *)NEXT(syscall);
    if (number == SYS_close) HW_UNNOTICED(hw_closed((int)a));
    else if (number == SYS_close_range && !(c & 4)) HW_UNNOTICED(closed_range((unsigned)a, (unsigned)b));
    else if (number == SYS_seccomp) hw_enter_sandbox();
    else if (number == SYS_accept4 || number == SYS_accept) {
        socklen_t *length = (socklen_t *)c, room = b != 0 && length != NULL ? *length : 0;
        long fd = next(number, a, b, c, d, e, f);
        if (fd >= 0) HW_UNNOTICED(accepted((int)fd, (struct sockaddr *)b, room, length));
        return fd;
    }
    return next(number, a, b, c, d, e, f);
}
