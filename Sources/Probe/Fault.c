// The end of the process: where it was, and what was pending. The probe's handler stays first; the
// program's own, whenever it sets one, is handed each fault as the kernel would have given it.
#include "Probe.h"
#include <ucontext.h>

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
enum { signal_count = sizeof fault_signals / sizeof fault_signals[0] };
// What the program wants to be done.
static struct sigaction wanted[signal_count];
static bool is_watching;

static int index_of(int signal) {
    for (int i = 0; i < signal_count; i++) if (fault_signals[i] == signal) return i;
    return -1;
}

static uintptr_t *program_counter(ucontext_t *context, uintptr_t *stack) {
#if defined(__x86_64__)
    *stack = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
    return (uintptr_t *)&context->uc_mcontext.gregs[REG_RIP];
#else
    *stack = 0;
    return (uintptr_t *)&context->uc_mcontext.pc;
#endif
}

static void record(int signal, siginfo_t *information, ucontext_t *context) {
    struct hw_process *process = hw_self.process;
    if (process == NULL) return;
    struct hw_fault *fault = &process->fault;
    uintptr_t stack, *counter = program_counter(context, &stack);
    fault->signal = (uint32_t)signal;
    fault->code = information->si_code;
    fault->address = information->si_code > 0 ? (uintptr_t)information->si_addr : 0;
    fault->tid = hw_thread.counters != NULL ? (int32_t)hw_thread.counters->tid : 0;
    fault->time = hw_now();
    if (!hw_self.is_sandboxed) KERNEL(SYS_prctl, PR_GET_NAME, fault->thread, 0, 0);
    fault->frames[0] = *counter;
    fault->frame_count = 1;
    __atomic_store_n(&fault->count, fault->count + 1, __ATOMIC_RELEASE);
    // A runtime that makes its exceptions from faults has many: those beyond have a place, and no stack.
    if (fault->count > 16) return;
    hw_note_modules();
    hw_ledger_check_all();
    // A call through a pointer that led nowhere left its return address on the stack; the unwinder knows no such place.
    uint8_t code;
    uintptr_t back = 0;
    if (hw_look(&code, (void *)*counter, 1) < 0 && stack != 0 && hw_look(&back, (void *)stack, sizeof back) == 0) {
        fault->frames[1] = back;
        fault->frame_count = 2;
    }
    uint64_t frames[hw_frame_limit];
    uint32_t count = hw_stack(frames, hw_frame_limit, *counter);
    if (count > 1) {
        memcpy(fault->frames, frames, count * sizeof frames[0]);
        fault->frame_count = count;
    }
    hw_note_modules();
}

static void handle(int signal, siginfo_t *information, void *context) {
    int error = errno;
    uintptr_t stack, place = *program_counter(context, &stack);
    if (signal == SIGSEGV && information->si_code == SEGV_ACCERR && (hw_self.options & hw_option_trap)
        && hw_ledger_trapped(information->si_addr, 1, place)) {
        errno = error;
        return;
    }
    // A fault of the probe's own, while it looks: the first one is on record.
    if (!hw_thread.is_in_fault) {
        hw_thread.is_in_fault = true;
        record(signal, information, context);
        hw_thread.is_in_fault = false;
    }
    struct sigaction action = wanted[index_of(signal)];
    errno = error;
    if (action.sa_flags & SA_RESETHAND) wanted[index_of(signal)].sa_handler = SIG_DFL;
    if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) {
        if (action.sa_flags & SA_SIGINFO) action.sa_sigaction(signal, information, context);
        else action.sa_handler(signal);
        return;
    }
    struct sigaction standard = {.sa_handler = SIG_DFL};
    NEXT(sigaction)(signal, &standard, NULL);
    // The instruction faults again on return, but for those that were sent, or that have gone by.
    if (information->si_code <= 0 || signal == SIGABRT || signal == SIGTRAP) {
        KERNEL(SYS_tgkill, hw_self.pid, KERNEL(SYS_gettid, 0, 0, 0, 0), signal, 0);
    }
    errno = error;
}

// The kernel gets the program's flags and mask with the probe's handler.
static int set(int index) {
    struct sigaction action = wanted[index];
    if (action.sa_handler == SIG_IGN) return NEXT(sigaction)(fault_signals[index], &action, NULL);
    if (action.sa_handler == SIG_DFL) {
        action.sa_flags = SA_ONSTACK;
        sigemptyset(&action.sa_mask);
    }
    action.sa_flags |= SA_SIGINFO;
    action.sa_sigaction = handle;
    return NEXT(sigaction)(fault_signals[index], &action, NULL);
}

void hw_watch_faults(void) {
    if (is_watching) return;
    for (int i = 0; i < signal_count; i++) {
        if (NEXT(sigaction)(fault_signals[i], NULL, &wanted[i]) == 0) set(i);
    }
    is_watching = true;
}

static int change(int signal, const struct sigaction *action, struct sigaction *old) {
    int index = index_of(signal);
    if (!is_watching || index < 0) return NEXT(sigaction)(signal, action, old);
    struct sigaction before = wanted[index];
    int result = 0;
    if (action != NULL) {
        wanted[index] = *action;
        result = set(index);
    }
    if (old != NULL && result == 0) *old = before;
    return result;
}

HW_EXPORT int sigaction(int signal, const struct sigaction *action, struct sigaction *old) { return change(signal, action, old); }

// libc's signal calls libc's own sigaction, past the wrapper.
HW_EXPORT sighandler_t hw_wrapped_signal(int signal, sighandler_t handler) __asm__("signal");
sighandler_t hw_wrapped_signal(int signal, sighandler_t handler) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    return change(signal, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

// With traps a thread must not block SIGSEGV: the kernel would end the process for a write that is to be told.
static const sigset_t *without_trap(int how, const sigset_t *signals, sigset_t *copy) {
    if (!(hw_self.options & hw_option_trap) || signals == NULL || how == SIG_UNBLOCK) return signals;
    *copy = *signals;
    sigdelset(copy, SIGSEGV);
    return copy;
}

#define MASK(name) \
    HW_EXPORT int name(int how, const sigset_t *signals, sigset_t *old) { \
        sigset_t copy; \
        return NEXT(name)(how, without_trap(how, signals, &copy), old); \
    }
MASK(pthread_sigmask)
MASK(sigprocmask)
