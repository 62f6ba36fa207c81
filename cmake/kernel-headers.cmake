# THRUM_KERNEL_HEADERS: the flags with which tests and examples find the kernel's headers: none where
# the compiler has them; where it leaves out the system's own for another libc's, those; else those that
# all newer CPUs share, from this machine.
include(CheckIncludeFile)
if(NOT THRUM_HAS_KERNEL_HEADERS)
  unset(THRUM_HAS_KERNEL_HEADERS CACHE) # they may have been installed since
endif()
string(JOIN " " CMAKE_REQUIRED_FLAGS ${THRUM_CPU_OPTIONS})
check_include_file(asm/unistd.h THRUM_HAS_KERNEL_HEADERS)
unset(CMAKE_REQUIRED_FLAGS)
set(THRUM_KERNEL_HEADERS "")
if(NOT THRUM_HAS_KERNEL_HEADERS)
  set(own_headers "${PROJECT_SOURCE_DIR}/tests/support/generic")
  if(NOT CMAKE_CROSSCOMPILING)
    execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-multiarch
      OUTPUT_VARIABLE multiarch OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(own_headers "/usr/include/${multiarch}")
  endif()
  set(THRUM_KERNEL_HEADERS
    "SHELL:-idirafter ${own_headers}"
    "SHELL:-idirafter /usr/include")
endif()
