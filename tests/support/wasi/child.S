# Where a copy of this program goes on: at the stack and the TLS image of the thread that asked for it.
    .globaltype __stack_pointer, i32
    .globaltype __tls_base, i32
    .functype wasi_child (i32, i32) -> ()

    .section .text.thrum_test_child,"",@
    .globl thrum_test_child
    .export_name thrum_test_child, thrum_test_child
    .type thrum_test_child,@function
thrum_test_child:
    .functype thrum_test_child (i32, i32, i32, i32) -> ()
    local.get 0
    global.set __stack_pointer
    local.get 1
    global.set __tls_base
    local.get 2
    local.get 3
    call wasi_child
    end_function

# Tells the two to `place`, two words.
    .section .text.wasi_here,"",@
    .globl wasi_here
    .type wasi_here,@function
wasi_here:
    .functype wasi_here (i32) -> ()
    local.get 0
    global.get __stack_pointer
    i32.store 0
    local.get 0
    global.get __tls_base
    i32.store 4
    end_function
