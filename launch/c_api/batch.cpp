// The C API of batches; their operations are in values.cpp and collections.cpp.
#include <algorithm>

#include "lath/lath.h"
#include "launch/c_api/run.hpp"

using namespace lath;
using namespace lath::c_api;

lath_status lath_batch_open(lath_session* session, size_t operations, lath_batch** batch) {
  Entered in(session, __func__);
  if (!in) return in.status();
  if (batch == nullptr) return in.refuse(Code::kInvalid, "lath_batch_open: batch is NULL; pass where to store the handle");
  if (operations > kBatchOperationsMax) return in.refuse(Code::kFull, "lath_batch_open: a batch holds at most 1048576 operations");
  auto& batches = session->batches;
  auto shell = std::find_if(batches.begin(), batches.end(), [](const auto& each) { return !each->open; });
  if (shell == batches.end()) shell = batches.insert(batches.end(), std::make_unique<lath_batch>());
  (*shell)->session = session;
  (*shell)->open = true;
  (*shell)->operations.reserve(operations);
  *batch = shell->get();
  return LATH_OK;
}

lath_status lath_batch_close(lath_batch* batch) {
  if (batch == nullptr) return LATH_OK;
  Entered in(batch, __func__);
  if (!in) return in.status();
  if (batch->operations.is_under_way(in.session())) in.driver().cancel(batch->operations.request());
  batch->open = false;
  batch->operations = Batch();
  return LATH_OK;
}

namespace {
// As of this run: what was registered when a value was put in may be so no more, or anew.
void find_registered(lath_batch& batch) {
  for (LargeMember& member : batch.operations.large()) member.value = registered(*batch.session, member.value);
}
}  // namespace

lath_status lath_batch_run(lath_batch* batch, uint64_t timeout_ns) {
  Entered in(batch, __func__);
  if (!in) return in.status();
  if (batch->operations.is_under_way(in.session())) return in.refuse(Code::kInvalid, std::string(__func__) + kUnderWay);
  find_registered(*batch);
  const TimeNs now = in.driver().read_clock();
  return in.ended(batch->operations.run(in.driver(), deadline_after(now, timeout_ns)));
}

lath_status lath_batch_run_nb(lath_batch* batch, uint64_t timeout_ns, lath_request* request) {
  Entered in(batch, __func__);
  if (!in) return in.status();
  if (request == nullptr) return in.refuse(Code::kInvalid, "lath_batch_run_nb: request is NULL; pass where to store its name");
  if (batch->operations.is_under_way(in.session())) return in.refuse(Code::kInvalid, std::string(__func__) + kUnderWay);
  find_registered(*batch);
  const TimeNs now = in.driver().read_clock();
  const RequestId id = batch->operations.begin(in.driver(), deadline_after(now, timeout_ns));
  if (!id) {
    return in.refuse(Code::kFull,
                     "lath_batch_run_nb: the session would have more than 4096 requests under way; wait for some, or run "
                     "smaller batches");
  }
  *request = name_of(id);
  return LATH_OK;
}

size_t lath_batch_count(const lath_batch* batch) {
  return batch != nullptr && batch->magic == lath_batch::kMagic && batch->open ? batch->operations.size() : 0;
}

lath_status lath_batch_status(const lath_batch* batch, size_t index) {
  return index < lath_batch_count(batch) ? status_of(batch->operations.status(index)) : LATH_E_INVALID;
}

lath_status lath_batch_clear(lath_batch* batch) {
  Entered in(batch, __func__);
  if (!in) return in.status();
  if (batch->operations.is_under_way(in.session())) return in.refuse(Code::kInvalid, std::string(__func__) + kUnderWay);
  batch->operations.clear();
  return LATH_OK;
}
