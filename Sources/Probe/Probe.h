// What the files of the probe share. It lives in a process that is not ours: it starts no thread,
// keeps no descriptor, sends no signal, and leaves errno as the wrapped call left it. No lock is held
// across a call of the program's or of libc's.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../CSegment/CSegment.h"

// Of programs that were built with _FORTIFY_SOURCE; no header has them.
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);

#pragma GCC visibility push(hidden)

// A wrapper: the one kind of function that the program sees.
#define HW_EXPORT __attribute__((visibility("default")))
#define HW_CALLER() ((uintptr_t)__builtin_return_address(0))
#define HW_RARELY(condition) __builtin_expect(!!(condition), 0)
// Work of the probe's own: the program finds errno as its call left it.
#define HW_UNNOTICED(work) do { int error_ = errno; work; errno = error_; } while (0)

// The next definition of each wrapped function: libc's, or that of an allocator in between. (Next.c)
#define HW_WRAPPED(X) \
    X(accept) X(accept4) X(close) X(fclose) X(dup2) X(dup3) X(close_range) X(closefrom) X(syscall) X(prctl) \
    X(read) X(readv) X(recv) X(recvfrom) X(recvmsg) X(__read_chk) X(__recv_chk) X(__recvfrom_chk) \
    X(write) X(writev) X(send) X(sendto) X(sendmsg) X(sendfile) X(sendfile64) \
    X(epoll_wait) X(epoll_pwait) X(epoll_pwait2) X(sigaction) X(pthread_sigmask) X(sigprocmask) \
    X(malloc) X(calloc) X(realloc) X(free) X(memalign) X(aligned_alloc) X(posix_memalign) X(malloc_usable_size)

#define HW_MEMBER(name) __typeof__(name) *name;
extern struct hw_next { HW_WRAPPED(HW_MEMBER) } hw_next;
// Other libraries' constructors may call before ours has run.
#define NEXT(name) (HW_RARELY(hw_next.name == NULL) ? hw_find_next() : (void)0, hw_next.name)
void hw_find_next(void);

// The definition that the module of this call would have called without us. A module that was loaded
// by dlopen has its own libuv or OpenSSL, out of RTLD_NEXT's sight. (CallSites.c)
#define HW_CALLEES(X) \
    X(uv_write) X(uv_write2) X(uv_req_size) X(uv_handle_size) \
    X(SSL_do_handshake) X(SSL_accept) X(SSL_read) X(SSL_read_ex) X(SSL_in_init) X(SSL_is_server) X(SSL_session_reused)
#define HW_CALLEE(name) hw_##name,
enum hw_callee { HW_CALLEES(HW_CALLEE) };
void *hw_callee(uintptr_t call_site, enum hw_callee callee);

// This process. `process` is NULL until it takes a slot: a child of fork or exec does when it serves. (Process.c)
extern struct hw_self {
    struct hw_segment *segment;
    struct hw_process *process;
    // After fork: the slot whose descriptors this process inherited.
    struct hw_process *parent;
    pid_t pid;
    uint32_t options;
    bool can_look;
    // The program has built a sandbox since: none but its own calls of the kernel's are made.
    bool is_sandboxed;
} hw_self;
void hw_attach(void);
void hw_note_fork(void);

// This thread. In the block of static thread-local memory: an access is one instruction.
extern __thread struct hw_thread {
    struct hw_counters *counters;
    // Its block belongs to others too: additions are atomic.
    bool is_shared;
    // The probe itself is at work: what it calls is not looked at.
    bool is_busy;
    bool is_in_fault;
    // Calls of libuv's write, and of OpenSSL, that are under way: they call one another through the PLT.
    uint8_t uv_depth, tls_depth;
    uintptr_t uv_site;
    uintptr_t stack_low, stack_high;
    // How long it had waited for a processor, and when that was read. Unknown: the system does not tell, and is not asked again.
    uint64_t waited, waited_read;
    bool is_wait_unknown;
} hw_thread __attribute__((tls_model("initial-exec")));
struct hw_counters *hw_take_counters(void);
void hw_set_flag(uint32_t flag);

#define COUNT(field, number) \
    do { \
        struct hw_counters *counters_ = hw_thread.counters; \
        if (HW_RARELY(counters_ == NULL)) counters_ = hw_take_counters(); \
        hw_add(&counters_->field, (uint64_t)(number)); \
    } while (0)

static inline void hw_add(uint64_t *counter, uint64_t number) {
    if (HW_RARELY(hw_thread.is_shared)) __atomic_fetch_add(counter, number, __ATOMIC_RELAXED);
    else __atomic_store_n(counter, *counter + number, __ATOMIC_RELAXED);
}

static inline uint64_t hw_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void hw_enter_sandbox(void);

// The kernel's calls, past every wrapper, the program's own included; a negative result is -errno. (Kernel.c)
long hw_kernel(long number, long a, long b, long c, long d, long e, long f);
#define KERNEL(number, a, b, c, d) hw_kernel(number, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
// Copies memory that may not be there, without touching it. 0: copied; -1: it is not mapped; 1: unknown.
int hw_look(void *copy, const void *memory, size_t count);
// One stretch of what a write hands over. Its first bytes are those of its parts in their order.
struct hw_part { const void *bytes; size_t count; };
// The first bytes of some parts, of four of them at most, to be shown beside those that stand there later. Returns as hw_look.
int hw_keep(uint8_t bytes[hw_kept_limit], uint32_t *kept, const struct hw_part *parts, uint32_t part_count);
// NULL: there is none.
void *hw_map(const void *near, size_t size, int protection, int flags, int file);
#define HW_BLOCK 4096
// A checksum: of more than 64 KiB, of samples. Returns as hw_look.
int hw_checksum(const void *memory, size_t count, uint64_t *sum);

// Connections. (Connections.c)
extern bool hw_has_inherited;
struct hw_row *hw_adopt(int fd);

// The row of an open connection, NULL for any other descriptor.
static inline struct hw_row *hw_connection(int fd) {
    struct hw_process *process = hw_self.process;
    if (HW_RARELY((unsigned)fd >= hw_row_limit)) return NULL;
    if (process != NULL && (process->rows[fd].generation & 1)) return &process->rows[fd];
    return HW_RARELY(hw_has_inherited) ? hw_adopt(fd) : NULL;
}

void hw_closed(int fd);
void hw_inherit_connections(void);

// What was left of a write that was cut short. (Continuity.c)
void hw_wrote(int fd, const struct iovec *parts, size_t count, ssize_t result, uintptr_t caller);
void hw_forget_remainder(int fd);
void hw_reserve_remainders(void);
// Where it lies, until it went out or is forgotten: whether that memory is freed meanwhile. (Rests.c)
void hw_rest_reserve(void);
void hw_rest_begin(int fd, const void *start, uintptr_t caller);
void hw_rest_end(int fd);
// Where it was freed, and who had the memory then. false: nothing is known of it.
bool hw_rest_tell(int fd, struct hw_finding *finding);

// Pending writes of libuv, and of hw_pending_begin. (Ledger.c)
struct hw_write {
    const void *request;
    const void *callback;
    const void *stream;
    const struct hw_part *parts;
    size_t part_count;
    size_t buffer_count;
    int fd;
    bool is_direct, is_own_queue;
    uintptr_t caller;
};
bool hw_ledger_begin(const struct hw_write *write);
// After the call of libuv that took it: whether the kernel has the bytes already.
void hw_ledger_settle(const struct hw_write *write);
void hw_ledger_cancel(const void *request);
// Looks at what the write left, forgets it, and gives the program's callback. false: not in the ledger.
bool hw_ledger_end(const void *request, bool is_own_queue, const void *frame, const void **callback, uintptr_t caller);
// The writes of the stream that `write` is about to be handed over to.
void hw_ledger_check_stream(const struct hw_write *write);
void hw_ledger_check_some(uintptr_t caller);
void hw_ledger_check_all(void);
// `before`: only writes that began before this time lay in the block.
void hw_ledger_freed(const void *block, size_t size, uint64_t before, uintptr_t caller);
// The program, or the kernel for it, writes into bytes that are pending and were made read-only.
bool hw_ledger_trapped(const void *address, size_t count, uintptr_t place);
void hw_ledger_before_fork(void);
void hw_ledger_after_fork(bool is_child);
extern uint32_t hw_pending_count;
// A call libuv must recognise as its own callback, in a request's fields. (Libuv.c)
extern const void *const hw_uv_callback;
void hw_uv_fields(const void *request, struct hw_request_fields *fields);
size_t hw_uv_request_size(void);
// For a libuv within the program. (Detour.c)
void hw_set_detour(void);

// Evidence. (Findings.c)
uint32_t hw_stack(uint64_t *frames, uint32_t limit, uintptr_t caller);
void hw_publish(struct hw_finding *finding, uintptr_t caller);
// Shows the first byte of these parts that is not as it was kept, and those behind it. Returns its place; `count`: there is
// none; -1: the memory is not there.
int64_t hw_show_difference(struct hw_finding *finding, const uint8_t *kept, uint32_t count, const struct hw_part *parts, uint32_t part_count);
void hw_note_modules(void);
void hw_peer_of(int fd, uint8_t peer[28]);

// malloc and free are the probe's for all of the process: the program, and its libraries, have no others. (Malloc.c)
bool hw_is_heap_known(void);

// Faults. (Fault.c)
void hw_watch_faults(void);

#pragma GCC visibility pop
