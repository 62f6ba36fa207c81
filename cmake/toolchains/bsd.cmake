# The toolchain file of the BSDs, which CMAKE_SYSTEM_NAME names: clang and lld for that system and the
# CPU that THRUM_CPU names (x86_64, aarch64). From lld 18 on the linker makes OpenBSD's table of system
# calls a segment. THRUM_COMPILER may name another clang.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES THRUM_CPU THRUM_COMPILER)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
if(THRUM_CPU)
  set(CMAKE_SYSTEM_PROCESSOR "${THRUM_CPU}")
endif()
set(CMAKE_C_COMPILER clang-22)
if(THRUM_COMPILER)
  set(CMAKE_C_COMPILER "${THRUM_COMPILER}")
endif()
set(thrum_target_FreeBSD freebsd13)
set(thrum_target_NetBSD netbsd10)
set(thrum_target_OpenBSD openbsd7.6)
set(thrum_target_DragonFly dragonfly)
set(thrum_target "${CMAKE_SYSTEM_PROCESSOR}-unknown-${thrum_target_${CMAKE_SYSTEM_NAME}}")
set(CMAKE_C_FLAGS_INIT "--target=${thrum_target} -fuse-ld=lld -Qunused-arguments")
