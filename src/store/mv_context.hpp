// What a reader of a multi-value register has seen, as bytes: docs/cells-encoding.md.
#pragma once

#include <optional>

#include "base/frame_buffer.hpp"
#include "base/message.hpp"
#include "lath/lattice/dots.hpp"
#include "store/cell.hpp"

namespace lath {

// The context that kMvGet answers and kMvPut takes: which siblings a reader has seen, and of which generation.
struct MvContext {
  Cell::Generation generation;
  DotContext seen;
};
void encode_mv_context(const MvContext& context, FrameBuffer& out);
std::optional<MvContext> decode_mv_context(Bytes encoded);

}  // namespace lath
