#include "transport/ucx_reads.hpp"

#include <ucp/api/ucp.h>

#include "transport/ucx_wire.hpp"

// What UCX calls when a read is complete; it finds the owner and hands over.
struct UcxReadCallback {
  static void on_read(void* request, ucs_status_t status, void* argument) {
    auto* read = static_cast<lath::UcxReads::Read*>(argument);
    ucp_request_free(request);
    read->owner->completed(read, status == UCS_OK);
  }
};

namespace lath {

UcxReads::Region* UcxReads::find(AttachedId id) {
  if (id.index >= regions_.size()) return nullptr;
  Region& region = regions_[id.index];
  return region.attached && region.generation == id.generation ? &region : nullptr;
}

Result<Attached> UcxReads::attach(PeerId peer, ucp_ep* endpoint, Bytes exported) {
  const std::optional<UcxExport> told = ucx_unwrap_export(exported);
  if (!told) return Error{Code::kInvalid, "not the export of a UCX region, or a damaged one"};
  if (free_regions_.empty() && regions_.size() >= kRegionsAttachedMax) {
    return Error{Code::kFull, "this transport has already attached " + std::to_string(kRegionsAttachedMax) + " regions"};
  }
  ucp_rkey_h key = nullptr;
  const ucs_status_t status = ucp_ep_rkey_unpack(endpoint, told->key.data(), &key);
  if (status != UCS_OK) {
    return Error{Code::kUnreachable, std::string("the peer's memory cannot be attached (") + ucs_status_string(status) +
                                         "): on one host, both need the same user and IPC namespace"};
  }
  if (free_regions_.empty()) {
    free_regions_.push_back(static_cast<std::uint32_t>(regions_.size()));
    regions_.emplace_back();
  }
  const std::uint32_t index = free_regions_.back();
  free_regions_.pop_back();
  Region& region = regions_[index];
  region = {.generation = region.generation,
            .attached = true,
            .peer = peer,
            .endpoint = endpoint,
            .key = key,
            .base = told->base,
            .bytes = told->bytes};
  void* mapping = nullptr;
  if (ucp_rkey_ptr(key, told->base, &mapping) != UCS_OK) mapping = nullptr;
  return Attached{.id = {.index = index, .generation = region.generation},
                  .base = told->base,
                  .bytes = told->bytes,
                  .mapping = static_cast<const std::byte*>(mapping)};
}

void UcxReads::drop(std::uint32_t index) {
  regions_[index].attached = false;
  ++regions_[index].generation;
  doomed_.push_back(index);
  news_ = true;
}

void UcxReads::detach(AttachedId id) {
  if (find(id) != nullptr) drop(id.index);
}

bool UcxReads::detach_all(PeerId peer) {
  bool reads = false;
  for (std::uint32_t index = 0; index < regions_.size(); ++index) {
    const Region& region = regions_[index];
    if (region.peer != peer) continue;
    reads |= region.reads > 0;
    if (region.attached) drop(index);
  }
  return reads;
}

void UcxReads::sweep() {
  std::erase_if(doomed_, [this](std::uint32_t index) {
    Region& region = regions_[index];
    if (region.reads > 0) return false;
    ucp_rkey_destroy(std::exchange(region.key, nullptr));
    free_regions_.push_back(index);
    return true;
  });
}

UcxReads::Read* UcxReads::take_read() {
  if (free_reads_ == nullptr) {
    reads_.emplace_back();
    return &reads_.back();
  }
  return std::exchange(free_reads_, free_reads_->next_free);
}

void UcxReads::give_read(Read* read) {
  read->next_free = free_reads_;
  free_reads_ = read;
}

ReadBegun UcxReads::read(AttachedId id, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) {
  Region* region = find(id);
  if (region == nullptr) return ReadBegun::kClosed;
  if (address < region->base || room.size() > region->bytes || address - region->base > region->bytes - room.size()) {
    return ReadBegun::kOutside;
  }
  if (under_way_ >= kReadsUnderWayMax) return ReadBegun::kBusy;
  Read* read = take_read();
  read->owner = this;
  read->token = token;
  read->is_probe = false;
  read->region = id.index;
  return begin(*region, address, room, *read);
}

ReadBegun UcxReads::probe(AttachedId id, std::uint64_t address, std::uint64_t& word) {
  Region* region = find(id);
  if (region == nullptr) return ReadBegun::kClosed;
  Read* read = take_read();
  read->owner = this;
  read->is_probe = true;
  read->peer = region->peer;
  read->probed = id;
  read->region = id.index;
  const ReadBegun begun = begin(*region, address, std::as_writable_bytes(std::span(&read->word, 1)), *read);
  if (begun == ReadBegun::kDone) word = read->word;  // it has been given back, but nobody has taken it
  return begun;
}

ReadBegun UcxReads::begin(Region& region, std::uint64_t address, std::span<std::byte> room, Read& read) {
  ucp_request_param_t param;
  param.op_attr_mask = UCP_OP_ATTR_FIELD_CALLBACK | UCP_OP_ATTR_FIELD_USER_DATA;
  param.cb.send = &UcxReadCallback::on_read;
  param.user_data = &read;
  const ucs_status_ptr_t request = ucp_get_nbx(region.endpoint, room.data(), room.size(), address, region.key, &param);
  if (request == nullptr) {
    give_read(&read);
    return ReadBegun::kDone;
  }
  if (UCS_PTR_IS_ERR(request)) {
    give_read(&read);
    return ReadBegun::kClosed;
  }
  ++under_way_;
  ++region.reads;
  return ReadBegun::kUnderWay;
}

void UcxReads::completed(Read* read, bool ok) {
  --under_way_;
  --regions_[read->region].reads;
  if (read->is_probe) {
    probed_.push_back({.peer = read->peer, .region = read->probed, .word = read->word, .read = ok});
  } else {
    done_.push_back({.token = read->token, .code = ok ? Code::kOk : Code::kUnreachable});
  }
  news_ = true;
  give_read(read);
}

// An event may begin further reads.
std::size_t UcxReads::report(TransportEvents& events) {
  reporting_.swap(done_);
  for (const Done& each : reporting_) events.on_read_done(each.token, each.code);
  const std::size_t count = reporting_.size();
  reporting_.clear();
  return count;
}

}  // namespace lath
