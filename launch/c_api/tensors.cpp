// The C API of tensors: values with a header, gathered from and scattered to where their elements lie.
#include <algorithm>

#include "client/tensor_shape.hpp"
#include "lath/lath.h"
#include "launch/c_api/operations.hpp"
#include "launch/c_api/run.hpp"
#include "launch/c_api/told.hpp"

using namespace lath;
using namespace lath::c_api;

static_assert(LATH_TENSOR_DIMS_MAX == kTensorDimsMax);

namespace {

constexpr std::uint64_t kElementBytes[] = {4, 8, 4, 8, 2, 2, 1, 1, 2, 2, 4, 8, 8, 16};  // by lath_dtype

// What is wrong with a description; else nothing.
std::string fault_of(const lath_tensor* tensor) {
  if (tensor == nullptr) return "tensor is NULL; pass a description of it";
  if (tensor->size < sizeof(lath_tensor) || tensor->size > kOptionsBytesMax) {
    return "tensor->size is " + std::to_string(tensor->size) + "; start from LATH_TENSOR_INIT";
  }
  const auto dtype = static_cast<unsigned>(tensor->dtype);
  if (dtype >= std::size(kElementBytes)) return "dtype is " + std::to_string(dtype) + "; it is one of lath_dtype";
  const auto order = static_cast<unsigned>(tensor->order);
  if (order > LATH_COLUMN_MAJOR) {
    return "order is " + std::to_string(order) + "; it is LATH_ROW_MAJOR or LATH_COLUMN_MAJOR";
  }
  if (tensor->dim_count < 1 || tensor->dim_count > LATH_TENSOR_DIMS_MAX) {
    return "dim_count is " + std::to_string(tensor->dim_count) + "; it is 1 to 8";
  }
  return {};
}

// Where the elements are. Its layout may still be too large.
std::string place(const lath_tensor& tensor, TensorPlaces& out) {
  const std::uint32_t count = tensor.dim_count;
  const bool dense = std::all_of(tensor.strides, tensor.strides + count, [](std::uint64_t stride) { return stride == 0; });
  out.element_bytes = kElementBytes[tensor.dtype];
  out.shape.dtype = static_cast<std::uint32_t>(tensor.dtype);
  out.shape.dim_count = count;
  std::uint64_t elements = 1;
  for (std::uint32_t step = 0; step < count; ++step) {
    const std::uint32_t axis = tensor.order == LATH_ROW_MAJOR ? count - 1 - step : step;
    const std::uint64_t dim = tensor.dims[axis];
    const std::string name = "dims[" + std::to_string(axis) + "]";
    if (dim == 0) return name + " is 0; a tensor has at least one element";
    if (dim > kLargeBytesMax / elements) return "too many elements";
    if (!dense && tensor.strides[axis] == 0 && dim > 1) {
      return "strides[" + std::to_string(axis) + "] is 0; give all of them, or none for a dense tensor";
    }
    if (tensor.strides[axis] > (std::uint64_t{1} << 47) / out.element_bytes) {
      return "strides[" + std::to_string(axis) + "] is out of any memory";
    }
    out.shape.dims[axis] = dim;
    out.strides[axis] = (dense ? elements : tensor.strides[axis]) * out.element_bytes;
    elements *= dim;
  }
  return {};
}

bool build_put(CallBuilder& call, const lath_tensor* tensor, std::array<std::byte, kTensorHeaderBytes>& head) {
  const std::string fault = fault_of(tensor);
  if (!fault.empty()) return call.refuse(Code::kInvalid, fault);
  if (tensor->data == nullptr) return call.refuse(Code::kInvalid, "tensor->data is NULL; pass where its elements are");
  TensorPlaces places;
  const std::string misplaced = place(*tensor, places);
  constexpr std::uint64_t kBytesMax = kLargeBytesMax - kTensorHeaderBytes;
  const bool too_large = misplaced == "too many elements";
  if (!misplaced.empty() && !too_large) return call.refuse(Code::kInvalid, misplaced);
  const TensorAxes axes = places.axes();
  const StridedLayout layout = too_large ? StridedLayout{} : places.layout(axes);
  if (too_large || layout.bytes() > kBytesMax) {
    return call.refuse(Code::kTooLarge, "the tensor's elements have over " + std::to_string(kBytesMax) + " bytes; put parts of it");
  }
  if (!layout.valid_within(kLargeBytesMax)) return call.refuse(Code::kInvalid, "the tensor's strides lead out of any memory");
  write_tensor_header({.shape = places.shape, .axes = axes, .element_bytes = places.element_bytes}, head);
  const auto* data = static_cast<const std::byte*>(tensor->data);
  if (kTensorHeaderBytes + layout.bytes() > kValueBytesMax) {
    call.take_large({.memory = data, .layout = layout, .head = head});
    return true;
  }
  FrameBuffer& value = call.take_parts();
  value.append(head);
  layout.each_run(0, layout.bytes(), [&](std::uint64_t at, std::uint64_t bytes) { value.append({data + at, bytes}); });
  return true;
}

void describe(const TensorHeader& header, lath_tensor& out) {
  out.dtype = static_cast<lath_dtype>(header.shape.dtype);
  out.dim_count = header.shape.dim_count;
  std::copy(header.shape.dims.begin(), header.shape.dims.end(), out.dims);
  std::fill(out.strides, out.strides + LATH_TENSOR_DIMS_MAX, 0);
  out.order = header.shape.dim_count > 1 && header.axes[0] != 0 ? LATH_COLUMN_MAJOR : LATH_ROW_MAJOR;
}

bool build_get(CallBuilder& call, const lath_tensor* tensor, TensorRoom& room) {
  const bool asks = tensor != nullptr && tensor->data == nullptr && tensor->size >= sizeof(lath_tensor);
  const std::string fault = asks ? std::string() : fault_of(tensor);
  if (!fault.empty()) return call.refuse(Code::kInvalid, fault);
  if (!asks) {
    const std::string misplaced = place(*tensor, room.places);
    if (!misplaced.empty()) return call.refuse(Code::kInvalid, misplaced);
    room.data = static_cast<std::byte*>(tensor->data);
  }
  call.take_target(AnswerTarget::tensor(&room));
  return true;
}

// What the caller is told, where its tensor is not what is stored, or only asks what that is.
Code told_of(const TensorRoom& room, lath_tensor& tensor, Code code) {
  if (code != Code::kTooSmall) return code;
  describe(room.found, tensor);
  return room.data == nullptr ? Code::kOk : code;
}

}  // namespace

Code lath::c_api::told_of_tensor(lath_session& session, lath_request request, Code code) {
  if (code == Code::kInProgress || session.tensors.empty()) return code;
  const auto found = session.tensors.find(request);
  if (found == session.tensors.end()) return code;
  const std::unique_ptr<lath_pending_tensor> pending = std::move(found->second);
  session.tensors.erase(found);
  return told_of(pending->room, *pending->tensor, code);
}

lath_status lath_tensor_put(lath_session* session, const void* key, size_t key_size, const lath_tensor* tensor,
                            uint64_t timeout_ns) {
  std::array<std::byte, kTensorHeaderBytes> head;
  return run(session, __func__, timeout_ns,
             [&](CallBuilder& call) { return call.key(Opcode::kPut, key, key_size) && build_put(call, tensor, head); });
}

lath_status lath_tensor_put_nb(lath_session* session, const void* key, size_t key_size, const lath_tensor* tensor,
                               uint64_t timeout_ns, lath_request* request) {
  std::array<std::byte, kTensorHeaderBytes> head;  // copied when it is begun
  return start(session, __func__, timeout_ns, request,
               [&](CallBuilder& call) { return call.key(Opcode::kPut, key, key_size) && build_put(call, tensor, head); });
}

lath_status lath_tensor_get(lath_session* session, const void* key, size_t key_size, lath_tensor* tensor, uint64_t timeout_ns) {
  TensorRoom room;
  const lath_status status = run(session, __func__, timeout_ns, [&](CallBuilder& call) {
    return call.key(Opcode::kGet, key, key_size) && build_get(call, tensor, room);
  });
  return status == LATH_E_TOO_SMALL ? status_of(told_of(room, *tensor, Code::kTooSmall)) : status;
}

lath_status lath_tensor_get_nb(lath_session* session, const void* key, size_t key_size, lath_tensor* tensor, uint64_t timeout_ns,
                               lath_request* request) {
  auto pending = std::make_unique<lath_pending_tensor>();
  pending->tensor = tensor;
  const lath_status status = start(session, __func__, timeout_ns, request, [&](CallBuilder& call) {
    return call.key(Opcode::kGet, key, key_size) && build_get(call, tensor, pending->room);
  });
  if (status == LATH_OK) session->tensors[*request] = std::move(pending);
  return status;
}
