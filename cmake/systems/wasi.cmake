# WASI preview 1 with wasi-threads, on 32-bit WebAssembly.
set(THRUM_CPU wasm32)
set(THRUM_CPU_FILE wasm32)
# -fhosted, against the -ffreestanding of other systems: main is then called by how many arguments it
# takes. -fno-builtin, -nostdlibinc: and still no function is called that is not there, no header read
# that is this machine's. The rest is what threads need.
set(THRUM_CPU_FLAGS -fhosted -fno-builtin -nostdlibinc -Wno-unused-command-line-argument -matomics -mbulk-memory -mmutable-globals)
set(THRUM_CPU_BLOCK -)
set(THRUM_CPU_PIE no)
set(THRUM_CPU_LIBGCC no)
set(THRUM_DIVIDES yes) # 64 bits too, by an instruction
set(THRUM_CPU_RUNNER ${CMAKE_CROSSCOMPILING_EMULATOR})

set(THRUM_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/wasm32.h\""
  "THRUM_OS_THREAD_FILE=\"os/wasi/thread.h\""
  "THRUM_SELF_FILE=\"os/wasi/self.h\""
)

enable_language(ASM)
option(THRUM_WASI_THROW "thrum_exit unwinds by an exception, which the engine must know" OFF)
if(THRUM_WASI_THROW) # -g0: the assembler's own line numbers trip over an exception's tag
  set_source_files_properties(src/os/wasi/thread.S PROPERTIES
    COMPILE_OPTIONS "-g0;-mexception-handling;-DTHRUM_WASI_THROW=1")
endif()
set(THRUM_SYSTEM_SOURCES
  src/os/no_affinity.c
  src/os/wasi/exit.c
  src/os/wasi/init.c
  src/os/wasi/main.c
  src/os/wasi/memory.c
  src/os/wasi/process.c
  src/os/wasi/start.c
  src/os/wasi/thread.c
  src/os/wasi/thread.S
  src/os/wasi/wait.c

  src/start/canary.c
  src/start/memory.c
  src/start/stack_protector.c
  src/tls/image.c
)
set(THRUM_SYSTEM_NO_STACK_PROTECTOR "^src/start/" "^src/tls/image.c" "^src/os/wasi/(init|process|start).c")
set(THRUM_SYSTEM_NO_LTO "^src/(start|os/wasi)/")
set(THRUM_SYSTEM_NO_JUMP_TABLES "")
set(THRUM_SYSTEM_NO_BUILTIN "^src/start/memory.c")
set(THRUM_SYSTEM_SMALL "^src/start/" "^src/os/wasi/[a-z]+.c")
set(THRUM_SYSTEM_FAST "^src/start/memory.c")

# The memory is shared and the host's, as wasi-threads wants it; main's stack comes first in it, so that
# its overflow is an address that there is not.
set(THRUM_WASI_MAX_MEMORY 1073741824 CACHE STRING "Bytes that a program's memory may grow to")
set(THRUM_SYSTEM_LINK_OPTIONS
  -Wl,--shared-memory -Wl,--import-memory -Wl,--max-memory=${THRUM_WASI_MAX_MEMORY}
  -Wl,--stack-first -Wl,-z,stack-size=1048576)
set(THRUM_TEST_SYSTEMS no_limits no_processes wasi)
# The tests' main takes the environment.
set(THRUM_SYSTEM_TEST_LINK_OPTIONS -Wl,-u,thrum_wasi_main3)
# Its compilers know one way to reach a _Thread_local variable, and no ifuncs.
set(THRUM_SYSTEM_TESTS_LEFT_OUT "/(models_[a-z0-9_]+|ifunc)\\.c$")
