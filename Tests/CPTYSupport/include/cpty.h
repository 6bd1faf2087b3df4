#ifndef CPTY_H
#define CPTY_H
#include <sys/types.h>
/* Starts argv[0] on a new pseudo-terminal of its own session; the master's descriptor, or -1. */
int cpty_spawn(char *const argv[], char *const envp[], unsigned short rows, unsigned short columns, pid_t *pid);
/* Gives the pseudo-terminal another size, which the child is told by SIGWINCH. */
int cpty_resize(int master, unsigned short rows, unsigned short columns);
/* Whether the terminal is cooked: lines are edited and echoed, ^C is a signal. */
int cpty_is_cooked(int master);
#endif
