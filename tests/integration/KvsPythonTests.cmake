# kvs_python_tests([EXCEPT <modules>] ENVIRONMENT <NAME=value>... [MODIFICATION <change>...]): each method test_* of the
# modules *_test.py in the calling folder, run by pipelines/harness.py with KVS_PIPELINE_PYTHON. Those under valgrind, with that label, are left out with a
# sanitizer: a program with one does not run in it.
function(kvs_python_tests)
  cmake_parse_arguments(ARG "" "" "EXCEPT;ENVIRONMENT;MODIFICATION" ${ARGN})
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
      add_test(NAME ${module}.${test}
        COMMAND "${KVS_PIPELINE_PYTHON}" -B "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/pipelines/harness.py" ${module} ${test})
      set_tests_properties(${module}.${test} PROPERTIES
        LABELS ${label} TIMEOUT 280 SKIP_RETURN_CODE 77 ENVIRONMENT "${ARG_ENVIRONMENT}"
        ENVIRONMENT_MODIFICATION "${ARG_MODIFICATION}")
    endforeach()
  endforeach()
endfunction()
