/* A machine of the test's own: what is asked of the places that tell what kind of machine this is and what speaks for
 * its clock is answered from the directory LOA_TEST_MACHINE alone, and the kernel's clock is synchronised while that
 * has a file "synchronised". Loaded before the C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

static const char *const places[] = {"/sys/", "/run/", "/.dockerenv", "/etc/adjtime", "/proc/cpuinfo", "/proc/self/ns/"};

static const char *led(const char *path, char *into) {
    const char *machine = getenv("LOA_TEST_MACHINE");
    for (size_t i = 0; machine && path && i < sizeof places / sizeof *places; i++)
        if (!strncmp(path, places[i], strlen(places[i]))) {
            snprintf(into, 4096, "%s%s", machine, path);
            return into;
        }
    return path;
}

int open64(const char *path, int flags, ...) {
    int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    char into[4096];
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return next(led(path, into), flags, mode);
}

int statx(int at, const char *restrict path, int flags, unsigned mask, struct statx *restrict buffer) {
    int (*next)(int, const char *, int, unsigned, struct statx *) =
        (int (*)(int, const char *, int, unsigned, struct statx *))dlsym(RTLD_NEXT, "statx");
    char into[4096];
    return next(at, led(path, into), flags, mask, buffer);
}

ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size) {
    ssize_t (*next)(const char *, char *, size_t) =
        (ssize_t (*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");
    char into[4096];
    return next(led(path, into), buffer, size);
}

int adjtimex(struct timex *state) {
    char path[4096];
    snprintf(path, sizeof path, "%s/synchronised", getenv("LOA_TEST_MACHINE"));
    int synchronised = access(path, F_OK) == 0;
    memset(state, 0, sizeof *state);
    state->status = synchronised ? STA_PLL : STA_UNSYNC;
    return synchronised ? TIME_OK : TIME_ERROR;
}
