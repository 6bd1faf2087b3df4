#ifndef CARES_SHIM_H
#define CARES_SHIM_H

#include <ares.h>
#include <poll.h>
#include <sys/socket.h>

#endif
