// The numbers of a cell's encoding that both its directions and the updates' size check share. docs/cells-encoding.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lath/lattice/hyperloglog.hpp"

namespace lath {

inline constexpr std::uint8_t kFormWrite = 1;       // an LWW write ends the cell
inline constexpr std::uint8_t kFormErased = 2;      // and it wrote "nothing"
inline constexpr std::uint8_t kFormGeneration = 4;  // a generation other than the first
inline constexpr std::uint8_t kFormComponents = 8;  // at least one other lattice
inline constexpr std::uint8_t kFormSettled = 16;    // and the generation is settled
inline constexpr std::uint8_t kFormLarge = 32;      // the write's value is a large one: its size stands for it
inline constexpr std::uint8_t kFormBits = 63;

inline constexpr std::size_t kWriterBytes = 16;
inline constexpr std::size_t kGenerationBytes = 8 + kWriterBytes;
inline constexpr std::size_t kPlainValueBytes = 8 + kWriterBytes;  // of an LWW write, beside its value
inline constexpr std::size_t kLargeSizeBytes = 8;                  // what stands for a large value
inline constexpr std::size_t kCountBytes = 4;
inline constexpr std::size_t kCounterSlotBytes = kWriterBytes + 8;
inline constexpr std::size_t kUpDownSlotBytes = kWriterBytes + 16;
inline constexpr std::size_t kElementBytesMin = kCountBytes;              // of a grow-only set: its size
inline constexpr std::size_t kDotBytes = 4 + 8;                           // the writer's index in the context, the counter
inline constexpr std::size_t kContextWriterBytes = kWriterBytes + 8 + 4;  // and 8 for each dot beyond a gap
inline constexpr std::size_t kTaggedBytesMin = 2 * kCountBytes + kDotBytes;
inline constexpr std::size_t kSiblingBytesMin = kDotBytes + kCountBytes;
inline constexpr std::size_t kFieldBytesMin = 2 + 1 + kCountBytes + 1;
inline constexpr std::size_t kContributionBytesMin = kWriterBytes + 8 + kCountBytes;

inline constexpr std::uint8_t kHllSparse = 0;
inline constexpr std::uint8_t kHllDense = 1;
inline constexpr std::size_t kHllRegisterBytes = 3;
// The sparse form is used exactly where it is smaller.
inline constexpr std::size_t kHllSparseMax = (HyperLogLog::kRegisters - 1) / kHllRegisterBytes;

}  // namespace lath
