# kvs_target(<target>): what every target of this project is compiled with.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckPIESupported)
check_pie_supported()

set(KVS_WARNINGS -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
                 -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)

# What makes a mistake that overwrites memory end the process instead of being of use to somebody; tests/hardening reads it back from
# the binaries. Sanitizers look closer, and do not go with all of it.
set(KVS_HARDENING "")
set(KVS_HARDENING_LINK "")
if(NOT KVS_SANITIZE)
  foreach(flag IN ITEMS -fstack-protector-strong -fstack-clash-protection -fcf-protection)
    string(MAKE_C_IDENTIFIER "KVS_HAS${flag}" has)
    check_cxx_compiler_flag(${flag} ${has})
    if(${has})
      list(APPEND KVS_HARDENING ${flag})
    endif()
  endforeach()
  # Level 3 needs GCC 12 or clang 9, and glibc 2.34. Without optimisation there is none.
  set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
  check_cxx_source_compiles("#include <cstring>
    #if !defined(__USE_FORTIFY_LEVEL) || __USE_FORTIFY_LEVEL < 3
    #error
    #endif
    int main() {}" KVS_HAS_FORTIFY_3)
  unset(CMAKE_REQUIRED_FLAGS)
  set(fortify "-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=$<IF:$<BOOL:${KVS_HAS_FORTIFY_3}>,3,2>")
  list(APPEND KVS_HARDENING "$<$<NOT:$<CONFIG:Debug,>>:${fortify}>")
  set(KVS_HARDENING_LINK LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
endif()

function(kvs_target target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE ${KVS_WARNINGS} ${KVS_HARDENING})
  target_link_options(${target} PRIVATE ${KVS_HARDENING_LINK})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # Wrong about std::string's operator+ in this version (GCC bug 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${target} PRIVATE -Wthread-safety)
  endif()
  if(KVS_SANITIZE)
    list(JOIN KVS_SANITIZE "," sanitizers)
    target_compile_options(${target} PRIVATE -fsanitize=${sanitizers} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${sanitizers})
  endif()
endfunction()
