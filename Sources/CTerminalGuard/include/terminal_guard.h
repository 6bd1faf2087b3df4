#ifndef TERMINAL_GUARD_H
#define TERMINAL_GUARD_H

/* What must be done in a signal handler, and so cannot be done in Swift: give the terminal back, note a signal. */

/* Remembers the modes of the terminal behind `fd`, and the octets that put its screen back. Call before newterm().
   From then on a crash, or exit(), gives the terminal back. 0, or -1 when `fd` is no terminal. */
int tg_arm(int fd, const char *restore, unsigned long count);
/* Other octets for the same. */
void tg_set_restore(const char *restore, unsigned long count);
/* Async-signal-safe: writes the octets, puts the modes back, once for each time it was armed. */
void tg_restore(void);
/* While the terminal is not ours. */
void tg_disarm(void);
void tg_rearm(void);

/* Notes WINCH, TSTP, CONT, INT, TERM and HUP: each arrives as one octet, the signal's number, on the descriptor that
   comes back; -1 when there is none. A second call answers the same descriptor. Call before newterm(), which takes
   the signals that are still at their default. */
int tg_open_signal_pipe(void);
/* Octet 0 on the same descriptor: somebody has news. Any thread; does nothing before the pipe is open. */
void tg_wake(void);

/* Every signal that would end the process: give the terminal back, then hand on to the handler there was. */
void tg_install_crash_handlers(void);
/* Stops the process group as the terminal driver does for ^Z, and comes back when it is continued. */
void tg_stop_self(void);
#endif
