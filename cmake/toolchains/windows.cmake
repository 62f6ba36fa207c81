# The toolchain file of Windows. THRUM_CPU names the CPU (x86_64, i686, aarch64), THRUM_COMPILER the
# compiler: gcc (MinGW's, with the system's own threads) or clang.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES THRUM_CPU THRUM_COMPILER)
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR "${THRUM_CPU}")
set(thrum_triple "${THRUM_CPU}-w64-mingw32")

if(THRUM_COMPILER STREQUAL "clang")
  set(CMAKE_C_COMPILER clang)
  set(CMAKE_C_COMPILER_TARGET "${thrum_triple}")
  set(CMAKE_AR llvm-ar)
  set(CMAKE_RANLIB llvm-ranlib)
  # gcc's own library, for what compilers call; the linker is said only where something is linked
  file(GLOB thrum_libgcc "/usr/lib/gcc/${thrum_triple}/*-win32")
  set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld")
  if(thrum_libgcc)
    list(GET thrum_libgcc -1 thrum_libgcc)
    string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -L${thrum_libgcc}")
  endif()
  set(CMAKE_SHARED_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT}")
else()
  set(CMAKE_C_COMPILER "${thrum_triple}-gcc-win32")
endif()

if(THRUM_CPU STREQUAL "x86_64")
  set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/../../tests/support/windows/run")
endif()
