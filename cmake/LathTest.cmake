# lath_test(NAME SOURCES ... [ROOMS ...] [LIBRARIES ...] [LABELS ...] [TIMEOUT seconds] [ENVIRONMENT NAME=value] [SERIAL] [APART]): one gtest
# program, each of its cases a test of ctest. Its source folder is tests/NAME. A case may leave nothing behind. A case with a parameter is
# named as gtest names it, not by the parameter's print, which may be its raw bytes or an address. APART: its sources give one name to
# different things, and are never compiled together (LATH_UNITY).
find_package(GTest REQUIRED)
include(GoogleTest)
add_custom_target(gtest_programs)  # all of them: what a sanitizer's run needs of the tree

function(lath_test name)
  cmake_parse_arguments(TEST "SERIAL;APART" "TIMEOUT;ENVIRONMENT" "SOURCES;ROOMS;LIBRARIES;LABELS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 60)
  endif()
  add_executable(test_${name} ${TEST_SOURCES})
  add_dependencies(gtest_programs test_${name})
  lath_flags(test_${name})
  if(LATH_UNITY AND NOT TEST_APART)
    set_target_properties(test_${name} PROPERTIES UNITY_BUILD ON)
    # g++ takes a source that is included for a header, whose classes ought to have no nameless bases.
    target_compile_options(test_${name} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<COMPILE_LANGUAGE:CXX>>:-Wno-subobject-linkage>)
  endif()
  list(TRANSFORM TEST_ROOMS PREPEND lath_)
  if(NOT perf IN_LIST TEST_LABELS)  # what is measured is compiled as users have it; a test's own source costs more to compile than to run
    target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT TEST_SOURCES MATCHES "\\.c(;|$)")  # the header is none for C
      target_precompile_headers(test_${name} REUSE_FROM gtest_headers)
    endif()
  endif()
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(test_${name} PRIVATE ${TEST_ROOMS} ${TEST_LIBRARIES} GTest::gtest_main)
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    PROPERTIES TIMEOUT ${TEST_TIMEOUT} RUN_SERIAL ${TEST_SERIAL} LABELS "${TEST_LABELS}" ENVIRONMENT "${TEST_ENVIRONMENT}")
endfunction()
