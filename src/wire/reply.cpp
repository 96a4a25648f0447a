#include "wire/reply.hpp"

namespace lath {

void write_held_types(FrameBuffer& frame, const HeldTypes& held) {
  write(frame, held.key);
  write(frame, held.field);
}

HeldTypes read_held_types(Bytes payload) {
  Reader reader(payload);
  HeldTypes held;
  reader.read(held.key);
  reader.read(held.field);
  return reader.at_end() ? held : HeldTypes{};
}

}  // namespace lath
