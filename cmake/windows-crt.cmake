# The library for programs with a C run-time: libthrum.a, and thrum.dll with its import library
# libthrum.dll.a. The same sources as without one; only the end of the process is the run-time's.

function(thrum_windows_target target kind end)
  add_library(${target} ${kind} ${THRUM_WINDOWS_SOURCES} ${end} ${ARGN} ${thrum_sources})
  add_library(thrum::${target} ALIAS ${target})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src" PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_definitions(${target} PRIVATE THRUM_PRIVATE_BUILD=1 ${THRUM_PLACE_DEFINITIONS})
  target_compile_options(${target} PRIVATE ${THRUM_KERNEL_HEADERS} -ffunction-sections -fdata-sections ${thrum_unwind_tables}
    ${THRUM_WARNINGS} -Wmissing-prototypes -Wpointer-arith -Wwrite-strings)
  target_link_libraries(${target} PUBLIC ${THRUM_SYSTEM_LINK_LIBRARIES})
endfunction()

thrum_windows_target(thrum_static STATIC src/os/windows/exit_crt.c)
set_target_properties(thrum_static PROPERTIES OUTPUT_NAME thrum EXPORT_NAME thrum_static)

# The DLL itself has no C run-time in it, and works beside any: also where the program has another one.
thrum_windows_target(thrum_shared SHARED src/os/windows/exit_dll.c src/os/windows/probe.c src/start/canary.c src/start/memory.c
                     src/start/stack_protector.c)
set_target_properties(thrum_shared PROPERTIES PREFIX "" OUTPUT_NAME thrum EXPORT_NAME thrum
  IMPORT_PREFIX "lib" IMPORT_SUFFIX ".dll.a")
target_compile_definitions(thrum_shared PRIVATE THRUM_PRIVATE_API_EXPORTED=1
                           INTERFACE THRUM_PRIVATE_API_IMPORTED=1)
target_compile_options(thrum_shared PRIVATE -ffreestanding)
target_link_options(thrum_shared PRIVATE -nostdlib ${THRUM_SYSTEM_LINK_OPTIONS} -Wl,-e,${THRUM_DLL_ENTRY})
target_link_libraries(thrum_shared PRIVATE $<$<STREQUAL:${THRUM_CPU_LIBGCC},yes>:-lgcc>)

# thrum.dll is looked for beside the program.
set_target_properties(thrum_shared PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
