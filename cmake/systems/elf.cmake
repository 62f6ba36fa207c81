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

# noseparate-code: no page of padding between code and constants, which would be most of a small
# program. The archive's `_start` is found because it is the entry that every linker looks for.
set(THRUM_ELF_LINK_OPTIONS -Wl,-z,noexecstack -Wl,--gc-sections)
# gold does not know it, nor needs it. A linker that links nothing yet, in a build for another CPU, is no reason.
include(CheckCSourceCompiles)
set(CMAKE_TRY_COMPILE_TARGET_TYPE EXECUTABLE)
foreach(options IN ITEMS "-Wl,-z,noseparate-code" "")
  string(MAKE_C_IDENTIFIER "THRUM_LINKS${options}" result)
  if(options OR NOT THRUM_LINKS_Wl__z_noseparate_code)
    set(CMAKE_REQUIRED_LINK_OPTIONS ${THRUM_CPU_OPTIONS} -nostdlib -static ${options})
    check_c_source_compiles("int main(void) { return 0; } void _start(void) { }" ${result})
  endif()
endforeach()
unset(CMAKE_REQUIRED_LINK_OPTIONS)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
if(THRUM_LINKS_Wl__z_noseparate_code OR NOT THRUM_LINKS)
  list(PREPEND THRUM_ELF_LINK_OPTIONS -Wl,-z,noseparate-code)
endif()

# The start finds what to relocate and the TLS image by the program's headers, which have to be in memory.
if(" ${CMAKE_EXE_LINKER_FLAGS} " MATCHES " (-Wl,[^ ]*|-Xlinker )?(-N|-n|--omagic|--nmagic)[ ,]")
  message(FATAL_ERROR "thrum's start reads the program's headers, and -N and -n leave them out of memory "
          "(the linker would say: undefined reference to `__ehdr_start'). CMAKE_EXE_LINKER_FLAGS: "
          "${CMAKE_EXE_LINKER_FLAGS}")
endif()
