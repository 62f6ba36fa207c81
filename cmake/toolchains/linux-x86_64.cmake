# Linux on x86-64. Another CPU's file is this one with other names.
set(THRUM_CPU x86_64)
set(THRUM_CPU_TRIPLE x86_64-linux-gnu)
set(THRUM_CPU_EMULATOR qemu-x86_64)
include("${CMAKE_CURRENT_LIST_DIR}/linux.cmake")
