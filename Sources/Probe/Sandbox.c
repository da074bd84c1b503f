// A program that builds a sandbox around itself (seccomp(2)) lists the calls of the kernel's that it is going to make,
// and may be killed for any other. From then on the probe makes none of its own: it counts, and no longer compares.
#include "Probe.h"

void hw_enter_sandbox(void) {
    hw_self.can_look = false;
    hw_self.is_sandboxed = true;
    if (hw_self.segment != NULL) hw_self.segment->head.has_sandbox = 1;
    struct hw_process *process = hw_self.process;
    if (process != NULL) __atomic_fetch_and(&process->head.flags, ~(uint32_t)hw_can_look, __ATOMIC_RELAXED);
}

HW_EXPORT int hw_wrapped_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) __asm__("prctl");
int hw_wrapped_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    if (option == PR_SET_SECCOMP) hw_enter_sandbox();
    return NEXT(prctl)(option, a, b, c, d);
}
