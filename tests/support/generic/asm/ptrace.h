/* What <linux/ptrace.h> wants to be there; the tests use nothing of it. */
