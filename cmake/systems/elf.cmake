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
set(THRUM_ELF_LINK_OPTIONS -Wl,-z,noseparate-code -Wl,-z,noexecstack -Wl,--gc-sections)
