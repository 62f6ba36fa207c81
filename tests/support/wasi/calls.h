/* WASI's calls that thrum itself has no use for. Each answers 0 or an error number. */
#ifndef THRUM_TEST_WASI_CALLS_H
#define THRUM_TEST_WASI_CALLS_H

#include "os/wasi/wasi.h"

struct wasi_folder {
    uint32_t kind; /* 0 */
    size_t name_length;
};

THRUM_WASI_CALL("fd_prestat_get") uint32_t wasi_folder(int fd, struct wasi_folder *folder);
THRUM_WASI_CALL("fd_prestat_dir_name") uint32_t wasi_folder_name(int fd, char *name, size_t size);
THRUM_WASI_CALL("path_open")
uint32_t wasi_open(int folder, uint32_t follow, const char *path, size_t length, uint32_t how,
                   uint64_t rights, uint64_t inherited, uint32_t flags, int *fd);
THRUM_WASI_CALL("fd_read")
uint32_t wasi_read(int fd, const struct thrum_wasi_bytes *parts, size_t count, size_t *done);
THRUM_WASI_CALL("fd_close") uint32_t wasi_close(int fd);

/* A descriptor for reading `path`, which is in a folder that the engine gave to the program; -1 if it is
 * not. In process.c. */
int wasi_open_path(const char *path);

#endif
