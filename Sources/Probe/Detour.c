// The way in for a libuv that is linked into the program: a jump at the entry of its uv_write and
// uv_write2, before main. Only where the symbols are there, the layout is ours, and every instruction
// that moves is known; else the slot says why not.
#include "Probe.h"
#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <uv.h>

int hw_detour_write(uv_write_t *, uv_stream_t *, const uv_buf_t *, unsigned, uv_write_cb);
int hw_detour_write2(uv_write_t *, uv_stream_t *, const uv_buf_t *, unsigned, uv_stream_t *, uv_write_cb);
extern int (*hw_detoured_write)(uv_write_t *, uv_stream_t *, const uv_buf_t *, unsigned, uv_write_cb);
extern int (*hw_detoured_write2)(uv_write_t *, uv_stream_t *, const uv_buf_t *, unsigned, uv_stream_t *, uv_write_cb);

#if defined(__x86_64__)

struct found { uintptr_t write, write2, request_size, handle_size; };

static void find_in(const uint8_t *file, size_t size, uintptr_t base, struct found *found) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    if (size < sizeof *header || memcmp(file, ELFMAG, SELFMAG) != 0 || header->e_shoff > size || (size - header->e_shoff) / sizeof(Elf64_Shdr) < header->e_shnum) return;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *table = &sections[i];
        if ((table->sh_type != SHT_SYMTAB && table->sh_type != SHT_DYNSYM) || table->sh_link >= header->e_shnum) continue;
        const Elf64_Shdr *names = &sections[table->sh_link];
        if (table->sh_offset > size || table->sh_size > size - table->sh_offset || names->sh_offset > size || names->sh_size > size - names->sh_offset) continue;
        const Elf64_Sym *symbols = (const Elf64_Sym *)(file + table->sh_offset);
        for (size_t s = 0; s < table->sh_size / sizeof *symbols; s++) {
            if (ELF64_ST_TYPE(symbols[s].st_info) != STT_FUNC || symbols[s].st_value == 0 || symbols[s].st_name + sizeof "uv_handle_size" > names->sh_size) continue;
            const char *name = (const char *)file + names->sh_offset + symbols[s].st_name;
            if (name[0] != 'u' || name[1] != 'v') continue;
            uintptr_t address = base + symbols[s].st_value;
            if (strcmp(name, "uv_write") == 0) found->write = address;
            if (strcmp(name, "uv_write2") == 0) found->write2 = address;
            if (strcmp(name, "uv_req_size") == 0) found->request_size = address;
            if (strcmp(name, "uv_handle_size") == 0) found->handle_size = address;
        }
    }
}

static int first_module(struct dl_phdr_info *module, size_t size, void *base) {
    (void)size;
    *(uintptr_t *)base = module->dlpi_addr;
    return 1;
}

static void find(struct found *found) {
    uintptr_t base = 0;
    // The program itself comes first.
    dl_iterate_phdr(first_module, &base);
    int file = (int)KERNEL(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC, 0);
    struct stat status;
    if (file >= 0 && fstat(file, &status) == 0) {
        const uint8_t *memory = hw_map(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file);
        if (memory != NULL) {
            find_in(memory, (size_t)status.st_size, base, found);
            KERNEL(SYS_munmap, memory, status.st_size, 0, 0);
        }
    }
    if (file >= 0) KERNEL(SYS_close, file, 0, 0, 0);
}

// The length of an instruction that may move: it names no place relative to itself, and goes nowhere. 0: unknown.
static size_t instruction(const uint8_t *code) {
    if (memcmp(code, "\xF3\x0F\x1E\xFA", 4) == 0) return 4; // endbr64
    size_t prefix = (code[0] & 0xF0) == 0x40;
    const uint8_t *op = code + prefix;
    bool is_register = op[1] >= 0xC0;
    if (op[0] >= 0x50 && op[0] <= 0x57) return prefix + 1; // push
    if ((op[0] == 0x89 || op[0] == 0x8B || op[0] == 0x31 || op[0] == 0x33 || op[0] == 0x85) && is_register) return prefix + 2; // mov, xor, test
    if (op[0] == 0x83 && is_register) return prefix + 3; // sub, and, cmp with a small number
    if (op[0] == 0x81 && is_register) return prefix + 6;
    if (op[0] >= 0xB8 && op[0] <= 0xBF && prefix == 0) return 5; // mov register, number
    return 0;
}

static void jump(uint8_t *code, const uint8_t *to) {
    int32_t distance = (int32_t)(to - (code + 5));
    code[0] = 0xE9;
    memcpy(code + 1, &distance, 4);
}

static void far_jump(uint8_t *code, const void *to) {
    memcpy(code, "\xFF\x25\0\0\0\0", 6); // jmp [rip]
    memcpy(code + 6, &to, 8);
}

static bool is_near(const uint8_t *a, const uint8_t *b) { return (a > b ? a - b : b - a) < 1ll << 30; }

static uint8_t *page_near(const uint8_t *code) {
    for (intptr_t step = 1 << 20; step < 1ll << 30; step *= 2) {
        for (int side = -1; side <= 1; side += 2) {
            uint8_t *page = hw_map((const void *)(((intptr_t)code & ~4095L) + side * step), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
            if (page == NULL) continue;
            if (is_near(page, code)) return page;
            KERNEL(SYS_munmap, page, 4096, 0, 0);
        }
    }
    return NULL;
}

static size_t moved_size(const uint8_t *code) {
    size_t size = 0, next;
    while (size < 5) {
        if ((next = instruction(code + size)) == 0) return 0;
        size += next;
    }
    return size;
}

// `room`: 64 bytes of the page. The entry jumps to their second half, and that to the hook; the first half is the entry as it was.
static bool divert(uint8_t *code, size_t size, uint8_t *room, const void *hook) {
    memcpy(room, code, size);
    jump(room + size, code + size);
    far_jump(room + 32, hook);
    uintptr_t first = (uintptr_t)code & ~(uintptr_t)4095, length = ((uintptr_t)code + 5 - first + 4095) & ~(uintptr_t)4095;
    if (KERNEL(SYS_mprotect, first, length, PROT_READ | PROT_WRITE | PROT_EXEC, 0) != 0) return false;
    jump(code, room + 32);
    KERNEL(SYS_mprotect, first, length, PROT_READ | PROT_EXEC, 0);
    return true;
}

static uint32_t set_detour(void) {
    struct found found = {0};
    find(&found);
    if (found.write2 == 0 || found.request_size == 0 || found.handle_size == 0) return hw_detour_no_symbol;
    if (((size_t (*)(uv_req_type))found.request_size)(UV_WRITE) != sizeof(uv_write_t)
        || ((size_t (*)(uv_handle_type))found.handle_size)(UV_TCP) != sizeof(uv_tcp_t)) return hw_detour_other_layout;
    uint8_t *write = (uint8_t *)found.write, *write2 = (uint8_t *)found.write2;
    size_t size = write != NULL ? moved_size(write) : 5, size2 = moved_size(write2);
    if (size == 0 || size2 == 0) return hw_detour_unknown_code;
    uint8_t *page = page_near(write2);
    if (page == NULL || (write != NULL && !is_near(page, write))) return hw_detour_no_room;
    *(void **)&hw_detoured_write2 = page;
    *(void **)&hw_detoured_write = page + 64;
    if (!divert(write2, size2, page, (const void *)hw_detour_write2)) return hw_detour_not_writable;
    if (write != NULL && !divert(write, size, page + 64, (const void *)hw_detour_write)) return hw_detour_not_writable;
    KERNEL(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC, 0);
    return hw_detour_set;
}

#else

static uint32_t set_detour(void) { return hw_detour_other_machine; }

#endif

void hw_set_detour(void) { hw_self.process->head.detour = set_detour(); }
