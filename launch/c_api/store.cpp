// The C API of opening and closing a store.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "lath/lath.h"
#include "lath/limits.hpp"
#include "launch/c_api/handles.hpp"

using namespace lath;
using namespace lath::c_api;

namespace {

constexpr const char* kNoStore = "store is NULL; pass where to store the handle";

std::string text_or_empty(const char* text) {
  return text != nullptr ? text : "";
}

template <class To, class From>
std::optional<To> set_or_none(From value) {
  return value != 0 ? std::optional<To>(static_cast<To>(value)) : std::nullopt;
}

// A program built with an older header passes fewer fields: the rest keep their defaults.
Result<OpenOptions> options_from(const lath_options* given) {
  lath_options all = LATH_OPTIONS_INIT;
  if (given != nullptr) {
    if (given->size < offsetof(lath_options, config_file) + sizeof(all.config_file) || given->size > kOptionsBytesMax) {
      return Error{Code::kInvalid, "options->size is " + std::to_string(given->size) + "; start from LATH_OPTIONS_INIT"};
    }
    std::memcpy(&all, given, std::min(given->size, sizeof all));
  }
  OpenOptions options;
  options.config_file = text_or_empty(all.config_file);
  options.key_file = text_or_empty(all.key_file);
  options.shards = set_or_none<std::uint32_t>(all.shards);
  options.cpus = text_or_empty(all.cpus);
  options.memory_bytes = set_or_none<std::uint64_t>(all.memory_bytes);
  options.replication_nodes = set_or_none<std::uint32_t>(all.replication_nodes);
  options.replication_shards = set_or_none<std::uint32_t>(all.replication_shards);
  options.gossip_us = set_or_none<std::uint32_t>(all.gossip_us);
  if (all.open_timeout_ns != 0) options.open_timeout_ns = all.open_timeout_ns;
  options.contact = text_or_empty(all.contact);
  options.log_level = text_or_empty(all.log_level);
  if (all.progress != LATH_PROGRESS_THREAD && all.progress != LATH_PROGRESS_CALLER) {
    return Error{Code::kInvalid, "options->progress is " + std::to_string(static_cast<unsigned>(all.progress)) +
                                     "; it is LATH_PROGRESS_THREAD or LATH_PROGRESS_CALLER"};
  }
  options.progress_by_callers = all.progress == LATH_PROGRESS_CALLER;
  return options;
}

lath_status give(Result<std::unique_ptr<OpenStore>> opened, const char* call, lath_store** store) {
  if (!opened) return fail_in_thread(opened.error().code, std::string(call) + ": " + opened.error().text);
  *store = make_handle(std::move(*opened));
  return LATH_OK;
}

// The caller's own collectives.
class CallbackGroup final : public GroupBootstrap {
 public:
  explicit CallbackGroup(const lath_group& group) { std::memcpy(&group_, &group, std::min(group.size, sizeof group_)); }
  int rank() const override { return group_.rank; }
  int count() const override { return group_.count; }
  Result<void> broadcast(std::span<std::byte> bytes, int root) override {
    return checked(group_.broadcast(group_.context, bytes.data(), bytes.size(), root), "broadcast");
  }
  Result<void> allgather(std::span<const std::byte> mine, std::span<std::byte> all) override {
    LATH_ASSERT(all.size() == mine.size() * static_cast<std::size_t>(group_.count));
    return checked(group_.allgather(group_.context, mine.data(), all.data(), mine.size()), "allgather");
  }

 private:
  Result<void> checked(int error, const char* what) const {
    if (error == 0) return {};
    const char* text = group_.explain != nullptr ? group_.explain(group_.context, error) : nullptr;
    return Error{Code::kIo, std::string("the group's ") + what + " failed" +
                                (text != nullptr ? ": " + std::string(text) : " with error " + std::to_string(error))};
  }
  lath_group group_{};  // a program built with an older header fills less of it
};

// NULL where it tells none, as one does that was compiled before there was the member.
const char* caller_of(const lath_group& group) {
  const bool has_it = group.size >= offsetof(lath_group, caller) + sizeof group.caller && group.size <= kOptionsBytesMax;
  return has_it ? group.caller : nullptr;
}

const char* fault_of(const lath_group* group) {
  if (group == nullptr) return "group is NULL";
  if (group->size < offsetof(lath_group, explain) || group->size > kOptionsBytesMax)
    return "group->size cannot be right; set it to sizeof(lath_group)";
  if (group->count < 1) {
    return caller_of(*group) == nullptr
               ? "group->count is not at least 1"
               : "MPI is not initialized or is finalized, or the communicator is MPI_COMM_NULL or an "
                 "intercommunicator: call it between MPI_Init and MPI_Finalize, with one such as MPI_COMM_WORLD";
  }
  if (group->rank < 0 || group->rank >= group->count) return "group->rank is not within 0 .. count - 1";
  if (group->broadcast == nullptr) return "group->broadcast is NULL";
  if (group->allgather == nullptr) return "group->allgather is NULL";
  return nullptr;
}

}  // namespace

lath_status lath_open(const char* where, const lath_options* options, lath_store** store) {
  if (store == nullptr) return fail_in_thread(Code::kInvalid, std::string("lath_open: ") + kNoStore);
  if (where == nullptr) {
    return fail_in_thread(Code::kInvalid, "lath_open: where is NULL; pass \"embedded:\", \"file:PATH\" or \"tcp://HOST:PORT\"");
  }
  const Result<OpenOptions> checked = options_from(options);
  return give(checked ? open_store(where, *checked) : checked.error(), __func__, store);
}

lath_status lath_open_group(const lath_group* group, const lath_options* options, lath_store** store) {
  const char* caller = group == nullptr ? nullptr : caller_of(*group);
  const char* call = caller == nullptr ? "lath_open_group" : caller;
  if (const char* fault = fault_of(group)) return fail_in_thread(Code::kInvalid, std::string(call) + ": " + fault);
  // The others wait for this process whatever is wrong with what only it was given.
  Result<OpenOptions> checked = options_from(options);
  if (store == nullptr) checked = Error{Code::kInvalid, kNoStore};
  CallbackGroup bootstrap(*group);
  return give(open_group(bootstrap, checked), call, store);
}

lath_status lath_close(lath_store* store) {
  return store == nullptr ? LATH_OK : close_handle(store, __func__);
}
