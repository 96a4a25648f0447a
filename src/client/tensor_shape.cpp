#include "client/tensor_shape.hpp"

#include <algorithm>
#include <cstring>

namespace lath {

namespace {

constexpr std::uint64_t kMagic = 0x31726f736e65746cULL;  // "ltensor1"

// docs/wire.md
struct Stored {
  std::uint64_t magic;
  std::uint32_t dtype;
  std::uint32_t dim_count;
  std::uint64_t element_bytes;
  std::array<std::uint8_t, kTensorDimsMax> axes;
  std::array<std::uint64_t, kTensorDimsMax> dims;
};
static_assert(sizeof(Stored) == 96 && sizeof(Stored) <= kTensorHeaderBytes);

bool is_order_of(const TensorAxes& axes, std::uint32_t count) {
  std::uint32_t seen = 0;
  for (std::uint32_t at = 0; at < count; ++at) {
    if (axes[at] >= count) return false;
    seen |= 1U << axes[at];
  }
  return seen == (1U << count) - 1;
}

}  // namespace

TensorAxes TensorPlaces::axes() const {
  TensorAxes order{};
  for (std::uint8_t at = 0; at < shape.dim_count; ++at) order[at] = at;
  // Of dimensions with one element the stride says nothing: they stay where they are.
  std::stable_sort(order.begin(), order.begin() + shape.dim_count,
                   [&](std::uint8_t a, std::uint8_t b) { return strides[a] > strides[b]; });
  return order;
}

StridedLayout TensorPlaces::layout(const TensorAxes& axes) const {
  StridedLayout layout;
  layout.run_bytes = element_bytes;
  std::uint32_t at = shape.dim_count;
  for (; at > 0; --at) {  // what lies together is one run
    const std::uint8_t axis = axes[at - 1];
    if (shape.dims[axis] == 1) continue;
    if (strides[axis] != layout.run_bytes) break;
    layout.run_bytes *= shape.dims[axis];
  }
  for (std::uint32_t outer = 0; outer < at; ++outer) {
    const std::uint8_t axis = axes[outer];
    if (shape.dims[axis] > 1) layout.levels[layout.level_count++] = {.count = shape.dims[axis], .stride = strides[axis]};
  }
  return layout;
}

void write_tensor_header(const TensorHeader& header, std::array<std::byte, kTensorHeaderBytes>& out) {
  const Stored stored{.magic = kMagic,
                      .dtype = header.shape.dtype,
                      .dim_count = header.shape.dim_count,
                      .element_bytes = header.element_bytes,
                      .axes = header.axes,
                      .dims = header.shape.dims};
  out = {};
  std::memcpy(out.data(), &stored, sizeof stored);
}

std::optional<TensorHeader> read_tensor_header(Bytes begin, std::uint64_t bytes) {
  Stored stored;
  if (begin.size() < kTensorHeaderBytes || bytes < kTensorHeaderBytes) return std::nullopt;
  std::memcpy(&stored, begin.data(), sizeof stored);
  if (stored.magic != kMagic || stored.dim_count < 1 || stored.dim_count > kTensorDimsMax) return std::nullopt;
  if (stored.element_bytes == 0 || !is_order_of(stored.axes, stored.dim_count)) return std::nullopt;
  std::uint64_t left = (bytes - kTensorHeaderBytes) / stored.element_bytes;  // so that no product can wrap
  for (std::uint32_t at = 0; at < kTensorDimsMax; ++at) {
    if (at >= stored.dim_count) {
      if (stored.dims[at] != 0) return std::nullopt;
    } else if (stored.dims[at] == 0 || left % stored.dims[at] != 0) {
      return std::nullopt;
    } else {
      left /= stored.dims[at];
    }
  }
  if (left != 1 || (bytes - kTensorHeaderBytes) % stored.element_bytes != 0) return std::nullopt;
  return TensorHeader{
      .shape = {stored.dtype, stored.dim_count, stored.dims}, .axes = stored.axes, .element_bytes = stored.element_bytes};
}

Code TensorRoom::open(Bytes begin, std::uint64_t bytes) {
  const std::optional<TensorHeader> header = read_tensor_header(begin, bytes);
  if (!header) return Code::kWrongType;
  found = *header;
  const bool fits = data != nullptr && header->shape == places.shape && header->element_bytes == places.element_bytes;
  return fits ? Code::kOk : Code::kTooSmall;
}

void TensorRoom::scatter(std::uint64_t offset, Bytes elements) const {
  const std::byte* next = elements.data();
  places.layout(found.axes).each_run(offset, elements.size(), [&](std::uint64_t at, std::uint64_t bytes) {
    std::memcpy(data + at, next, bytes);
    next += bytes;
  });
}

}  // namespace lath
