// Calls of the kernel's that no wrapper sees, and looks at memory that cannot fault.
#include "Probe.h"

long hw_kernel(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#else
#error "the probe knows the system calls of x86-64 and AArch64"
#endif
}

static int look_at(void *copy, size_t count, const struct iovec *from, uint32_t from_count) {
    struct iovec to = {copy, count};
    long result = hw_kernel(SYS_process_vm_readv, hw_self.pid, (long)&to, 1, (long)from, from_count, 0);
    if (result == (long)count) return 0;
    return result >= 0 || result == -EFAULT ? -1 : 1;
}

int hw_look(void *copy, const void *memory, size_t count) {
    if (!hw_self.can_look) return 1;
    return look_at(copy, count, &(struct iovec){(void *)memory, count}, 1);
}

// One call for all parts, however short the first one is.
int hw_keep(uint8_t bytes[hw_kept_limit], uint32_t *kept, const struct hw_part *parts, uint32_t part_count) {
    struct iovec from[4];
    uint32_t count = 0;
    for (*kept = 0; count < part_count && count < 4 && *kept < hw_kept_limit; count++) {
        size_t room = hw_kept_limit - *kept, size = parts[count].count < room ? parts[count].count : room;
        from[count] = (struct iovec){(void *)parts[count].bytes, size};
        *kept += (uint32_t)size;
    }
    return hw_self.can_look ? look_at(bytes, *kept, from, count) : 1;
}

void *hw_map(const void *near, size_t size, int protection, int flags, int file) {
    long result = hw_kernel(SYS_mmap, (long)near, (long)size, protection, flags, file, 0);
    return result > 0 || result < -4096 ? (void *)result : NULL;
}

// Eight bytes at a time on four lanes: about 8 bytes a nanosecond.
static uint64_t mix(const uint8_t *bytes, size_t count, uint64_t seed) {
    uint64_t lane[4] = {seed, ~seed, seed * 3, count};
    size_t at = 0;
    for (; at + 32 <= count; at += 32) {
        for (int i = 0; i < 4; i++) {
            uint64_t word;
            memcpy(&word, bytes + at + 8 * i, 8);
            lane[i] = (lane[i] ^ word) * 0x9E3779B97F4A7C15u;
            lane[i] ^= lane[i] >> 29;
        }
    }
    for (; at < count; at++) lane[0] = (lane[0] ^ bytes[at]) * 0x100000001B3u;
    return (lane[0] ^ (lane[1] << 1)) * 0x9E3779B97F4A7C15u + (lane[2] ^ (lane[3] >> 1));
}

// Bytes at the start that are summed whole, and blocks of the rest that are: 5 to 20 microseconds at most.
enum { whole_limit = 64 * 1024, sample_limit = 16 };

int hw_checksum(const void *memory, size_t count, uint64_t *sum) {
    uint8_t block[HW_BLOCK];
    uint64_t now = 0x6867696877617465u;
    size_t whole = count < whole_limit ? count : whole_limit;
    for (size_t at = 0; at < whole; at += HW_BLOCK) {
        size_t size = whole - at < HW_BLOCK ? whole - at : HW_BLOCK;
        int result = hw_look(block, (const uint8_t *)memory + at, size);
        if (result != 0) return result;
        now = mix(block, size, now);
    }
    if (count > whole) {
        size_t rest = count - whole, step = rest / sample_limit;
        for (size_t i = 0; i < sample_limit; i++) {
            size_t size = step < HW_BLOCK ? step : HW_BLOCK;
            int result = hw_look(block, (const uint8_t *)memory + count - rest + i * step + step - size, size);
            if (result != 0) return result;
            now = mix(block, size, now);
        }
    }
    *sum = now;
    return 0;
}
