# The first and the last steps of a thread, which no compiler can be asked for: before them there is no
# stack, and after them none is used. The engine calls wasi_thread_start(its number, what was given to
# thread-spawn: a struct thrum_os_thread).
#include "os/wasi/thread.h"

    .globaltype __stack_pointer, i32
    .globaltype __tls_base, i32
    .functype __wasm_init_tls (i32) -> ()
    .functype thrum_wasi_thread_run (i32) -> ()
    .functype say_gone (i32) -> ()
#ifdef THRUM_WASI_THROW
    .tagtype thrum_wasi_exit
#endif

# Whoever finds the word 0 may take the thread's memory, at once.
    .section .text.say_gone,"",@
    .type say_gone,@function
say_gone:
    .functype say_gone (i32) -> ()
    local.get 0
    i32.const 0
    i32.atomic.store THRUM_WASI_LIVE_AT
    local.get 0
    i32.const -1
    memory.atomic.notify THRUM_WASI_LIVE_AT
    drop
    end_function

    .section .text.wasi_thread_start,"",@
    .globl wasi_thread_start
    .export_name wasi_thread_start, wasi_thread_start
    .type wasi_thread_start,@function
wasi_thread_start:
    .functype wasi_thread_start (i32, i32) -> ()
    local.get 1
    i32.load THRUM_WASI_STACK_AT
    global.set __stack_pointer
    local.get 1
    i32.load THRUM_WASI_POINTER_AT
    call __wasm_init_tls
#ifdef THRUM_WASI_THROW
    try
#endif
    local.get 1
    call thrum_wasi_thread_run
#ifdef THRUM_WASI_THROW
    catch thrum_wasi_exit
    end_try
#endif
    local.get 1
    call say_gone
    end_function

    .section .text.thrum_wasi_thread_leave,"",@
    .globl thrum_wasi_thread_leave
    .hidden thrum_wasi_thread_leave
    .type thrum_wasi_thread_leave,@function
thrum_wasi_thread_leave:
    .functype thrum_wasi_thread_leave (i32) -> ()
#ifdef THRUM_WASI_THROW
    throw thrum_wasi_exit
    end_function

thrum_wasi_exit:
#else
    local.get 0
    call say_gone
    loop
    i32.const never
    i32.const 0
    i64.const -1
    memory.atomic.wait32 0
    drop
    br 0
    end_loop
    end_function

    .section .bss.never,"",@
    .type never,@object
    .p2align 2
never:
    .int32 0
    .size never, 4
#endif
