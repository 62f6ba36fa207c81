#ifndef SHAPE_FREEBSD_SYS_THR_H
#define SHAPE_FREEBSD_SYS_THR_H

/* thr_kill(2), thr_set_name(2) */
int thr_kill(long id, int signal);
int thr_set_name(long id, const char *name);

#endif
