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
