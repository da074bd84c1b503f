// Waits of epoll: how many sockets were ready, and how long the thread then took until it waited again.
//
// A long turn is the program's own, or the machine's: its thread may have waited for a processor. The kernel tells how
// long, for 7 to 50 microseconds, so that is read every 20 ms at most, and when a turn was long: 0.3% of a processor at most.
// A descriptor that stayed would be cheaper; but the program may close it, count it, or take it along in a fork.
#include "Probe.h"

enum { wait_age_limit = 20 * 1000000, long_turn = 50 * 1000000 };
static const uint64_t unknown_wait = ~0ull;

static void read_waited(uint64_t now) {
    hw_thread.waited_read = now;
    hw_thread.waited = unknown_wait;
    if (hw_thread.is_wait_unknown || hw_self.is_sandboxed) return;
    // "501581 20340 2": nanoseconds on a processor, those of waiting for one, and how often it had one.
    char text[80];
    long file = KERNEL(SYS_openat, AT_FDCWD, "/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC, 0), count = file;
    if (file >= 0) {
        count = KERNEL(SYS_read, file, text, sizeof text - 1, 0);
        KERNEL(SYS_close, file, 0, 0, 0);
    }
    text[count > 0 ? count : 0] = 0;
    const char *waited = strchr(text, ' ');
    // A program that has no room for a descriptor may have some later.
    hw_thread.is_wait_unknown = waited == NULL && file != -EMFILE && file != -ENFILE;
    if (waited == NULL) return;
    hw_thread.waited = 0;
    while (*++waited >= '0' && *waited <= '9') hw_thread.waited = hw_thread.waited * 10 + (uint64_t)(*waited - '0');
}

// How long the thread waited for a processor in the turn that ends now: at most what it did since the last reading.
static uint64_t waited_in_turn(uint64_t length, uint64_t now) {
    if (length < long_turn) return 0;
    uint64_t before = hw_thread.waited;
    read_waited(now);
    if (hw_thread.waited == unknown_wait || hw_thread.waited < before) return 0;
    uint64_t waited = hw_thread.waited - before;
    return waited < length ? waited : length;
}

static void began_to_wait(uint64_t now) {
    struct hw_counters *counters = hw_thread.counters;
    if (counters == NULL || hw_thread.is_shared || counters->turn_began == 0) return;
    uint64_t length = now - counters->turn_began, second = now >> 30, waited = waited_in_turn(length, now);
    hw_add(&counters->turn_total, length);
    if (length > counters->turn_longest) {
        counters->turn_longest = length;
        counters->turn_longest_waited = waited;
    }
    if (second != counters->turn_second) {
        counters->turn_longest_before = second == counters->turn_second + 1 ? counters->turn_longest_now : 0;
        counters->turn_longest_now = 0;
        counters->turn_second = second;
    }
    if (length > counters->turn_longest_now) counters->turn_longest_now = length;
    uint64_t interval = __atomic_load_n(&hw_self.segment->head.interval, __ATOMIC_RELAXED);
    if (interval != counters->turn_interval) {
        bool is_next = interval == counters->turn_interval + 1;
        counters->turn_longest_in_last = is_next ? counters->turn_longest_in_interval : 0;
        counters->turn_waited_in_last = is_next ? counters->turn_waited_in_interval : 0;
        counters->turn_longest_in_interval = counters->turn_waited_in_interval = 0;
        counters->turn_interval = interval;
    }
    if (length > counters->turn_longest_in_interval) {
        counters->turn_longest_in_interval = length;
        counters->turn_waited_in_interval = waited;
    }
    __atomic_store_n(&counters->turn_began, 0, __ATOMIC_RELAXED);
}

static void woke(int ready, int room) {
    if (ready < 0) ready = 0;
    COUNT(waits, 1);
    COUNT(ready, ready);
    if (ready == room) COUNT(full_waits, 1);
    struct hw_counters *counters = hw_thread.counters;
    if (counters == NULL || hw_thread.is_shared) return;
    if ((uint64_t)ready > counters->ready_most) counters->ready_most = (uint64_t)ready;
    uint64_t now = hw_now();
    __atomic_store_n(&counters->turn_began, now, __ATOMIC_RELAXED);
    if (HW_RARELY(now - hw_thread.waited_read > wait_age_limit)) read_waited(now);
}

static void will_wait(uintptr_t caller) {
    // A process that waits for events serves: it takes its slot, if it has none.
    if (HW_RARELY(hw_self.process == NULL)) hw_attach();
    began_to_wait(hw_now());
    hw_ledger_check_some(caller);
}

#define WAIT(name, parameters, arguments) \
    HW_EXPORT int name parameters { \
        if (hw_self.segment == NULL) return NEXT(name) arguments; \
        HW_UNNOTICED(will_wait(HW_CALLER())); \
        int ready = NEXT(name) arguments; \
        HW_UNNOTICED(woke(ready, room)); \
        return ready; \
    }
WAIT(epoll_wait, (int poll, struct epoll_event *events, int room, int timeout), (poll, events, room, timeout))
WAIT(epoll_pwait, (int poll, struct epoll_event *events, int room, int timeout, const sigset_t *signals), (poll, events, room, timeout, signals))
WAIT(epoll_pwait2, (int poll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *signals), (poll, events, room, timeout, signals))
