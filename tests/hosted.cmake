# The same tests above a libc, all in one program for each way of linking; and those of tests/hosted,
# which look at what there is only there. Left out, because there is nothing to be tested: tests/image and
# tests/start (the libc's own image, start and canary), tests/foreign_start, tests/os/linux (the kernel's
# numbers are the libc's own matter), and the image's layout:
set(left_out "/tls/layout\\.c$")
set(areas c11 diagnose diagnose/linux os refusals/linux storm sync thread tls hosted)
file(GLOB frame_files CONFIGURE_DEPENDS frame/*.c)
file(GLOB support_files CONFIGURE_DEPENDS support/*.c support/linux/*.c)
list(FILTER support_files EXCLUDE REGEX "/(linux/bare|arithmetic)\\.c$")
if(THRUM_WAIT STREQUAL "table")
  list(APPEND areas os/numbers) # which lock ids have then
endif()
set(test_files "")
foreach(area IN LISTS areas)
  file(GLOB files CONFIGURE_DEPENDS ${area}/*.c)
  list(APPEND test_files ${files})
endforeach()
if(THRUM_WAIT STREQUAL "table")
  list(APPEND left_out "/refusals/linux/(end|kernel)\\.c$") # what its waits ask of the kernel is the libc's matter
endif()
foreach(pattern IN LISTS left_out)
  list(FILTER test_files EXCLUDE REGEX "${pattern}")
endforeach()
file(GLOB files CONFIGURE_DEPENDS hosted/*.c)
set_source_files_properties(${files} PROPERTIES COMPILE_DEFINITIONS _XOPEN_SOURCE=700)
if(THRUM_WAIT STREQUAL "table")
  set_source_files_properties(support/linux/system.c PROPERTIES COMPILE_DEFINITIONS LINUX_STEPS=0)
endif()
set_source_files_properties(support/linux/libc.c PROPERTIES COMPILE_DEFINITIONS _XOPEN_SOURCE=700)

set(library_archive thrum_static)
set(library_shared thrum_shared)
set(library_static thrum_static)
set(link_static -static)

# The whole library as one file, as programs vendor it.
set(library_amalgamation thrum_amalgamation)
if("amalgamation" IN_LIST THRUM_HOSTED_TESTS)
  set(folder "${PROJECT_BINARY_DIR}/amalgamation")
  file(GLOB_RECURSE parts CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*" "${PROJECT_SOURCE_DIR}/include/*")
  add_custom_command(OUTPUT "${folder}/thrum.c" "${folder}/thrum.h"
    COMMAND "${PROJECT_SOURCE_DIR}/tools/amalgamate" "${folder}"
    DEPENDS "${PROJECT_SOURCE_DIR}/tools/amalgamate" ${parts})
  add_library(thrum_amalgamation STATIC "${folder}/thrum.c")
  target_compile_options(thrum_amalgamation PRIVATE ${THRUM_WARNINGS})
  target_compile_definitions(thrum_amalgamation
    PRIVATE THRUM_WAIT_TABLE=$<STREQUAL:${THRUM_WAIT},table>)
  target_link_options(thrum_amalgamation INTERFACE -pthread)
endif()

# A look for leaks at the end of each child takes most of the time, and thrum has nothing from malloc.
set(valgrind_memcheck --leak-check=no)

list(GET THRUM_HOSTED_TESTS 0 first_mode)
add_library(hosted_tests OBJECT ${frame_files} ${support_files} ${test_files})
target_link_libraries(hosted_tests PRIVATE thrum_static)
target_compile_options(hosted_tests PRIVATE -pthread ${THRUM_KERNEL_HEADERS})
target_compile_definitions(hosted_tests PRIVATE ${THRUM_HOSTED_PLACE_DEFINITIONS})
target_include_directories(hosted_tests PRIVATE
  "${CMAKE_CURRENT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/src")
thrum_compile_program(hosted_tests)
# Of the ways of linking the first is tested, and a sample of the others: of three, one.
set(tested_modes ${THRUM_HOSTED_TESTS})
if(THRUM_TEST_ONE_IN GREATER 1)
  list(REMOVE_AT tested_modes 0)
  list(LENGTH tested_modes others)
  if(others GREATER 0)
    math(EXPR index "${THRUM_TEST_SEED} % ${others}")
    list(GET tested_modes ${index} tested_modes)
  endif()
  list(PREPEND tested_modes ${first_mode})
endif()
foreach(mode IN LISTS THRUM_HOSTED_TESTS)
  set(suffix "-${mode}")
  # Another way of linking: what goes on in the same code for long is tested once.
  set(labels tap linked)
  set(scale --scale=5 "--except=storm_*" "--except=interleave_*" "--except=refusals_*")
  if(mode STREQUAL first_mode)
    set(suffix "")
    set(labels tap)
    set(scale --scale=25)
  endif()
  if(THRUM_SANITIZE OR THRUM_VALGRIND)
    set(scale --scale=2)
  endif()
  add_executable(hosted_suite_${mode} $<TARGET_OBJECTS:hosted_tests>)
  target_link_libraries(hosted_suite_${mode} PRIVATE ${library_${mode}})
  target_link_options(hosted_suite_${mode} PRIVATE ${link_${mode}})
  set_target_properties(hosted_suite_${mode} PROPERTIES
    OUTPUT_NAME "suite${suffix}" RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  if(NOT THRUM_VALGRIND AND mode IN_LIST tested_modes)
    add_test(NAME "suite${suffix}" COMMAND hosted_suite_${mode} ${scale})
    set_tests_properties("suite${suffix}" PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS "${labels}")
  endif()
  foreach(tool IN LISTS THRUM_VALGRIND)
    add_test(NAME "${tool}${suffix}" COMMAND valgrind --tool=${tool} -q --error-exitcode=99
             --child-silent-after-fork=yes --fair-sched=yes --max-stackframe=16777216
             "--suppressions=${CMAKE_CURRENT_SOURCE_DIR}/valgrind.supp" ${valgrind_${tool}}
             $<TARGET_FILE:hosted_suite_${mode}> ${scale})
    set_tests_properties("${tool}${suffix}" PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS tap)
  endforeach()
endforeach()
if(NOT THRUM_SANITIZE AND NOT THRUM_VALGRIND)
  thrum_test_large_environment(environment hosted_suite_${first_mode})
endif()

# Message passing through every hand-over, in thousands of rounds, as ThreadSanitizer sees it.
if("thread" IN_LIST THRUM_SANITIZE)
  add_test(NAME litmus COMMAND hosted_suite_${first_mode} "litmus_*" --scale=50)
  set_tests_properties(litmus PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS tap)
endif()
if(THRUM_SANITIZE OR THRUM_VALGRIND)
  list(JOIN THRUM_SANITIZE "," sanitizers)
  add_test(NAME house/checkers COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/house/checkers.sh")
  set_tests_properties(house/checkers PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS "tap;house"
    ENVIRONMENT "HOUSE_SOURCE=${PROJECT_SOURCE_DIR};HOUSE_BUILD=${PROJECT_BINARY_DIR};\
HOUSE_CC=${CMAKE_C_COMPILER};HOUSE_CMAKE=${CMAKE_COMMAND};HOUSE_WERROR=$<BOOL:${THRUM_WERROR}>;HOUSE_ARCHIVE=$<TARGET_FILE:thrum_static>;\
HOUSE_SANITIZE=${sanitizers};HOUSE_VALGRIND=$<JOIN:${THRUM_VALGRIND}, >")
  return() # what is installed is tested in the other builds
endif()

add_subdirectory(machines)
add_subdirectory(stepper)

# What is installed, and what a user does with it.
add_test(NAME house/hosted COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/house/hosted.sh")
set_tests_properties(house/hosted PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS "tap;house"
  ENVIRONMENT "HOUSE_SOURCE=${PROJECT_SOURCE_DIR};HOUSE_BUILD=${PROJECT_BINARY_DIR};\
HOUSE_CC=${CMAKE_C_COMPILER};HOUSE_CMAKE=${CMAKE_COMMAND};HOUSE_WERROR=$<BOOL:${THRUM_WERROR}>;HOUSE_ARCHIVE=$<TARGET_FILE:thrum_static>;\
HOUSE_MODES=$<JOIN:${THRUM_HOSTED_TESTS}, >")

# Compiled as distributions do, each a build of its own: a sample. Where the other ways of linking are tested:
# once is enough.
if(THRUM_MODEL)
  add_test(NAME house/flags COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/house/flags.sh")
  set_tests_properties(house/flags PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS "tap;house;long"
    ENVIRONMENT "HOUSE_SOURCE=${PROJECT_SOURCE_DIR};HOUSE_BUILD=${PROJECT_BINARY_DIR};\
HOUSE_CC=${CMAKE_C_COMPILER};HOUSE_CMAKE=${CMAKE_COMMAND};HOUSE_ARCHIVE=$<TARGET_FILE:thrum_static>;\
HOUSE_ONE_IN=${THRUM_TEST_ONE_IN};HOUSE_SEED=${THRUM_TEST_SEED}")
endif()

# What the CPU and the dynamic linker are told.
string(JOIN " " flags "${CMAKE_C_FLAGS}" ${THRUM_CPU_OPTIONS})
add_test(NAME house/hardening COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/house/hardening.sh"
         "$<TARGET_FILE:thrum_static>" "$<TARGET_FILE:thrum_shared>")
set_tests_properties(house/hardening PROPERTIES TIMEOUT ${THRUM_TEST_TIMEOUT} LABELS "tap;house"
  ENVIRONMENT "HOUSE_SOURCE=${PROJECT_SOURCE_DIR};HOUSE_BUILD=${PROJECT_BINARY_DIR};\
HOUSE_CC=${CMAKE_C_COMPILER};HOUSE_CMAKE=${CMAKE_COMMAND};HOUSE_WERROR=$<BOOL:${THRUM_WERROR}>;HOUSE_ARCHIVE=$<TARGET_FILE:thrum_static>;\
HOUSE_SYSTEM=${THRUM_SYSTEM};HOUSE_FLAGS=${flags};HOUSE_LIBC=1;HOUSE_CONTROL_FLOW=${thrum_control_flow}")

if(THRUM_MODEL)
  add_subdirectory(model)
  # Debian: relacy-dev, a checker for the memory of C11; in C++.
  include(CheckLanguage)
  check_language(CXX)
  find_path(THRUM_RELACY relacy/relacy.hpp)
  if(THRUM_RELACY AND CMAKE_CXX_COMPILER)
    enable_language(CXX)
    add_subdirectory(weak)
  else()
    message(STATUS "tests/weak is left out: no relacy/relacy.hpp (Debian: relacy-dev), or no C++")
  endif()
endif()
