// Waits of epoll: how many sockets were ready, and how long the thread then took until it waited again.
#include "Probe.h"

static void began_to_wait(uint64_t now) {
    struct hw_counters *counters = hw_thread.counters;
    if (counters == NULL || hw_thread.is_shared || counters->turn_began == 0) return;
    uint64_t length = now - counters->turn_began, second = now >> 30;
    hw_add(&counters->turn_total, length);
    if (length > counters->turn_longest) counters->turn_longest = length;
    if (second != counters->turn_second) {
        counters->turn_longest_before = second == counters->turn_second + 1 ? counters->turn_longest_now : 0;
        counters->turn_longest_now = 0;
        counters->turn_second = second;
    }
    if (length > counters->turn_longest_now) counters->turn_longest_now = length;
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
    __atomic_store_n(&counters->turn_began, hw_now(), __ATOMIC_RELAXED);
}

// A process that waits for events serves: it takes its slot, if it has none.
#define WAIT(room, call) \
    int error = errno; \
    if (hw_self.segment == NULL) return call; \
    if (HW_RARELY(hw_self.process == NULL)) hw_attach(); \
    began_to_wait(hw_now()); \
    hw_ledger_check_some(HW_CALLER()); \
    errno = error; \
    int ready = call; \
    error = errno; \
    woke(ready, room); \
    errno = error; \
    return ready;

HW_EXPORT int epoll_wait(int poll, struct epoll_event *events, int room, int timeout) {
    WAIT(room, NEXT(epoll_wait)(poll, events, room, timeout))
}
HW_EXPORT int epoll_pwait(int poll, struct epoll_event *events, int room, int timeout, const sigset_t *signals) {
    WAIT(room, NEXT(epoll_pwait)(poll, events, room, timeout, signals))
}
HW_EXPORT int epoll_pwait2(int poll, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *signals) {
    WAIT(room, NEXT(epoll_pwait2)(poll, events, room, timeout, signals))
}
