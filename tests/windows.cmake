# The same objects once more above a C run-time: suite-crt with libthrum.a, suite-shared with thrum.dll.
if(NOT THRUM_HOSTED OR THRUM_CPU STREQUAL "aarch64") # whose C run-time is not at hand
  return()
endif()

foreach(kind IN ITEMS crt shared)
  set(library thrum_static)
  set(of_kind ${parts})
  if(kind STREQUAL "shared")
    set(library thrum_shared)
    list(REMOVE_ITEM of_kind os_numbers) # it calls what a DLL does not export
  endif()
  set(target suite_${kind})
  thrum_test_suite(${target} ${of_kind})
  add_dependencies(${target} test_support)
  target_link_libraries(${target} PRIVATE $<TARGET_FILE:test_support> ${library}
    -l:libssp.a) # what the stack protector calls
  target_link_options(${target} PRIVATE ${THRUM_SYSTEM_TEST_LINK_OPTIONS})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME "suite-${kind}" RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  if("${kind}${THRUM_TEST_TURN}" MATCHES "^(crt1|shared0)$") # the other compiler's turn
    continue()
  endif()
  if(NOT THRUM_TESTS STREQUAL "none" AND CMAKE_CROSSCOMPILING_EMULATOR)
    thrum_test_run(suite-${kind} ${target} --scale=1)
    set_tests_properties(suite-${kind} PROPERTIES LABELS "tap;linked")
  endif()
endforeach()
