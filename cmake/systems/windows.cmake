# Windows, on x86-64, i686 and arm64, with MinGW's gcc or with clang; the import libraries are those of
# MinGW, or made from our own list (cmake/toolchains/windows.cmake).
set(THRUM_CPU_FILE_x86_64 x86_64)
set(THRUM_CPU_FILE_i686 i386)
set(THRUM_CPU_FILE_aarch64 aarch64)
if(THRUM_CPU STREQUAL "i386")
  set(THRUM_CPU i686)
endif()
if(NOT DEFINED THRUM_CPU_FILE_${THRUM_CPU})
  message(FATAL_ERROR "thrum does not know the CPU '${THRUM_CPU}' under Windows")
endif()
set(THRUM_CPU_FILE "${THRUM_CPU_FILE_${THRUM_CPU}}")
set(THRUM_CPU_FLAGS "")
set(THRUM_CPU_BLOCK "-")
set(THRUM_CPU_PIE "no")
# Division on 32 bits, and the look at each page of a large frame.
set(THRUM_CPU_LIBGCC "yes")
set(THRUM_CPU_RUNNER "none")
if(THRUM_CPU STREQUAL "x86_64")
  set(THRUM_CPU_RUNNER "${PROJECT_SOURCE_DIR}/tests/support/windows/run")
elseif(THRUM_CPU STREQUAL "aarch64")
  set(THRUM_CPU_LIBGCC "no")
endif()

set(THRUM_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/${THRUM_CPU_FILE}.h\""
  "THRUM_OS_THREAD_FILE=\"os/windows/thread.h\""
  "THRUM_SELF_FILE=\"os/windows/self.h\""
)

# What is the same with and without a C run-time.
set(THRUM_WINDOWS_SOURCES
  src/os/windows/affinity.c
  src/os/windows/clock.c
  src/os/windows/fault.c
  src/os/windows/memory.c
  src/os/windows/name.c
  src/os/windows/process.c
  src/os/windows/self.c
  src/os/windows/thread.c
  src/os/windows/wait.c

  src/os/numbers.c
  src/tls/no_image.c

  src/thread/adopt.c
)
set(THRUM_SYSTEM_SOURCES
  ${THRUM_WINDOWS_SOURCES}
  src/os/windows/emutls.c
  src/os/windows/probe.c
  src/os/windows/start.c
  src/os/windows/tls_directory.c

  src/start/canary.c
  src/start/memory.c
  src/start/stack_protector.c
)
set(THRUM_SYSTEM_NO_STACK_PROTECTOR "^src/start/" "^src/os/windows/(process|start).c")
set(THRUM_SYSTEM_NO_LTO "^src/start/" "^src/os/windows/(emutls|fault|probe|start|tls_directory).c")
set(THRUM_SYSTEM_NO_JUMP_TABLES "")
set(THRUM_SYSTEM_NO_BUILTIN "^src/start/memory.c")
set(THRUM_SYSTEM_SMALL "^src/start/" "^src/os/windows/")
set(THRUM_SYSTEM_FAST "^src/start/memory.c" "^src/os/windows/clock.c")
set(THRUM_SYSTEM_COMPILE_OPTIONS "")
set(THRUM_SYSTEM_UNWINDS TRUE)
set(THRUM_SYSTEM_LINK_OPTIONS -Wl,--gc-sections -Wl,--subsystem,console)
set(THRUM_TEST_PARTS numbers)
set(THRUM_TEST_SYSTEMS no_limits no_processes windows)
# A test's part in another process finds everything at the same place.
set(THRUM_SYSTEM_TEST_LINK_OPTIONS -Wl,--disable-dynamicbase)
set(THRUM_SYSTEM_LINK_LIBRARIES -lntdll -lkernel32)
set(THRUM_HOSTED_FILE windows-crt.cmake)
set(THRUM_DLL_ENTRY DllMain)
if(THRUM_CPU STREQUAL "i686")
  set(THRUM_DLL_ENTRY _DllMain@12)
endif()
# Linkers find no weak definition in an archive.
set_source_files_properties(src/start/memory.c PROPERTIES COMPILE_DEFINITIONS THRUM_START_MEMORY=)
# MinGW has import libraries for arm64 nowhere in Debian: the same names, made into one.
if(THRUM_CPU STREQUAL "aarch64")
  foreach(library IN ITEMS kernel32 ntdll)
    set(made "${PROJECT_BINARY_DIR}/import/lib${library}.a")
    if(NOT EXISTS "${made}")
      execute_process(COMMAND llvm-nm --defined-only --extern-only --format=just-symbols
        "/usr/x86_64-w64-mingw32/lib/lib${library}.a" OUTPUT_VARIABLE names ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
      string(REGEX MATCHALL "__imp_[A-Za-z0-9_]+" names "${names}")
      list(TRANSFORM names REPLACE "^__imp_" "")
      list(JOIN names "\n" names)
      file(WRITE "${PROJECT_BINARY_DIR}/import/${library}.def" "LIBRARY ${library}.dll\nEXPORTS\n${names}\n")
      execute_process(COMMAND llvm-dlltool -m arm64 -d "${PROJECT_BINARY_DIR}/import/${library}.def" -l "${made}"
        COMMAND_ERROR_IS_FATAL ANY)
    endif()
  endforeach()
  list(APPEND THRUM_SYSTEM_LINK_OPTIONS "-L${PROJECT_BINARY_DIR}/import")
  set(THRUM_KERNEL_HEADERS "SHELL:-isystem /usr/share/mingw-w64/include")
endif()
# CMake's own list is long, and none of it is needed.
set(CMAKE_C_STANDARD_LIBRARIES "")
