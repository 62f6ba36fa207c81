# The freestanding library: straight on the kernel, with a start of its own.

add_library(thrum_archive STATIC
  src/arch/atomics.c
  src/arch/helpers.c

  src/os/linux/affinity.c
  src/os/linux/cgroup.c
  src/os/linux/clock.c
  src/os/linux/cpus.c
  src/os/linux/fault.c
  src/os/linux/gone.c
  src/os/linux/memory.c
  src/os/linux/name.c
  src/os/linux/pages.c
  src/os/linux/process.c
  src/os/linux/thread.c
  src/os/linux/vdso.c
  src/os/linux/wait.c

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

  ${thrum_sources}
)
set_target_properties(thrum_archive PROPERTIES
  OUTPUT_NAME thrum-freestanding
  EXPORT_NAME archive
)
add_library(thrum::archive ALIAS thrum_archive)
thrum_compile_library(thrum_archive)

# Patterns of the files that want something else; one that matches no file is an error.

# Before there is a thread pointer, and while it moves, no function may look for the canary there.
thrum_compile_differently(thrum_archive NO_STACK_PROTECTOR
  "^src/start/"
  "^src/tls/image.c"
  "^src/os/linux/(memory|process|thread).c"
)
# What top-level asm defines or calls, and what compilers call on their own account, is invisible to
# link-time optimisation.
thrum_compile_differently(thrum_archive NO_LTO
  "^src/arch/"
  "^src/start/"
  "^src/os/linux/(fault|thread).c"
)
# Before relocation a table's own address is not there to be read.
thrum_compile_differently(thrum_archive NO_JUMP_TABLES
  "^src/start/relocate.c"
)
# memcpy must not become a call of memcpy.
thrum_compile_differently(thrum_archive NO_BUILTIN
  "^src/start/memory.c"
)
# What runs once, or waits for the kernel anyway, is compiled for size: every program carries it.
thrum_compile_differently(thrum_archive SMALL
  "^src/(diagnose|start|thread)/"
  "^src/os/(linux/|used.c)"
)
thrum_compile_differently(thrum_archive FAST
  "^src/os/linux/clock.c"
  "^src/start/memory.c"
  "^src/thread/(self|time).c"
)

# --- what programs link with -----------------------------------------------------------------------

# thrum::freestanding for a static program, thrum::freestanding_pie for a static-PIE (where the CPU's
# line says that there are such).
thrum_add_program_target(thrum_freestanding freestanding "${THRUM_STATIC_COMPILE_OPTIONS}"
                         "${THRUM_STATIC_LINK_OPTIONS}")
set(thrum_program_targets thrum_freestanding)
if(THRUM_CPU_PIE STREQUAL "yes")
  thrum_add_program_target(thrum_freestanding_pie freestanding_pie "${THRUM_PIE_COMPILE_OPTIONS}"
                           "${THRUM_PIE_LINK_OPTIONS}")
  list(APPEND thrum_program_targets thrum_freestanding_pie)
endif()
