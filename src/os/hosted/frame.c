/* The first frame of an own thread, and the way back to it: thrum_exit comes back here from any depth and
 * from any stack, without unwinding, and the libc goes on with its part of the end. */
#include <pthread.h>
#include <setjmp.h>

#include "os/hosted/hosted.h"
#include "thread/life.h"

/* With _FORTIFY_SOURCE glibc's header makes siglongjmp a function that refuses a jump to a frame below the
 * stack pointer, as one from another stack may be: this is the other one, however the file is compiled. */
#ifdef __GLIBC__
__attribute__((visibility("default"))) _Noreturn void
thrum_hosted_jump(sigjmp_buf base, int value) __asm__("siglongjmp");
#else
static _Noreturn void thrum_hosted_jump(sigjmp_buf base, int value)
{
    siglongjmp(base, value);
}
#endif

void *thrum_hosted_first_frame(void *own)
{
    struct thrum_block *block = own, *early = thrum_hosted_mine();
    sigjmp_buf base;
    thrum_hosted_publish(&block->os); /* first: a handler that finds the block finds its id */
    if (early != NULL)
        thrum_thread_hand_over(early, block);
    bool armed = thrum_hosted_arm(block);
    thrum_hosted_let_born(block);
    block->os.base = &base;
    if (sigsetjmp(base, 0) == 0)
        thrum_thread_main(block);
    if (!armed) {
        thrum_thread_ending(block);
        thrum_hosted_last(block);
    }
    return NULL;
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    if (block->os.own)
        thrum_hosted_jump(*(sigjmp_buf *)block->os.base, 1);
    pthread_exit(NULL); /* the one way out of a thread that others made */
}
