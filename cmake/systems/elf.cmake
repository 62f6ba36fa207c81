# What the freestanding systems whose programs are static ELF files share: start, relocation, TLS image.
set(THRUM_ELF_SOURCES
  src/tls/get_addr.c
  src/tls/image.c

  src/start/canary.c
  src/start/entry.c
  src/start/exit.c
  src/start/init.c
  src/start/memory.c
  src/start/relocate.c
  src/start/stack_protector.c
  src/start/start.c
)

# Before there is a thread pointer, and while it moves, no function may look for the canary there.
set(THRUM_ELF_NO_STACK_PROTECTOR "^src/start/" "^src/tls/image.c")
# What top-level asm defines or calls, and what compilers call on their own account, is invisible to
# link-time optimisation.
set(THRUM_ELF_NO_LTO "^src/start/")
# Before relocation a table's own address is not there to be read.
set(THRUM_ELF_NO_JUMP_TABLES "^src/start/relocate.c")
# memcpy must not become a call of memcpy.
set(THRUM_ELF_NO_BUILTIN "^src/start/memory.c")
# What runs once, or waits for the kernel anyway, is compiled for size: every program carries it.
set(THRUM_ELF_SMALL "^src/start/")
set(THRUM_ELF_FAST "^src/start/memory.c")

# thrum_link_option(LIST OPTION…): adds the first that the linker knows. One that links nothing yet, in a build
# for another CPU, is taken for GNU's.
include(CheckCSourceCompiles)
macro(thrum_link_option list)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE EXECUTABLE)
  set(thrum_found "")
  foreach(option IN ITEMS ${ARGN} "")
    string(MAKE_C_IDENTIFIER "THRUM_LINKS${option}" result)
    if(NOT thrum_found)
      set(CMAKE_REQUIRED_LINK_OPTIONS ${THRUM_CPU_OPTIONS} -nostdlib -static ${option})
      check_c_source_compiles("int main(void) { return 0; } void _start(void) { }" ${result})
      if(${result} AND option)
        set(thrum_found "${option}")
      endif()
    endif()
  endforeach()
  if(NOT thrum_found AND NOT THRUM_LINKS)
    set(thrum_found "${ARGV1}")
  endif()
  list(APPEND ${list} ${thrum_found})
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
endmacro()

# Code, constants and data in segments of their own, so that no constant can be run; and what is not
# written to after the start, read-only then. The archive's `_start` is found because it is the entry that
# every linker looks for.
set(THRUM_ELF_LINK_OPTIONS -Wl,-z,noexecstack -Wl,--gc-sections)
set(THRUM_ELF_SMALL_LINK_OPTIONS ${THRUM_ELF_LINK_OPTIONS})
thrum_link_option(THRUM_ELF_LINK_OPTIONS -Wl,-z,separate-code -Wl,--rosegment)
thrum_link_option(THRUM_ELF_LINK_OPTIONS -Wl,-z,relro)
# A small program has code and constants in one segment, no padding, and nothing that only tools read.
thrum_link_option(THRUM_ELF_SMALL_LINK_OPTIONS -Wl,-z,noseparate-code)
thrum_link_option(THRUM_ELF_SMALL_LINK_OPTIONS -Wl,--no-rosegment)
thrum_link_option(THRUM_ELF_SMALL_LINK_OPTIONS -Wl,-z,norelro)
thrum_link_option(THRUM_ELF_SMALL_LINK_OPTIONS -Wl,--build-id=none)
thrum_link_option(THRUM_ELF_SMALL_LINK_OPTIONS -Wl,--no-eh-frame-hdr)

# The start finds what to relocate and the TLS image by the program's headers, which have to be in memory.
if(" ${CMAKE_EXE_LINKER_FLAGS} " MATCHES " (-Wl,[^ ]*|-Xlinker )?(-N|-n|--omagic|--nmagic)[ ,]")
  message(FATAL_ERROR "thrum's start reads the program's headers, and -N and -n leave them out of memory "
          "(the linker would say: undefined reference to `__ehdr_start'). CMAKE_EXE_LINKER_FLAGS: "
          "${CMAKE_EXE_LINKER_FLAGS}")
endif()
