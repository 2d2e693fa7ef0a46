# The flags, libraries and kinds of target of the whole project.

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
# The kernels are LibTorch's: more than -O1 buys nothing outside the few loops of our own, which ask for -O3 themselves.
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

# A program of LibTorch's names 300 shared libraries: the usual linker looks through them for 5 s, lld for less than 1 s.
# (So does mold 1.10, but one program in hundreds it lays out so that it does not start: thread-local data before a page's end.)
find_program(GLASSBOX_LLD ld.lld)
if(GLASSBOX_LLD)
  add_link_options(-fuse-ld=lld)
endif()

# LibTorch from Debian's package, or a pytorch.org zip through CMAKE_PREFIX_PATH (an absolute path).
macro(glassbox_find_torch)
  find_package(Torch REQUIRED)
  if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
    message(FATAL_ERROR "This LibTorch was built with the old C++ ABI; take the zip with cxx11-abi in its name.")
  endif()
  if(Torch_VERSION VERSION_GREATER_EQUAL 2.14)
    set(CMAKE_CXX_STANDARD 20)
  else()
    set(CMAKE_CXX_STANDARD 17)
  endif()
  # Debian's LibTorch asks for the generic libblas.so.3. Of what may answer, OpenBLAS with OpenMP threads is the one that
  # shares LibTorch's threads. A DT_RPATH (not a RUNPATH) also decides for libraries that other libraries ask for.
  find_path(GLASSBOX_BLAS_DIR libblas.so.3
            PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp NO_DEFAULT_PATH)
  if(GLASSBOX_BLAS_DIR)
    add_link_options(-Wl,--disable-new-dtags)
    set(CMAKE_BUILD_RPATH ${GLASSBOX_BLAS_DIR})
    set(CMAKE_INSTALL_RPATH ${GLASSBOX_BLAS_DIR})
  else()
    message(WARNING "libopenblas0-openmp is not installed: training will be slow. Run scripts/setup.sh.")
  endif()
endmacro()

# Behind the precompiled header a LibTorch file costs 10 s before its first line is read: g++ instantiates the header's templates
# in each of them anew. So files that are seldom changed (common, checks, tests) are compiled a dozen at a time.
option(GLASSBOX_UNITY "Compile the apps' files together, too, and without debug information: for CI" OFF)
if(GLASSBOX_UNITY)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1")
  set(GLASSBOX_BATCH 24)
else()
  set(GLASSBOX_BATCH 14)
endif()
function(glassbox_compile_together)
  set_target_properties(${ARGN} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${GLASSBOX_BATCH})
endfunction()

add_library(glassbox_flags INTERFACE)
target_compile_options(glassbox_flags INTERFACE -Wall -Wextra -Wshadow $<$<BOOL:${GLASSBOX_WERROR}>:-Werror>)
target_include_directories(glassbox_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(GLASSBOX_SANITIZE)
  target_compile_options(glassbox_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_link_options(glassbox_flags INTERFACE -fsanitize=address,undefined)
endif()

# What takes longer hangs. A sanitizer makes everything several times slower.
if(GLASSBOX_SANITIZE)
  set(GLASSBOX_TEST_SECONDS 2400)
else()
  set(GLASSBOX_TEST_SECONDS 300)
endif()

# glassbox_add_app(NAME sources...): one program from one folder under apps/. Everything but main.cpp is a library of its own,
# so that the app's tests can link it.
function(glassbox_add_app name)
  set(parts ${ARGN})
  list(REMOVE_ITEM parts main.cpp)
  if(parts)
    add_library(${name}_parts STATIC ${parts})
    target_link_libraries(${name}_parts PUBLIC glassbox_common)
    target_precompile_headers(${name}_parts REUSE_FROM glassbox_common)
    if(GLASSBOX_UNITY)
      glassbox_compile_together(${name}_parts)
    endif()
  endif()
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE glassbox_common $<TARGET_NAME_IF_EXISTS:${name}_parts>)
  target_precompile_headers(${name} REUSE_FROM glassbox_common)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# glassbox_add_exercise(NAME sources...): the exercise of apps/NAME/exercise. NAME_exercise is the solution, NAME_checks (the
# sources) what must hold of it, NAME_check (check_main.cpp) the program that says whether it does. A student's file takes the
# solution's place with cmake --preset release -DGLASSBOX_<NAME>_SOLUTION=FILE.
function(glassbox_add_exercise name)
  string(TOUPPER GLASSBOX_${name}_SOLUTION solution)
  set(${solution} ${CMAKE_CURRENT_SOURCE_DIR}/solution.cpp CACHE FILEPATH "The functions of apps/${name}/exercise/exercise.h")
  add_library(${name}_exercise STATIC ${${solution}})
  add_library(${name}_checks STATIC ${ARGN})
  add_executable(${name}_check check_main.cpp)

  # scripts/check.sh copies a student's file here. Without NAME_exercise: a function that is missing shall not be ours.
  set(own ${PROJECT_BINARY_DIR}/exercise/${name}/solution.cpp)
  if(NOT EXISTS ${own})
    file(COPY solution.cpp DESTINATION ${PROJECT_BINARY_DIR}/exercise/${name})
  endif()
  add_executable(${name}_check_own EXCLUDE_FROM_ALL check_main.cpp ${own})
  set_source_files_properties(${own} PROPERTIES COMPILE_OPTIONS -Wno-unused-parameter)

  foreach(target ${name}_exercise ${name}_checks ${name}_check ${name}_check_own)
    target_link_libraries(${target} PUBLIC glassbox_common)
    target_precompile_headers(${target} REUSE_FROM glassbox_common)
  endforeach()
  glassbox_compile_together(${name}_checks)
  set_source_files_properties(check_main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)  # it needs no LibTorch
  target_compile_options(${name}_exercise PRIVATE -Wno-unused-parameter)  # the signatures are given, not every body needs all
  target_link_libraries(${name}_check PUBLIC ${name}_checks ${name}_exercise)
  target_link_libraries(${name}_check_own PUBLIC ${name}_checks)
  install(TARGETS ${name}_check RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# glassbox_add_test_program(NAME sources... LIBRARIES libs...): one GoogleTest program.
function(glassbox_add_test_program name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gtest GTest::gtest_main)
  if(NOT ARG_LIBRARIES MATCHES "^glassbox_(base|cli|report)(;|$)")
    target_precompile_headers(${name} REUSE_FROM glassbox_common)
    glassbox_compile_together(${name})
  endif()
endfunction()

# glassbox_add_test(NAME sources... LIBRARIES libs...): one GoogleTest program, one ctest entry.
function(glassbox_add_test name)
  glassbox_add_test_program(${name} ${ARGN})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${GLASSBOX_TEST_SECONDS})
endfunction()

# glassbox_embed(TARGET NAME FILE): the text of FILE as a constant of the program, declared by whoever uses it as
#   namespace glassbox { extern const char* const NAME; }
# Scripts and styles of pages stay files of their own kind that way, and the pages need no other file.
function(glassbox_embed target name file)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.cpp)
  file(READ ${source} text)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(CONFIGURE OUTPUT ${made} @ONLY CONTENT
       "namespace glassbox {\nextern const char* const @name@;\nconst char* const @name@ = R\"embedded(@text@)embedded\";\n}\n")
  set_source_files_properties(${made} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${made})
endfunction()
