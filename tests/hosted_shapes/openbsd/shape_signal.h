/* thrkill(2), and sigemptyset(3), which are macros beside functions. */
#define sigemptyset(set) (*(set) = 0, 0)
#define sigfillset(set) (*(set) = ~(sigset_t)0, 0)

#if SHAPE_ALL
int thrkill(pid_t tid, int signal, void *tcb);
#endif
