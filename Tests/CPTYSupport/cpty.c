#define _GNU_SOURCE
#include "cpty.h"
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int cpty_spawn(char *const argv[], char *const envp[], unsigned short rows, unsigned short columns, pid_t *pid) {
    struct winsize size = { .ws_row = rows, .ws_col = columns };
    int master;
    pid_t child = forkpty(&master, NULL, NULL, &size);
    if (child < 0) return -1;
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
        execve(argv[0], argv, envp);
        _exit(127);
    }
    fcntl(master, F_SETFD, FD_CLOEXEC);
    *pid = child;
    return master;
}
int cpty_resize(int master, unsigned short rows, unsigned short columns) {
    struct winsize size = { .ws_row = rows, .ws_col = columns };
    return ioctl(master, TIOCSWINSZ, &size);
}
int cpty_is_cooked(int master) {
    struct termios modes;
    tcflag_t cooked = ICANON | ECHO | ISIG;
    return tcgetattr(master, &modes) == 0 && (modes.c_lflag & cooked) == cooked;
}
