// What a stored tensor says of itself, and where its elements are in a caller's memory. A tensor is bytes: a header, and its elements,
// without gaps, in the order of the memory that they were put from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/message.hpp"
#include "base/strided.hpp"
#include "lath/limits.hpp"
#include "lath/result.hpp"

namespace lath {

inline constexpr std::size_t kTensorDimsMax = kLayoutLevelsMax;
inline constexpr std::size_t kTensorHeaderBytes = kLargeHeadBytesMax;

struct TensorShape {
  std::uint32_t dtype = 0;  // lath_dtype
  std::uint32_t dim_count = 0;
  std::array<std::uint64_t, kTensorDimsMax> dims{};

  bool operator==(const TensorShape&) const = default;
};

// Dimensions by how far their elements lie apart, the farthest first.
using TensorAxes = std::array<std::uint8_t, kTensorDimsMax>;

// In a caller's memory: bytes from one element to the next along each dimension.
struct TensorPlaces {
  TensorShape shape;
  std::uint64_t element_bytes = 0;
  std::array<std::uint64_t, kTensorDimsMax> strides{};

  TensorAxes axes() const;  // as they lie here
  // The elements in the order of `axes`; dense where they lie so.
  StridedLayout layout(const TensorAxes& axes) const;
};

struct TensorHeader {
  TensorShape shape;
  TensorAxes axes{};
  std::uint64_t element_bytes = 0;
};

void write_tensor_header(const TensorHeader& header, std::array<std::byte, kTensorHeaderBytes>& out);
// nullopt: no tensor begins so, or it is not `bytes` long in all.
std::optional<TensorHeader> read_tensor_header(Bytes begin, std::uint64_t bytes);

// Where a tensor that is read goes; and what it is, which the caller is told.
struct TensorRoom {
  std::byte* data = nullptr;  // null: only the shape is asked for
  TensorPlaces places;
  TensorHeader found{};

  // Of a value that begins so and is `bytes` long: kOk, kTooSmall (the shape is another, or only asked for), kWrongType (no tensor).
  Code open(Bytes begin, std::uint64_t bytes);
  // After kOk: a part of the elements as they are stored.
  void scatter(std::uint64_t offset, Bytes elements) const;
};

}  // namespace lath
