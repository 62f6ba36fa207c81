# The toolchain file of the BSDs, which CMAKE_SYSTEM_NAME names: clang and lld for that system. From
# lld 18 on the linker makes OpenBSD's table of system calls a segment. THRUM_COMPILER may name another
# clang.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES THRUM_COMPILER)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER clang-22)
if(THRUM_COMPILER)
  set(CMAKE_C_COMPILER "${THRUM_COMPILER}")
endif()
set(thrum_target_FreeBSD x86_64-unknown-freebsd13)
set(thrum_target_NetBSD x86_64-unknown-netbsd10)
set(thrum_target_OpenBSD x86_64-unknown-openbsd7.6)
set(thrum_target_DragonFly x86_64-unknown-dragonfly)
set(CMAKE_C_FLAGS_INIT "--target=${thrum_target_${CMAKE_SYSTEM_NAME}} -fuse-ld=lld -Qunused-arguments")
