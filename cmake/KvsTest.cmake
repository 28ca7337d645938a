# kvs_test(<name> LABEL <label> SOURCES <files> LIBS <targets> [TIMEOUT <seconds>] [SHARDS <number>]): one GoogleTest program whose
# cases become CTest tests of their own, so that passed, failed and skipped are counted one by one. With a sanitizer, where it takes
# long to start a process, the program is one test, or SHARDS of them.
find_package(GTest REQUIRED)
include(GoogleTest)

function(kvs_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT;SHARDS" "SOURCES;LIBS;DEFINES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  kvs_target(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE KVS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ${ARG_DEFINES})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(KVS_SANITIZE)
    if(NOT ARG_SHARDS)
      set(ARG_SHARDS 1)
    endif()
    math(EXPR last "${ARG_SHARDS} - 1")
    foreach(shard RANGE ${last})
      set(test ${name})
      if(last GREATER 0)
        string(APPEND test ".shard_${shard}")
      endif()
      add_test(NAME ${test} COMMAND ${name} --gtest_brief=1)
      set_tests_properties(${test} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 300
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${shard}")
    endforeach()
    return()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# kvs_python_tests(HARNESS <file> [EXCEPT <modules>] ENVIRONMENT <NAME=value>... [MODIFICATION <change>...]): each method test_* of the
# modules *_test.py in this folder, run by the harness with KVS_PIPELINE_PYTHON. Those under valgrind, with that label, are left out with a
# sanitizer: a program with one does not run in it.
function(kvs_python_tests)
  cmake_parse_arguments(ARG "" "HARNESS" "EXCEPT;ENVIRONMENT;MODIFICATION" ${ARGN})
  file(GLOB modules CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.py")
  foreach(path IN LISTS modules)
    get_filename_component(module "${path}" NAME_WE)
    if(module IN_LIST ARG_EXCEPT)
      continue()
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(STRINGS "${path}" lines REGEX "^    def test_[a-z0-9_]+\\(self\\)")
    foreach(line IN LISTS lines)
      string(REGEX MATCH "test_[a-z0-9_]+" test "${line}")
      set(label integration)
      if(test MATCHES "valgrind")
        set(label valgrind)
      endif()
      if(KVS_SANITIZE AND label STREQUAL "valgrind")
        continue()
      endif()
      add_test(NAME ${module}.${test} COMMAND "${KVS_PIPELINE_PYTHON}" -B "${ARG_HARNESS}" ${module} ${test})
      set_tests_properties(${module}.${test} PROPERTIES
        LABELS ${label} TIMEOUT 280 SKIP_RETURN_CODE 77 ENVIRONMENT "${ARG_ENVIRONMENT}"
        ENVIRONMENT_MODIFICATION "${ARG_MODIFICATION}")
    endforeach()
  endforeach()
endfunction()
