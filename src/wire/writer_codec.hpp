// How frames carry a writer: 16 bytes.
#pragma once

#include "base/frame_buffer.hpp"
#include "lath/ids.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lath {

inline void write_writer(FrameBuffer& frame, const WriterId& writer) {
  write(frame, writer.node.value);
  write(frame, writer.shard.value);
  write(frame, writer.incarnation);
}

inline bool read_writer(Reader& reader, WriterId& out) {
  reader.read(out.node.value);
  reader.read(out.shard.value);
  return reader.read(out.incarnation);
}

}  // namespace lath
