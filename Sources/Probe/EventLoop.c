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
    uint64_t interval = __atomic_load_n(&hw_self.segment->head.interval, __ATOMIC_RELAXED);
    if (interval != counters->turn_interval) {
        counters->turn_longest_in_last = interval == counters->turn_interval + 1 ? counters->turn_longest_in_interval : 0;
        counters->turn_longest_in_interval = 0;
        counters->turn_interval = interval;
    }
    if (length > counters->turn_longest_in_interval) counters->turn_longest_in_interval = length;
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
