# The C API over OpenStore: liblath.so is made of it, with open_store() and open_group() from the rest of launch.
lath_room(c_api
  SOURCES c_api_batch.cpp c_api_begin.cpp c_api_cluster.cpp c_api_collections.cpp c_api_list.cpp c_api_map.cpp c_api_requests.cpp
          c_api_session.cpp c_api_store.cpp c_api_values.cpp c_call.cpp c_handles.cpp
  ROOMS client)
target_include_directories(lath_c_api PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(lath_c_api PRIVATE LATH_VERSION_TEXT="${PROJECT_VERSION}")
