# How everything is compiled: the language, warnings, sanitizers and the compiler cache.
option(DGA_TESTS "Build the tests" ON)
option(DGA_FUZZERS "Build the fuzzers, for libFuzzer: clang only, with DGA_SANITIZE (tests/fuzz/run)" OFF)
set(DGA_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them; empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# Assertions guard a register that must not lie: they stay in what is shipped.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g")

# For `tests/coverage`: nothing optimised, so that branches are those that were written.
set(CMAKE_CXX_FLAGS_COVERAGE "-O0 -g --coverage -fprofile-update=atomic")

add_library(dga_warnings INTERFACE)
target_compile_options(dga_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                       -Wnon-virtual-dtor -Woverloaded-virtual -Wswitch-enum)
# g++ is the compiler; clang only builds fuzzers, and what it alone warns of must not stop them.
# Without optimising g++ warns of values that it cannot follow.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_BUILD_TYPE STREQUAL "Coverage")
  target_compile_options(dga_warnings INTERFACE -Werror)
endif()

if(DGA_SANITIZE)
  add_compile_options(-fsanitize=${DGA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DGA_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Coverage")
  add_compile_options(-fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE)
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()

if(DGA_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(DGA_CCACHE ccache)
if(DGA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DGA_CCACHE})
endif()
