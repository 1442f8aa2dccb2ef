# A folder is a library: what stands in it is found, so that adding a pair of files needs no line here.

# dga_module(NAME [LINK libraries...]): every .cpp of this folder and of its private parts becomes dga_NAME.
function(dga_module name)
  cmake_parse_arguments(module "" "FOLDER" "LINK;PRIVATE_LINK;EXCLUDE" ${ARGN})
  if(NOT module_FOLDER)
    set(module_FOLDER ${name})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${module_FOLDER}/*.cpp)
  foreach(excluded ${module_EXCLUDE})
    list(FILTER sources EXCLUDE REGEX "/${excluded}$")
  endforeach()
  if(sources)
    add_library(dga_${name} STATIC ${sources})
    target_include_directories(dga_${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(dga_${name} PUBLIC ${module_LINK} PRIVATE dga_warnings ${module_PRIVATE_LINK})
  else()
    add_library(dga_${name} INTERFACE)
    target_include_directories(dga_${name} INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(dga_${name} INTERFACE ${module_LINK} ${module_PRIVATE_LINK})
  endif()
endfunction()

# dga_protobuf(NAME FOLDER): the .proto files of FOLDER (relative to the project's root) become dga_NAME_proto.
function(dga_protobuf name folder)
  file(GLOB protos CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.proto)
  set(generated)
  foreach(proto ${protos})
    get_filename_component(stem ${proto} NAME_WE)
    set(out ${CMAKE_BINARY_DIR}/generated/${folder}/${stem}.pb)
    add_custom_command(OUTPUT ${out}.cc ${out}.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated
      COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR} --cpp_out=${CMAKE_BINARY_DIR}/generated ${proto}
      DEPENDS ${protos} COMMENT "Protocol Buffers: ${folder}/${stem}.proto")
    list(APPEND generated ${out}.cc ${out}.h)
  endforeach()
  add_library(dga_${name}_proto STATIC ${generated})
  target_include_directories(dga_${name}_proto SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(dga_${name}_proto PUBLIC protobuf::libprotobuf ${ARGN})
endfunction()

# dga_program(BINARY SOURCES... LINK libraries...): a program in bin/.
function(dga_program name)
  cmake_parse_arguments(program "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${program_SOURCES})
  target_link_libraries(${name} PRIVATE dga_warnings ${program_LINK})
endfunction()

# dga_test(FOLDER [ONLY TOPIC] LINK libraries...): every *_test.cpp of tests/FOLDER becomes one doctest program, one
# ctest entry; with ONLY its TOPIC_test.cpp alone, as FOLDER/TOPIC.
function(dga_test folder)
  cmake_parse_arguments(test "" "ONLY" "LINK" ${ARGN})
  if(test_ONLY)
    set(sources ${folder}/${test_ONLY}_test.cpp)
    string(APPEND folder /${test_ONLY})
  else()
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_test.cpp)
  endif()
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" name ${folder})
  add_executable(test_${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/support/main.cpp)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(test_${name} PRIVATE DGA_SOURCE_DIR="${CMAKE_SOURCE_DIR}" DGA_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  target_link_libraries(test_${name} PRIVATE dga_test_support ${test_LINK})
  set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${folder} COMMAND test_${name})
  # Against a hang only: on a machine that others keep busy a test takes ten times as long.
  set_tests_properties(${folder} PROPERTIES TIMEOUT 1800)
endfunction()
