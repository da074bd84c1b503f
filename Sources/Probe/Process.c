// This process's place in the segment: at its start, after fork and after exec.
#include "Probe.h"
#include <sys/stat.h>

struct hw_self hw_self;
__thread struct hw_thread hw_thread __attribute__((tls_model("initial-exec")));

// Counts of a process without a slot; what it counted before it took one goes with it.
static struct hw_counters unattached;

// Where the segment is, as long as the process lives that made it.
static char segment_path[64];

// The descriptor lives for three calls: a server may count its descriptors, or close all.
static struct hw_segment *open_segment(void) {
    const char *path = getenv(HW_SEGMENT_VARIABLE);
    if (path == NULL || strlen(path) >= sizeof segment_path) return NULL;
    strcpy(segment_path, path);
    int file = (int)KERNEL(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    if (file < 0) return NULL;
    struct stat status;
    struct hw_segment *segment = NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == sizeof *segment) segment = hw_map(NULL, sizeof *segment, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    KERNEL(SYS_close, file, 0, 0, 0);
    if (segment == NULL) return NULL;
    KERNEL(SYS_madvise, segment, sizeof *segment, MADV_DONTDUMP, 0);
    const struct hw_segment_head *head = &segment->head;
    if (head->magic == HW_SEGMENT_MAGIC && head->version == hw_segment_version && head->size_of_process == sizeof(struct hw_process)) return segment;
    KERNEL(SYS_munmap, segment, sizeof *segment, 0, 0);
    return NULL;
}

// Without the one that started it, this process would be left running unnoticed. It is killed, since it may be beyond
// obeying; one that has forked is asked, so that it can take its children with it.
static void end_with_parent(int signal) {
    if (!(hw_self.options & hw_option_end_with_parent) || hw_self.segment->head.root != hw_self.pid || hw_self.is_sandboxed) return;
    KERNEL(SYS_prctl, PR_SET_PDEATHSIG, signal, 0, 0);
    // It may have ended before.
    if (getppid() != hw_self.segment->head.maker) KERNEL(SYS_kill, hw_self.pid, signal, 0, 0);
}

// The one that started the server has ended, and perhaps waits to be reaped: then its files are gone. Without /proc, as in
// a root of its own, no file can be found.
static bool has_maker_ended(void) {
    if (KERNEL(SYS_kill, hw_self.segment->head.maker, 0, 0, 0) == -ESRCH) return true;
    return KERNEL(SYS_faccessat, AT_FDCWD, segment_path, F_OK, 0) == -ENOENT && KERNEL(SYS_faccessat, AT_FDCWD, "/proc/self", F_OK, 0) == 0;
}

static void parent_ended(int signal) {
    (void)signal;
    int error = errno;
    if (!hw_self.is_sandboxed && has_maker_ended()) KERNEL(SYS_kill, hw_self.pid, SIGKILL, 0, 0);
    errno = error;
}

// A process that the server has forked would outlive it. The kernel tells of its parent's end by a signal that is
// otherwise ignored: it ends too when the one that started the server is gone, and goes on after any other end.
static void end_with_server(pid_t parent) {
    struct sigaction now, ours = {.sa_handler = parent_ended, .sa_flags = SA_RESTART};
    if (!(hw_self.options & hw_option_end_with_parent) || hw_self.is_sandboxed) return;
    // A child of a child has the handler already, and the kernel has forgotten what to send.
    if (NEXT(sigaction)(SIGURG, NULL, &now) != 0 || (now.sa_handler != SIG_DFL && now.sa_handler != parent_ended)) return;
    NEXT(sigaction)(SIGURG, &ours, NULL);
    KERNEL(SYS_prctl, PR_SET_PDEATHSIG, SIGURG, 0, 0);
    // The parent may have ended before.
    if (getppid() != parent) parent_ended(SIGURG);
}

static void before_fork(void) {
    end_with_parent(SIGTERM);
    hw_ledger_before_fork();
}

static void after_fork_in_parent(void) { hw_ledger_after_fork(false); }
static void after_fork_in_child(void) {
    pid_t parent = hw_self.pid;
    hw_ledger_after_fork(true);
    hw_note_fork();
    end_with_server(parent);
}

__attribute__((constructor)) static void begin(void) {
    int error = errno;
    hw_find_next();
    hw_self.pid = (pid_t)KERNEL(SYS_getpid, 0, 0, 0, 0);
    hw_self.segment = open_segment();
    if (hw_self.segment != NULL) {
        hw_self.options = hw_self.segment->head.options;
        // Asked once: a container may forbid it.
        int sample = 1, copy = 0;
        hw_self.is_sandboxed = hw_self.segment->head.has_sandbox != 0;
        hw_self.can_look = !hw_self.is_sandboxed;
        hw_self.can_look = hw_look(&copy, &sample, sizeof sample) == 0;
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
        int32_t none = 0;
        __atomic_compare_exchange_n(&hw_self.segment->head.root, &none, hw_self.pid, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        // The process that was started, whatever it executes. Others take a slot when they serve.
        if (hw_self.segment->head.root == hw_self.pid) {
            end_with_parent(SIGKILL);
            hw_attach();
        } else end_with_server(getppid());
        if (hw_self.options & hw_option_only_this) {
            unsetenv("LD_PRELOAD");
            unsetenv(HW_SEGMENT_VARIABLE);
        }
    }
    errno = error;
}

// The slot that this process had before it executed another program, or a fresh one.
static struct hw_process *slot(void) {
    struct hw_segment *segment = hw_self.segment;
    uint32_t count = __atomic_load_n(&segment->head.process_count, __ATOMIC_ACQUIRE);
    if (count > hw_process_limit) count = hw_process_limit;
    for (uint32_t i = 0; i < count; i++) {
        struct hw_process *process = &segment->processes[i];
        if (process->head.pid != hw_self.pid) continue;
        // Its descriptors and requests are unknown to the program that runs now.
        for (uint32_t row = 0; row < process->head.row_end && row < hw_row_limit; row++) {
            if (process->rows[row].generation & 1) process->rows[row].generation++;
        }
        for (uint32_t row = 0; row < process->head.pending_end && row < hw_pending_limit; row++) process->pending[row].request = 0;
        return process;
    }
    uint32_t index = __atomic_fetch_add(&segment->head.process_count, 1, __ATOMIC_ACQ_REL);
    if (index < hw_process_limit) return &segment->processes[index];
    __atomic_fetch_add(&segment->head.missed_processes, 1, __ATOMIC_RELAXED);
    return NULL;
}

void hw_attach(void) {
    static bool has_tried;
    static pid_t tried_by;
    if (hw_self.segment == NULL || hw_self.process != NULL) return;
    if (__atomic_exchange_n(&has_tried, true, __ATOMIC_ACQ_REL) && tried_by == hw_self.pid) return;
    tried_by = hw_self.pid;
    int error = errno;
    struct hw_process *process = slot();
    if (process != NULL) {
        hw_stack((uint64_t[2]){0}, 2, 0);
        hw_reserve_remainders();
        process->head.parent = getppid();
        process->head.started = hw_now();
        process->head.thread_count = process->head.has_shared_block = process->head.module_count = 0;
        process->head.flags = (hw_is_heap_known() ? hw_knows_heap : 0) | (hw_self.can_look ? hw_can_look : 0);
        KERNEL(SYS_prctl, PR_GET_NAME, process->head.name, 0, 0);
        struct hw_counters *shared = &process->threads[hw_thread_limit];
        uint64_t *to = (uint64_t *)shared, *from = (uint64_t *)&unattached;
        for (size_t i = 1; i < sizeof *shared / sizeof *to; i++) __atomic_fetch_add(&to[i], from[i], __ATOMIC_RELAXED);
        process->head.has_shared_block = 1;
        __atomic_store_n(&process->head.pid, hw_self.pid, __ATOMIC_RELEASE);
        __atomic_store_n(&hw_self.process, process, __ATOMIC_RELEASE);
        if (hw_self.parent == NULL && (hw_self.options & hw_option_detour)) hw_set_detour();
        hw_watch_faults();
        hw_note_modules();
    }
    errno = error;
}

void hw_note_fork(void) {
    struct hw_process *parent = hw_self.process;
    memset(&unattached, 0, sizeof unattached);
    // The child frees what its parent allocated: its heap begins with the parent's.
    for (uint32_t i = 0; parent != NULL && i <= hw_thread_limit; i++) {
        unattached.mallocs += parent->threads[i].mallocs;
        unattached.frees += parent->threads[i].frees;
        unattached.allocated_bytes += parent->threads[i].allocated_bytes;
        unattached.freed_bytes += parent->threads[i].freed_bytes;
    }
    if (parent != NULL) {
        hw_self.parent = parent;
        hw_inherit_connections();
    }
    hw_self.process = NULL;
    hw_self.pid = (pid_t)KERNEL(SYS_getpid, 0, 0, 0, 0);
    memset(&hw_thread, 0, sizeof hw_thread);
}

struct hw_counters *hw_take_counters(void) {
    struct hw_process *process = hw_self.process;
    hw_thread.is_shared = true;
    if (process == NULL) return &unattached;
    uint32_t index = __atomic_fetch_add(&process->head.thread_count, 1, __ATOMIC_RELAXED);
    if (index < hw_thread_limit) {
        hw_thread.is_shared = false;
        if (!hw_self.is_sandboxed) process->threads[index].tid = (uint64_t)KERNEL(SYS_gettid, 0, 0, 0, 0);
    }
    return hw_thread.counters = &process->threads[index < hw_thread_limit ? index : hw_thread_limit];
}

void hw_set_flag(uint32_t flag) {
    struct hw_process *process = hw_self.process;
    if (process != NULL && !(process->head.flags & flag)) __atomic_fetch_or(&process->head.flags, flag, __ATOMIC_RELAXED);
}
