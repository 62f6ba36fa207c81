# The freestanding library: straight on the kernel, with a start of its own.

add_library(thrum_archive STATIC
  src/arch/atomics.c
  src/arch/helpers.c
  ${THRUM_SYSTEM_SOURCES}
  ${thrum_sources}
)
# In an archive alone: it changes a program by being linked.
target_sources(thrum_archive PRIVATE src/thread/harden.c)
set_target_properties(thrum_archive PROPERTIES
  OUTPUT_NAME thrum-freestanding
  EXPORT_NAME archive
)
add_library(thrum::archive ALIAS thrum_archive)
thrum_compile_library(thrum_archive)

# Patterns of the files that want something else; one that matches no file is an error. What is the
# system's own stands in its file in cmake/systems.
foreach(what IN ITEMS NO_STACK_PROTECTOR NO_LTO NO_JUMP_TABLES)
  thrum_compile_differently(thrum_archive ${what} ${THRUM_SYSTEM_${what}})
endforeach()
thrum_compile_differently(thrum_archive NO_LTO "^src/arch/")
# What runs once, or waits for the kernel anyway, is compiled for size: every program carries it.
thrum_compile_differently(thrum_archive SMALL ${THRUM_SYSTEM_SMALL}
  "^src/(diagnose|thread)/" "^src/sync/lock.c" "^src/tls/(no_)?image.c"
  "^src/os/used.c"
)
thrum_compile_differently(thrum_archive FAST ${THRUM_SYSTEM_FAST}
  "^src/thread/(self|time).c"
)
# Last: clang takes a level after -fno-vectorize for -fvectorize.
thrum_compile_differently(thrum_archive NO_BUILTIN ${THRUM_SYSTEM_NO_BUILTIN})

# --- what programs link with -----------------------------------------------------------------------

# thrum::freestanding for a static program, thrum::freestanding_small for one that is to be small,
# thrum::freestanding_pie for a static-PIE (where the CPU's
# line says that there are such).
thrum_add_program_target(thrum_freestanding freestanding "${THRUM_STATIC_COMPILE_OPTIONS}"
                         "${THRUM_STATIC_LINK_OPTIONS}")
set(thrum_program_targets thrum_freestanding)
if(DEFINED THRUM_SYSTEM_SMALL_LINK_OPTIONS)
  thrum_add_program_target(thrum_freestanding_small freestanding_small "${THRUM_SMALL_COMPILE_OPTIONS}"
                           "${THRUM_SMALL_LINK_OPTIONS}")
  list(APPEND thrum_program_targets thrum_freestanding_small)
endif()
if(THRUM_CPU_PIE STREQUAL "yes")
  thrum_add_program_target(thrum_freestanding_pie freestanding_pie "${THRUM_PIE_COMPILE_OPTIONS}"
                           "${THRUM_PIE_LINK_OPTIONS}")
  list(APPEND thrum_program_targets thrum_freestanding_pie)
endif()
