#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H

/* Swift's importer defines neither _GNU_SOURCE nor _XOPEN_SOURCE here, and SwiftPM does not hand pkg-config's -D flags
   to it, so without this line the whole wide-character half of <curses.h> is missing. */
#define NCURSES_WIDECHAR 1
/* Function-like macros are useless to Swift; keep the function declarations. */
#define NCURSES_NOMACROS 1

#include <stddef.h>
#include <stdio.h>
#include <stdbool.h>
#include <wchar.h>
#include <curses.h>
#include <term.h>

/* wcwidth() is hidden by feature macros in the module that owns <wchar.h>. */
extern int wcwidth(wchar_t);
static inline int cn_wcwidth(wchar_t c) { return wcwidth(c); }

/* Mutable C globals: not usable from Swift 6 code, readable through functions. */
static inline WINDOW *cn_stdscr(void) { return stdscr; }
static inline int cn_colors(void) { return COLORS; }
static inline int cn_color_pairs(void) { return COLOR_PAIRS; }

/* A string capability of the terminal that setupterm() or newterm() described, NULL when it has none. */
static inline const char *cn_capability(const char *name) {
    const char *value = tigetstr(name);
    return value == (const char *)-1 ? NULL : value;
}
/* Forgets what setupterm() described. */
static inline void cn_forget_terminal(void) {
    if (cur_term != NULL) (void)del_curterm(cur_term);
}

/* Attribute masks: built by function-like macros, so not imported. */
static const attr_t CN_A_NORMAL = A_NORMAL;
static const attr_t CN_A_BOLD = A_BOLD;
static const attr_t CN_A_DIM = A_DIM;
static const attr_t CN_A_REVERSE = A_REVERSE;
static const attr_t CN_A_UNDERLINE = A_UNDERLINE;
static const attr_t CN_A_ITALIC = A_ITALIC;
#endif
