// What a request's end means beyond its status.
#pragma once

#include "launch/c_api/handles.hpp"

namespace lath::c_api {

// Of lath_tensor_get_nb: fills the caller's description where what is stored has another shape, or was only asked for, and gives the
// status that the caller is told. Of any other request, and of one under way: `code`.
Code told_of_tensor(lath_session& session, lath_request request, Code code);

}  // namespace lath::c_api
