#define _GNU_SOURCE
#include "terminal_guard.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved_modes;
static int guard_fd = -1;
static char restore_octets[512];
static volatile unsigned long restore_count;
static volatile sig_atomic_t armed;
static volatile int pipe_read = -1, pipe_write = -1;

void tg_set_restore(const char *restore, unsigned long count) {
    restore_count = 0;
    if (count > sizeof restore_octets) count = sizeof restore_octets;
    memcpy(restore_octets, restore, count);
    restore_count = count;
}
int tg_arm(int fd, const char *restore, unsigned long count) {
    static int at_exit;
    if (tcgetattr(fd, &saved_modes) != 0) return -1;
    tg_set_restore(restore, count);
    guard_fd = fd;
    armed = 1;
    if (!at_exit) at_exit = atexit(tg_restore) == 0;
    return 0;
}
void tg_disarm(void) { armed = 0; }
void tg_rearm(void) { armed = guard_fd >= 0; }
void tg_restore(void) {
    if (!armed) return;
    armed = 0;
    /* Not the process in the foreground: writing modes would stop us, and the terminal is someone else's now. */
    struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
    sigaction(SIGTTOU, &ignore, &old);
    unsigned long done = 0;
    while (done < restore_count) {
        ssize_t n = write(guard_fd, restore_octets + done, restore_count - done);
        if (n > 0) done += (unsigned long)n;
        else if (n == 0 || errno != EINTR) break;
    }
    tcsetattr(guard_fd, TCSADRAIN, &saved_modes);
    sigaction(SIGTTOU, &old, NULL);
}

static void put(unsigned char octet) {
    int e = errno;
    if (pipe_write >= 0) (void)!write(pipe_write, &octet, 1);
    errno = e;
}
static void note(int sig) { put((unsigned char)sig); }
void tg_wake(void) { put(0); }

static const int polite[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP };
int tg_open_signal_pipe(void) {
    if (pipe_read >= 0) return pipe_read;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    pipe_write = ends[1];
    pipe_read = ends[0];
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = note;
    sa.sa_flags = SA_RESTART;
    sigemptyset(&sa.sa_mask);
    for (size_t i = 0; i < sizeof polite / sizeof polite[0]; i++) sigaction(polite[i], &sa, NULL);
    return pipe_read;
}

/* Whether a signal ends the process when nobody does anything about it (signal(7)). Those that are noted above have a
   handler of their own; KILL cannot have one. */
static int ends_process(int sig) {
    switch (sig) {
    case SIGKILL: case SIGINT: case SIGTERM: case SIGHUP: return 0;
    case SIGCHLD: case SIGCONT: case SIGSTOP: case SIGTSTP: case SIGTTIN: case SIGTTOU: case SIGURG: case SIGWINCH: return 0;
    /* The first two behind the standard ones are the C library's own (pthreads(7)). */
    default: return sig <= SIGSYS || (sig >= SIGRTMIN && sig <= SIGRTMAX);
    }
}
static struct sigaction old_fatal[NSIG];

static void crash(int sig, siginfo_t *info, void *context) {
    (void)context;
    tg_restore();
    sigaction(sig, &old_fatal[sig], NULL);
    /* For a hardware fault, returning runs the faulting instruction again, so that the old handler (Swift's
       backtracer, or the default) sees the real context. One that was sent (si_code <= 0), or comes from the kernel
       without a fault (SIGXCPU, SIGQUIT), has to be sent again. */
    int faults = sig == SIGILL || sig == SIGTRAP || sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGSYS;
    if (!faults || info == NULL || info->si_code <= 0 || info->si_code == SI_KERNEL) raise(sig);
}
void tg_install_crash_handlers(void) {
    static int installed;
    if (installed) return;
    installed = 1;
    /* A stack overflow leaves no stack to handle it on. One stack a thread: this is the caller's, the main thread's. */
    static char alternate[64 * 1024];
    stack_t current, own = { .ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0 };
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) sigaltstack(&own, NULL);
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_sigaction = crash;
    sa.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&sa.sa_mask);
    for (int sig = 1; sig < NSIG; sig++) {
        if (!ends_process(sig) || sigaction(sig, NULL, &old_fatal[sig]) != 0) continue;
        /* What is ignored, such as PIPE, ends nothing. */
        if (old_fatal[sig].sa_handler != SIG_IGN) sigaction(sig, &sa, NULL);
    }
}
void tg_stop_self(void) {
    struct sigaction standard, old;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &standard, &old);
    /* The whole group, as the terminal driver would. Delivered before kill() returns unless another thread takes it;
       either way the process stops as a whole. */
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &old, NULL);
}
