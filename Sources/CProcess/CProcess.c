#define _GNU_SOURCE
#include "CProcess.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <ucontext.h>
#include <unistd.h>

// Frames beyond add nothing to the place of the fault.
enum { frame_limit = 48 };
// The unwinder needs about 8 KiB; a page fault within a fault would hide the first.
enum { signal_stack_size = 64 * 1024 };

static int report_descriptor = -1;
// The first thread to fault reports; others wait to be ended with it.
static int has_fault;

static const int fault_signals[] = {SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE};

static void put(const char *text) {
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t count = write(report_descriptor, text, length);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text += count;
        length -= (size_t)count;
    }
}

static void put_number(uintptr_t number, unsigned base) {
    char text[24];
    char *next = text + sizeof text;
    *--next = 0;
    do {
        *--next = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    put(next);
}

// A call through a wild pointer: the unwinder knows no function there. The call left its return address,
// so the report begins at the caller, below the address itself.
static void step_out_of_nowhere(ucontext_t *context) {
#if defined(__x86_64__)
    greg_t *registers = context->uc_mcontext.gregs;
    struct dl_find_object found;
    if (_dl_find_object((void *)registers[REG_RIP], &found) == 0) return;
    put("nowhere() [0x");
    put_number((uintptr_t)registers[REG_RIP], 16);
    put("]\n");
    registers[REG_RIP] = *(greg_t *)registers[REG_RSP];
    registers[REG_RSP] += sizeof(greg_t);
#elif defined(__aarch64__)
    struct dl_find_object found;
    if (_dl_find_object((void *)context->uc_mcontext.pc, &found) == 0) return;
    put("nowhere() [0x");
    put_number((uintptr_t)context->uc_mcontext.pc, 16);
    put("]\n");
    context->uc_mcontext.pc = context->uc_mcontext.regs[30];
#else
    (void)context;
#endif
}

static void report(int signal, siginfo_t *information, void *context) {
    if (__atomic_exchange_n(&has_fault, 1, __ATOMIC_SEQ_CST)) {
        for (;;) pause();
    }
    // A fault within the report ends the process there and then.
    for (size_t i = 0; i < sizeof fault_signals / sizeof fault_signals[0]; i++) {
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(fault_signals[i], &standard, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigaddset(&none, signal);
    pthread_sigmask(SIG_UNBLOCK, &none, NULL);

    char thread[16] = "?";
    prctl(PR_GET_NAME, thread, 0, 0, 0);
    put("\nhighwater: fault ");
    put_number((uintptr_t)signal, 10);
    put(" at 0x");
    // Raised by a call, a signal has no address.
    put_number(information->si_code > 0 ? (uintptr_t)information->si_addr : 0, 16);
    put(" on ");
    put(thread);
    put("\n");
    step_out_of_nowhere(context);
    void *frames[frame_limit];
    int count = backtrace(frames, frame_limit);
    backtrace_symbols_fd(frames, count, report_descriptor);
    put("highwater: end of report\n");
    raise(signal);
    _exit(128 + signal);
}

void hw_report_faults(int descriptor) {
    report_descriptor = descriptor;
    // The first call loads the unwinder, which mallocs.
    void *frames[1];
    backtrace(frames, 1);
    hw_take_signal_stack();
    for (size_t i = 0; i < sizeof fault_signals / sizeof fault_signals[0]; i++) {
        struct sigaction action = {.sa_sigaction = report, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
        sigaction(fault_signals[i], &action, NULL);
    }
}

void *hw_take_signal_stack(void) {
    stack_t now;
    if (sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE)) return NULL;
    void *memory = mmap(NULL, signal_stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    stack_t stack = {.ss_sp = memory, .ss_size = signal_stack_size};
    sigaltstack(&stack, NULL);
    return memory;
}

void hw_give_signal_stack(void *memory) {
    if (memory == NULL) return;
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(memory, signal_stack_size);
}

int hw_die_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 0;
    return getppid() == parent ? 0 : -1;
}

void hw_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL); }

void hw_reap_orphans(pid_t group) {
    for (;;) {
        siginfo_t ended = {.si_pid = 0};
        if (waitid(P_PGID, (id_t)group, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return;
        if (ended.si_pid == 0 || ended.si_pid == group) return;
        waitpid(ended.si_pid, NULL, WNOHANG);
    }
}

int hw_end_of_child(pid_t child) {
#ifdef SYS_pidfd_open
    // Closed on exec by itself.
    return (int)syscall(SYS_pidfd_open, child, 0);
#else
    (void)child;
    return -1;
#endif
}

void hw_close_from(int first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    for (int descriptor = first; descriptor < limit; descriptor++) close(descriptor);
}

int hw_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

void hw_close_in_child(posix_spawn_file_actions_t *actions, int first) { posix_spawn_file_actions_addclosefrom_np(actions, first); }

int hw_memory_file(const char *name, size_t size) {
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -errno;
    // With its size sealed, a reader's or a writer's page cannot be taken away from it.
    if (ftruncate(file, (off_t)size) == 0 && fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) return file;
    int error = errno;
    close(file);
    return -error;
}

int hw_has_capabilities(const char *path) { return getxattr(path, "security.capability", NULL, 0) > 0; }

void hw_leave_no_core(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}
