# How the library and the programs are compiled and linked: every flag of the build stands here, and
# the package files are made from the same lists.

set(thrum_gnu "$<C_COMPILER_ID:GNU>")

if(PROJECT_IS_TOP_LEVEL)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(NOT CMAKE_BUILD_TYPE AND NOT multi_config)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug (-O0), RelWithDebInfo (-O2), Release (-O3)"
        FORCE)
  endif()
  # CMake's own add -DNDEBUG, which nothing here reads.
  set(CMAKE_C_FLAGS_DEBUG "-O0 -g")
  set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
  set(CMAKE_C_FLAGS_RELEASE "-O3")
endif()

# Link-time optimisation, whoever asks for it: THRUM_LTO, CMake's own variables, flags from outside.
set(thrum_lto ${THRUM_LTO})
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION OR CMAKE_INTERPROCEDURAL_OPTIMIZATION_${type}
   OR "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}}" MATCHES "-flto")
  set(thrum_lto ON)
endif()
if(thrum_lto)
  # The compiler's own archiver knows what its objects are.
  set(CMAKE_AR "${CMAKE_C_COMPILER_AR}")
  set(CMAKE_RANLIB "${CMAKE_C_COMPILER_RANLIB}")
endif()

# --- what a program needs, in this build and where it is installed ---------------------------------

# -ffreestanding: without it compilers turn loops into calls of functions that are not there (gcc 12
# makes strlen of one). -ftls-model=local-exec: a __thread variable of a static program is at a known
# distance from the thread pointer, so an access is one instruction and needs no __tls_get_addr, even
# where code is compiled as position-independent.
if(NOT DEFINED THRUM_SYSTEM_COMPILE_OPTIONS)
  set(THRUM_SYSTEM_COMPILE_OPTIONS -ftls-model=local-exec)
endif()
set(THRUM_PROGRAM_COMPILE_OPTIONS -ffreestanding ${THRUM_SYSTEM_COMPILE_OPTIONS} ${THRUM_CPU_OPTIONS})
set(THRUM_STATIC_COMPILE_OPTIONS ${THRUM_PROGRAM_COMPILE_OPTIONS})
set(THRUM_PIE_COMPILE_OPTIONS ${THRUM_PROGRAM_COMPILE_OPTIONS} -fPIE)

# One archive serves static and static-PIE programs, where the CPU has both.
if(THRUM_CPU_PIE STREQUAL "yes")
  set(thrum_archive_options ${THRUM_PIE_COMPILE_OPTIONS})
else()
  set(thrum_archive_options ${THRUM_STATIC_COMPILE_OPTIONS} -fno-pic -fno-pie)
endif()

# text: relocations in code are an error, not a surprise at start.
set(thrum_link_options "")
if(thrum_lto AND THRUM_ELF_SOURCES)
  # What compilers call on their own account is found too late to be optimised: it has to be there, and is
  # (THRUM_ELF_NO_LTO), or is to be kept from the start with all that it calls.
  list(APPEND thrum_link_options -Wl,-u,__stack_chk_fail)
endif()
set(THRUM_STATIC_LINK_OPTIONS ${THRUM_CPU_OPTIONS} -nostdlib -static ${THRUM_SYSTEM_LINK_OPTIONS}
    ${thrum_link_options})
set(THRUM_SMALL_COMPILE_OPTIONS ${THRUM_STATIC_COMPILE_OPTIONS} -fno-ident)
set(THRUM_SMALL_LINK_OPTIONS ${THRUM_CPU_OPTIONS} -nostdlib -static ${THRUM_SYSTEM_SMALL_LINK_OPTIONS}
    ${thrum_link_options})
# Some compilers name an interpreter in any PIE. A CPU's own flags come last: they may say notext
# where the linker counts relocations in code that it does not make.
set(THRUM_PIE_LINK_OPTIONS -nostdlib -static-pie -Wl,--no-dynamic-linker -Wl,-z,text
    ${THRUM_SYSTEM_LINK_OPTIONS} ${thrum_link_options} ${THRUM_CPU_OPTIONS})

# What the compiler's own code may call where the CPU has no instruction for it.
set(THRUM_LINK_LIBRARIES "")
if(THRUM_CPU_LIBGCC STREQUAL "yes")
  set(THRUM_LINK_LIBRARIES -lgcc)
endif()
list(APPEND THRUM_LINK_LIBRARIES ${THRUM_SYSTEM_LINK_LIBRARIES})

# thrum_add_program_target(TARGET EXPORT_NAME COMPILE_OPTIONS LINK_OPTIONS): thrum::EXPORT_NAME,
# which brings headers, flags and archive.
function(thrum_add_program_target target export_name compile_options link_options)
  add_library(${target} INTERFACE)
  add_library(thrum::${export_name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${export_name})
  target_include_directories(${target} INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_definitions(${target} INTERFACE THRUM_FREESTANDING=1 ${THRUM_CPU_DEFINITIONS})
  target_compile_options(${target} INTERFACE ${compile_options})
  target_link_options(${target} INTERFACE ${link_options})
  target_link_libraries(${target} INTERFACE thrum_archive ${THRUM_LINK_LIBRARIES})
endfunction()

# --- this build ------------------------------------------------------------------------------------

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(THRUM_WARNINGS
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wundef -Wvla
  $<$<BOOL:${THRUM_WERROR}>:-Werror>
)

set(thrum_lto_compile_options "")
if(THRUM_LTO)
  # gcc: -flto=auto compiles on all CPUs; clang: its own archiver and linker understand bitcode.
  set(thrum_lto_compile_options $<IF:${thrum_gnu},-flto=auto,-flto>)
  add_link_options($<IF:${thrum_gnu},-flto=auto,-flto> $<$<NOT:${thrum_gnu}>:-fuse-ld=lld>)
endif()

# Not every CPU's compiler has a stack protector.
include(CheckCCompilerFlag)
set(CMAKE_REQUIRED_FLAGS -Werror)
check_c_compiler_flag(-fstack-protector-strong THRUM_HAS_STACK_PROTECTOR)
unset(CMAKE_REQUIRED_FLAGS)
set(thrum_stack_protector "")
if(THRUM_HAS_STACK_PROTECTOR)
  set(thrum_stack_protector -fstack-protector-strong)
endif()

# What a CPU checks of calls and returns: places that may be called by address are marked, return addresses
# kept apart or signed, and each object says so. A linker gives a program the mark only if all its objects
# have it, so one library without would take it from every program. CPUs that do not know the instructions
# take them for no-ops.
set(thrum_control_flow "")
if(NOT THRUM_SYSTEM MATCHES "^(windows|wasi)$")
  string(JOIN " " CMAKE_REQUIRED_FLAGS -Werror ${THRUM_CPU_OPTIONS})
  foreach(flag IN ITEMS -fcf-protection=full -mbranch-protection=standard)
    string(MAKE_C_IDENTIFIER "THRUM_HAS${flag}" result)
    check_c_compiler_flag(${flag} ${result})
    if(${result})
      list(APPEND thrum_control_flow ${flag})
    endif()
  endforeach()
  unset(CMAKE_REQUIRED_FLAGS)
endif()

# Nobody unwinds through the library, but where a system's exceptions want to.
set(thrum_unwind_tables -fno-asynchronous-unwind-tables)
if(THRUM_SYSTEM_UNWINDS)
  set(thrum_unwind_tables -fasynchronous-unwind-tables)
endif()

# thrum_compile_library(TARGET): the library's own sources.
function(thrum_compile_library target)
  target_include_directories(${target} PRIVATE
    "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${target} PRIVATE
    THRUM_FREESTANDING=1 THRUM_PRIVATE_BUILD=1 ${THRUM_CPU_DEFINITIONS} ${THRUM_PLACE_DEFINITIONS})
  target_compile_options(${target} PRIVATE
    ${thrum_archive_options}
    -fvisibility=hidden
    -ffunction-sections -fdata-sections
    -fno-ident # else each program has the compiler's name, which only tools read
    ${thrum_unwind_tables}
    ${thrum_stack_protector} ${thrum_control_flow}
    ${thrum_lto_compile_options}
    ${THRUM_WARNINGS} -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
  )
endfunction()

# thrum_compile_differently(TARGET NO_STACK_PROTECTOR|NO_LTO|NO_BUILTIN|NO_JUMP_TABLES|SMALL|FAST
# PATTERN…): the sources that match; a later word wins over an earlier one.
function(thrum_compile_differently target what)
  set(NO_STACK_PROTECTOR -fno-stack-protector)
  set(NO_LTO -fno-lto)
  set(NO_BUILTIN -fno-builtin
      $<IF:${thrum_gnu},-fno-tree-loop-distribute-patterns,-fno-vectorize;-fno-unroll-loops>)
  set(NO_JUMP_TABLES -fno-jump-tables)
  set(SMALL "")
  set(FAST "")
  # A CPU's line names a level where its compiler is sound at no other.
  if(NOT "${THRUM_CPU_OPTIONS}" MATCHES "-O")
    set(SMALL $<$<CONFIG:RelWithDebInfo>:$<IF:${thrum_gnu},-Os,-Oz>>)
    set(FAST $<$<CONFIG:RelWithDebInfo>:-O2>)
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(pattern IN LISTS ARGN)
    set(files ${sources})
    list(FILTER files INCLUDE REGEX "${pattern}")
    if(NOT files)
      message(FATAL_ERROR "${target} has no source ${pattern}")
    endif()
    set_property(SOURCE ${files} APPEND PROPERTY COMPILE_OPTIONS ${${what}})
  endforeach()
endfunction()

# thrum_compile_program(TARGET [NO_LTO]): tests and examples, beside what thrum::freestanding brings. Wants
# the stack protector, so that the canary is in use wherever a test goes.
function(thrum_compile_program target)
  target_compile_options(${target} PRIVATE
    ${thrum_stack_protector} ${thrum_control_flow} -ffunction-sections -fdata-sections
    ${THRUM_WARNINGS})
  if(NOT "NO_LTO" IN_LIST ARGN)
    target_compile_options(${target} PRIVATE ${thrum_lto_compile_options})
  endif()
endfunction()
