// What a raw UCX worker may send to a UcxTransport: unknown ids, truncated and random headers, UCX headers, rendezvous. All of it
// is counted and dropped, and the receiver serves its peers as before.
#include <gtest/gtest.h>
#include <ucp/api/ucp.h>

#include <cstring>

#include "base/random.hpp"
#include "suite.hpp"
#include "transport/ucx_context.hpp"
#include "transport/ucx_peer.hpp"
#include "transport/ucx_transport.hpp"
#include "transport/ucx_wire.hpp"

namespace lath {

namespace {

class RawWorker {
 public:
  RawWorker(UcxContext& context, const Address& to) {
    ucp_worker_params_t params = {};
    params.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
    params.thread_mode = UCS_THREAD_MODE_SINGLE;
    EXPECT_EQ(ucp_worker_create(context.handle(), &params, &worker_), UCS_OK);
    ucp_ep_params_t peer = {};
    peer.field_mask = UCP_EP_PARAM_FIELD_REMOTE_ADDRESS | UCP_EP_PARAM_FIELD_ERR_HANDLING_MODE;
    peer.err_mode = UCP_ERR_HANDLING_MODE_PEER;
    const std::string worker = key_of(*ucx_unwrap_address(to));
    peer.address = ucx_address_of(worker);
    EXPECT_EQ(ucp_ep_create(worker_, &peer, &endpoint_), UCS_OK);
  }
  ~RawWorker() {
    ucp_request_param_t param = {};
    param.op_attr_mask = UCP_OP_ATTR_FIELD_FLAGS;
    param.flags = UCP_EP_CLOSE_FLAG_FORCE;
    void* request = ucp_ep_close_nbx(endpoint_, &param);
    while (UCS_PTR_IS_PTR(request) && ucp_request_check_status(request) == UCS_INPROGRESS) ucp_worker_progress(worker_);
    if (UCS_PTR_IS_PTR(request)) ucp_request_free(request);
    ucp_worker_destroy(worker_);
  }
  RawWorker(const RawWorker&) = delete;
  RawWorker& operator=(const RawWorker&) = delete;

  // True once UCX is done with the send; `turn` lets the receiver work.
  template <class Turn>
  bool send(unsigned id, Bytes header, Bytes bytes, std::uint32_t flags, Turn turn) {
    ucp_request_param_t param = {};
    param.op_attr_mask = UCP_OP_ATTR_FIELD_FLAGS;
    param.flags = flags;
    void* request = ucp_am_send_nbx(endpoint_, id, header.data(), header.size(), bytes.data(), bytes.size(), &param);
    if (UCS_PTR_IS_ERR(request)) return false;
    // A time, not a number of turns: where cores are shared UCX's own thread may come late.
    SystemClock clock;
    const TimeNs deadline = clock.now_ns() + 20'000'000'000;
    while (UCS_PTR_IS_PTR(request) && ucp_request_check_status(request) == UCS_INPROGRESS && clock.now_ns() < deadline) {
      ucp_worker_progress(worker_);
      turn();
    }
    const bool done = !UCS_PTR_IS_PTR(request) || ucp_request_check_status(request) != UCS_INPROGRESS;
    if (UCS_PTR_IS_PTR(request)) ucp_request_free(request);
    ucp_worker_progress(worker_);
    turn();
    return done;
  }

 private:
  ucp_worker_h worker_ = nullptr;
  ucp_ep_h endpoint_ = nullptr;
};

Bytes bytes_of(const std::vector<std::byte>& bytes) {
  return bytes;
}

class UcxForeign : public ::testing::TestWithParam<const char*> {
 protected:
  UcxForeign() {
    setenv("LATH_UCX_TLS", GetParam(), 1);
    context_ = std::move(*UcxContext::open());
    receiver_ = std::move(*UcxTransport::open(*context_, kContractCookie, clock_));
    friend_ = std::move(*UcxTransport::open(*context_, kContractCookie, clock_));
  }
  void turn() {
    receiver_->poll(kMessagesPerPoll, received_);
    friend_->poll(kMessagesPerPoll, answered_);
  }
  void expect_alive() {
    const auto peer = friend_->connect(receiver_->address());
    ASSERT_TRUE(peer);
    FrameBuffer frame = friend_->acquire();
    frame.append(std::vector<std::byte>(10, std::byte{7}));
    ASSERT_EQ(friend_->send(*peer, frame), Sent::kAccepted);
    const std::size_t before = received_.frames.size();
    for (int count = 0; count < 2'000'000 && received_.frames.size() == before; ++count) turn();
    EXPECT_EQ(received_.frames.size(), before + 1);
  }

  SystemClock clock_;
  std::unique_ptr<UcxContext> context_;
  std::unique_ptr<UcxTransport> receiver_;
  std::unique_ptr<UcxTransport> friend_;
  Recorder received_;
  Recorder answered_;
};

}  // namespace

TEST_P(UcxForeign, every_unknown_message_id_is_dropped) {
  RawWorker raw(*context_, receiver_->address());
  const std::vector<std::byte> some(40, std::byte{1});
  std::uint64_t wanted = 0;
  for (unsigned id = 0; id <= kUcxMessageIdLast; ++id) {
    if (id == kUcxMessageId) continue;
    ++wanted;
    ASSERT_TRUE(raw.send(id, {}, some, UCP_AM_SEND_FLAG_EAGER, [&] { turn(); }));
  }
  for (int count = 0; count < 1'000'000 && receiver_->counters().dropped_foreign < wanted; ++count) turn();
  EXPECT_EQ(receiver_->counters().dropped_foreign, wanted);
  expect_alive();
}

TEST_P(UcxForeign, truncated_and_random_messages_are_dropped) {
  RawWorker raw(*context_, receiver_->address());
  expect_alive();
  Random random(11);
  std::uint64_t sent = 0;
  for (std::size_t length = 0; length < 120; ++length) {
    for (int kind = 0; kind < 16; ++kind) {
      std::vector<std::byte> bytes(length);
      for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
      UcxHeader header;
      header.set_kind(static_cast<UcxKind>(kind));
      header.index = static_cast<std::uint16_t>(random.below(3));
      header.generation = static_cast<std::uint16_t>(100 + random.below(3));
      if (kind > 0 && length > 0) std::memcpy(bytes.data(), &header, std::min(length, sizeof header));
      ++sent;
      ASSERT_TRUE(raw.send(kUcxMessageId, {}, bytes_of(bytes), UCP_AM_SEND_FLAG_EAGER, [&] { turn(); }));
    }
  }
  const TransportCounters& counted = receiver_->counters();
  for (int count = 0; count < 1'000'000 && counted.dropped_foreign + counted.dropped_stale < sent; ++count) turn();
  EXPECT_EQ(counted.dropped_foreign + counted.dropped_stale, sent);
  EXPECT_EQ(counted.messages_received, 1u);
  EXPECT_TRUE(received_.failed.empty());
  expect_alive();
}

TEST_P(UcxForeign, ucx_headers_and_rendezvous_are_dropped) {
  RawWorker raw(*context_, receiver_->address());
  const std::vector<std::byte> some(100'000, std::byte{0x4c});
  EXPECT_TRUE(raw.send(kUcxMessageId, Bytes(some).first(8), Bytes(some).first(64), UCP_AM_SEND_FLAG_EAGER, [&] { turn(); }));
  EXPECT_TRUE(raw.send(kUcxMessageId, {}, some, UCP_AM_SEND_FLAG_RNDV, [&] { turn(); }));
  EXPECT_TRUE(raw.send(9, {}, some, UCP_AM_SEND_FLAG_RNDV, [&] { turn(); }));
  for (int count = 0; count < 1'000'000 && receiver_->counters().dropped_foreign < 3; ++count) turn();
  EXPECT_EQ(receiver_->counters().dropped_foreign, 3u);
  expect_alive();
}

INSTANTIATE_TEST_SUITE_P(UcxSharedMemory, UcxForeign, ::testing::Values("posix,sysv,cma,self"));
INSTANTIATE_TEST_SUITE_P(UcxTcp, UcxForeign, ::testing::Values("tcp,self"));

}  // namespace lath
