// The fence around ncurses: what Swift cannot import, as named functions.
// ncurses is not thread-safe and knows one current screen: one thread owns all of it.
#pragma once
#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

// Macros with casts, which are not imported.
static const attr_t hw_bold = A_BOLD;
static const attr_t hw_dim = A_DIM;
static const attr_t hw_underline = A_UNDERLINE;
static const attr_t hw_reverse = A_REVERSE;
static const int hw_err = ERR;

// A file in memory, to take what curses would have sent to the terminal.
static inline int hw_memory_file(void) { return memfd_create("highwater-screen", MFD_CLOEXEC); }

// A screen for `term` that writes to `output` and reads nothing. Takes both streams'
// descriptors over only on success. NULL where terminfo does not know the terminal.
static inline SCREEN *hw_screen_open(const char *term, FILE *output, FILE *input) {
    use_env(FALSE);
    use_tioctl(TRUE);
    return newterm(term, output, input);
}

// Globals that Swift 6 refuses as shared mutable state.
static inline int hw_colors(void) { return COLORS; }
static inline WINDOW *hw_window(void) { return stdscr; }
static inline WINDOW *hw_physical_window(void) { return curscr; }

// Puts one character of so many columns, and the marks over it, which end with a 0; `pair` may exceed 255, which
// COLOR_PAIR would cut off. A character that the C library does not know, or knows of another width, is "?".
// Writing the last cell says ERR because the cursor cannot go on: drawn all the same.
static inline void hw_put(int y, int x, int columns, const wchar_t text[static 5], attr_t attributes, int pair) {
    cchar_t cell;
    int is_known = wcwidth(text[0]) == columns && setcchar(&cell, text, attributes, 0, &pair) == OK;
    if (!is_known && setcchar(&cell, L"?", attributes, 0, &pair) != OK) return;
    mvwadd_wch(stdscr, y, x, &cell);
    if (!is_known && columns == 2 && setcchar(&cell, L" ", attributes, 0, &pair) == OK) mvwadd_wch(stdscr, y, x + 1, &cell);
}

// The default attributes and pair of cells that nothing is written to.
static inline void hw_set_background(int pair) {
    cchar_t cell;
    if (setcchar(&cell, L" ", A_NORMAL, 0, &pair) == OK) wbkgrndset(stdscr, &cell);
}

// ioctl is variadic.
static inline int hw_terminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}
