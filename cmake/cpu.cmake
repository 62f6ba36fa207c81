# Which CPU the library is built for, and all that a build has to know about it.
#
# THRUM_CPU names a line of cmake/linux-cpus. A preset sets it; without one it is the processor this
# machine has.

include("${CMAKE_CURRENT_LIST_DIR}/linux-cpus.cmake")

if(NOT THRUM_CPU)
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" THRUM_CPU)
  string(REGEX REPLACE "^amd64$" "x86_64" THRUM_CPU "${THRUM_CPU}")
  string(REGEX REPLACE "^i[3456]86$" "i386" THRUM_CPU "${THRUM_CPU}")
  string(REGEX REPLACE "^ppc" "powerpc" THRUM_CPU "${THRUM_CPU}")
endif()
set(THRUM_CPU "${THRUM_CPU}" CACHE STRING "The CPU, a name in cmake/linux-cpus")

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "thrum knows Linux only so far, not ${CMAKE_SYSTEM_NAME}")
endif()
thrum_linux_cpu("${THRUM_CPU}" THRUM_CPU)
if(NOT THRUM_CPU_FILE)
  message(FATAL_ERROR "thrum does not know the CPU '${THRUM_CPU}': it is not in cmake/linux-cpus")
endif()

set(THRUM_CPU_OPTIONS ${THRUM_CPU_FLAGS})
# For the public headers' inline paths.
set(THRUM_CPU_DEFINITIONS "")
if(NOT THRUM_CPU_BLOCK STREQUAL "-")
  set(THRUM_CPU_DEFINITIONS THRUM_PRIVATE_BLOCK_AT=${THRUM_CPU_BLOCK})
endif()
