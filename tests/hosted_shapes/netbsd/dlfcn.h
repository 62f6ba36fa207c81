#ifndef SHAPE_NETBSD_DLFCN_H
#define SHAPE_NETBSD_DLFCN_H

/* What libpthread itself finds main's stack by. */
void *_dlauxinfo(void);

#endif
