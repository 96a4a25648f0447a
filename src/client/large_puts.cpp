// The sources of a session's puts.
#include <algorithm>

#include "client/large_transfers.hpp"
#include "lath/limits.hpp"

namespace lath {

namespace {
constexpr std::size_t kRetiredMax = 64;
}  // namespace

RequestId LargeTransfers::put(Call call, const LargeValue& value, const PeerId* peer, TimeNs now) {
  Put put;
  put.memory = value.memory;
  put.layout = value.layout;
  LargeSource source{.source = source_next_++,
                     .address = reinterpret_cast<std::uint64_t>(value.memory),
                     .layout = value.layout,
                     .head = value.head,
                     .exported = {}};
  if (memory_ != nullptr && value.layout.run_bytes >= kRunBytesRead) {
    // What was not registered before is worth it where a device reads it; on one host it could not be mapped.
    if (value.region != nullptr) {
      source.exported = value.region->exported();
    } else if (peer != nullptr && transport_.reach(*peer) == Reach::kCopies) {
      auto* bytes = const_cast<std::byte*>(value.memory);
      if (auto region = memory_->enroll({bytes, value.layout.extent()})) put.own_region = std::move(*region);
      if (put.own_region != nullptr) source.exported = put.own_region->exported();
    }
  }
  scratch_.clear();
  append_large_source(scratch_, source);
  call.operation.opcode = Opcode::kPutLarge;
  call.operation.argument = scratch_.bytes();
  put.request = session_.submit(call, now);
  if (!put.request) return {};
  ++counters_.puts;
  const RequestId id = put.request;
  puts_.emplace(source.source, std::move(put));
  return id;
}

// A put whose request has ended has given its memory back: whoever asks is told that it is gone.
void LargeTransfers::answer(PeerId from, const Ask& ask) {
  const auto found = puts_.find(ask.source);
  const bool holds = found != puts_.end() && session_.is_under_way(found->second.request);
  const bool within =
      holds &&
      (ask.bytes == 0 || (ask.offset <= found->second.layout.bytes() && ask.bytes <= found->second.layout.bytes() - ask.offset));
  FrameBuffer frame = outbox_.acquire();
  begin_chunk(frame, {.token = ask.token, .source = ask.source, .gone = !within});
  if (within && ask.bytes > 0) {
    const Put& put = found->second;
    put.layout.each_run(ask.offset, ask.bytes, [&](std::uint64_t at, std::uint64_t bytes) {
      frame.append({put.memory + at, bytes});
    });
    counters_.bytes_given += ask.bytes;
  }
  outbox_.send(from, std::move(frame));
  send();
}

void LargeTransfers::drop_ended_puts() {
  for (auto at = puts_.begin(); at != puts_.end();) {
    Put& put = at->second;
    const bool holds = session_.is_under_way(put.request);
    if (!holds && put.own_region != nullptr) retired_.push_back(std::move(put.own_region));
    at = holds ? std::next(at) : puts_.erase(at);
  }
  if (retired_.size() > kRetiredMax) retired_.erase(retired_.begin(), retired_.end() - kRetiredMax);
}

}  // namespace lath
