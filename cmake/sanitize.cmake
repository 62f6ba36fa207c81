# Builds to be looked at by other programs: the hosted library and its tests, at a small scale.
#
# THRUM_SANITIZE        compiled with these sanitizers, as -fsanitize takes them: address,undefined or
#                       thread
# THRUM_VALGRIND        its test suite runs under these tools of valgrind: memcheck, drd
set(THRUM_SANITIZE "" CACHE STRING "Sanitizers of this build: address,undefined or thread")
set(THRUM_VALGRIND "" CACHE STRING "The hosted test suite runs under these tools of valgrind")
set(thrum_no_undefined -Wl,-z,defs)
if(THRUM_SANITIZE)
  set(thrum_no_undefined "") # clang's sanitizers are in programs alone
  if(THRUM_FREESTANDING_BUILD)
    message(FATAL_ERROR "sanitizers need a libc: THRUM_FREESTANDING_BUILD=OFF")
  endif()
  list(JOIN THRUM_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
endif()
