// A machine that sleeps: LD_PRELOAD it. A second after the first look at a clock, those that go on while the machine is
// suspended are an hour ahead; CLOCK_MONOTONIC, which the kernel stops then, goes on as it was.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    static struct timespec first;
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    if (!first.tv_sec) first = now;
    long code = syscall(SYS_clock_gettime, clock, time);
    int slept = (now.tv_sec - first.tv_sec) * 1000 + (now.tv_nsec - first.tv_nsec) / 1000000 >= 1000;
    if (code == 0 && slept && (clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME)) time->tv_sec += 3600;
    return (int)code;
}
