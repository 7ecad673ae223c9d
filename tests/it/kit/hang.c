/* A disk on which reads hang, for tests: loaded before the C library, it lets nobody read from a file whose path
 * holds the word in LOA_TEST_HANGS once the file named by LOA_TEST_HANGS_WHEN exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t read(int fd, void *into, size_t count) {
    static ssize_t (*next)(int, void *, size_t);
    if (!next) next = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    const char *word = getenv("LOA_TEST_HANGS"), *when = getenv("LOA_TEST_HANGS_WHEN");
    char link[64], path[4096];
    if (word && when && access(when, F_OK) == 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        while (strstr(path, word)) pause();
    }
    return next(fd, into, count);
}
