# Which CPU the library is built for, and all that a build has to know about it.
#
# THRUM_CPU names src/arch/<cpu>.h and src/os/linux/<cpu>.h. A toolchain file sets it; without one
# it is the processor this machine has.

if(NOT THRUM_CPU)
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" THRUM_CPU)
  if(THRUM_CPU STREQUAL "amd64")
    set(THRUM_CPU x86_64)
  endif()
endif()
set(THRUM_CPU "${THRUM_CPU}" CACHE STRING "The CPU, as in src/arch/<cpu>.h")

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "thrum knows Linux only so far, not ${CMAKE_SYSTEM_NAME}")
endif()
foreach(file IN ITEMS "src/arch/${THRUM_CPU}.h" "src/os/linux/${THRUM_CPU}.h")
  if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${file}")
    message(FATAL_ERROR "thrum does not know the CPU '${THRUM_CPU}': there is no ${file}")
  endif()
endforeach()

# Flags that a CPU's code needs beyond the compiler's defaults, for the library and for programs.
set(thrum_cpu_options_x86_64 "")
set(THRUM_CPU_OPTIONS ${thrum_cpu_options_${THRUM_CPU}})
