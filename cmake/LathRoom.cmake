# lath_room(NAME [COLD] SOURCES ... [ROOMS ...] [LIBRARIES ...]): one static library a room. ROOMS are the rooms whose headers it may
# include, and become its links; LIBRARIES are outside packages, seen by this room's sources alone. A COLD room has nothing that a
# request passes, and is optimised no further than that compiling it takes a third less.
function(lath_flags target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF C_STANDARD 11
    CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  # What was written field by field a vector's load waits for (bench/README.md, "What helped").
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-tree-slp-vectorize> -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wextra-semi>
    # g++ 12 sees overlaps and overflows in the standard library's own inlined code, at -O2 and up (its bugs 105329 and 105651).
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<COMPILE_LANGUAGE:CXX>>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds;-Wno-stringop-overread>
    $<$<BOOL:${LATH_WERROR}>:-Werror>)
  if(LATH_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${LATH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${LATH_SANITIZE})
    # The thread sanitizer does not model fences, of which the store has some for one-sided readers: these read by atomics, which it sees.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endfunction()

function(lath_room name)
  cmake_parse_arguments(ROOM "COLD" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  if(ROOM_SOURCES)
    add_library(lath_${name} STATIC ${ROOM_SOURCES})
    set_target_properties(lath_${name} PROPERTIES UNITY_BUILD ${LATH_UNITY})
    lath_flags(lath_${name})
    if(ROOM_COLD)
      target_compile_options(lath_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    list(TRANSFORM ROOM_ROOMS PREPEND lath_)
    target_include_directories(lath_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(lath_${name} PUBLIC ${ROOM_ROOMS} PRIVATE ${ROOM_LIBRARIES})
  else()
    add_library(lath_${name} INTERFACE)
    list(TRANSFORM ROOM_ROOMS PREPEND lath_)
    target_include_directories(lath_${name} INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(lath_${name} INTERFACE ${ROOM_ROOMS} ${ROOM_LIBRARIES})
  endif()
endfunction()
