// Process calls that Swift cannot express: a report from within a fault, and the calls of Linux
// that Glibc's module leaves out.
#pragma once
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// From here on a fault of any thread writes a report to `descriptor` and then ends the process as
// it would have ended without us: first "highwater: fault SIGNAL at ADDRESS on THREAD", then a line
// for each frame as backtrace_symbols_fd writes it, then "highwater: end of report". Call it on the
// main thread before others exist.
void hw_report_faults(int descriptor);

// An alternate stack for the calling thread's signal handlers: a fault for want of stack has none
// of its own. Give it back on the same thread; NULL: there is one already, or no memory.
void *hw_take_signal_stack(void);
void hw_give_signal_stack(void *stack);

// The kernel kills this process when the thread that made it ends. 0, or -1: that thread has ended already.
int hw_die_with_parent(pid_t parent);

// Processes whose parents end, and which are descendants of this one, become its children: it is told of their ends, and
// they of its own (PR_SET_PDEATHSIG).
void hw_adopt_orphans(void);

// Takes note of the ends of children in this process group but for the one that leads it.
void hw_reap_orphans(pid_t group);

// A descriptor that becomes readable when this child ends. -1: this kernel has none.
int hw_end_of_child(pid_t child);

// Closes every descriptor from `first` on.
void hw_close_from(int first);

// A pipe whose two ends no other program inherits. 0, or an error number.
int hw_pipe(int ends[2]);

// A child of posix_spawn closes every descriptor from `first` on.
void hw_close_in_child(posix_spawn_file_actions_t *actions, int first);

// Memory as a file without a name, of this size for ever, that no other program inherits. A
// descriptor, or minus an error number.
int hw_memory_file(const char *name, size_t size);

// 1: the file gives a program rights of its own when it starts (capabilities(7)).
int hw_has_capabilities(const char *path);

// No core file from this process.
void hw_leave_no_core(void);

// The readable form of a mangled Swift name, from malloc; NULL: the name is not mangled. (In the Swift runtime.)
char *swift_demangle(const char *name, size_t length, char *buffer, size_t *buffer_size, uint32_t flags);
