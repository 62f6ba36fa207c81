# THRUM_KERNEL_HEADERS: the flags with which tests and examples find the kernel's headers: none where
# the compiler has them, else those that all newer CPUs share, from this machine.
include(CheckIncludeFile)
string(JOIN " " CMAKE_REQUIRED_FLAGS ${THRUM_CPU_OPTIONS})
check_include_file(asm/unistd.h THRUM_HAS_KERNEL_HEADERS)
unset(CMAKE_REQUIRED_FLAGS)
set(THRUM_KERNEL_HEADERS "")
if(NOT THRUM_HAS_KERNEL_HEADERS)
  set(THRUM_KERNEL_HEADERS
    "SHELL:-idirafter ${PROJECT_SOURCE_DIR}/tests/support/generic"
    "SHELL:-idirafter /usr/include")
endif()
