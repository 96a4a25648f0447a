// A transport that hands everything on to another: a test derives from it and changes what it is about. It never sleeps, as what it
// would wait for runs in the same thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>

#include "transport/transport.hpp"

namespace lath::test {

class ForwardingTransport : public Transport {
 public:
  explicit ForwardingTransport(std::unique_ptr<Transport> inner) : inner_(std::move(inner)) {}
  const Address& address() const override { return inner_->address(); }
  Result<PeerId> connect(const Address& address) override { return inner_->connect(address); }
  bool is_connected(const Address& address) const override { return inner_->is_connected(address); }
  bool is_open(PeerId peer) const override { return inner_->is_open(peer); }
  void disconnect(PeerId peer) override { inner_->disconnect(peer); }
  FrameBuffer acquire() override { return inner_->acquire(); }
  void release(FrameBuffer frame) override { inner_->release(std::move(frame)); }
  Sent send(PeerId peer, FrameBuffer& frame) override { return inner_->send(peer, frame); }
  std::size_t poll(std::size_t messages_max, TransportEvents& events) override { return inner_->poll(messages_max, events); }
  void probe(PeerId peer) override { inner_->probe(peer); }
  Reach reach(PeerId peer) const override { return inner_->reach(peer); }
  Result<Attached> attach(PeerId peer, Bytes exported) override { return inner_->attach(peer, exported); }
  void detach(AttachedId region) override { inner_->detach(region); }
  ReadBegun read(AttachedId region, std::uint64_t address, std::span<std::byte> room, std::uint64_t token) override {
    return inner_->read(region, address, room, token);
  }
  int event_fd() const override { return -1; }
  bool arm() override { return false; }
  void wake() override {}
  std::string path(PeerId peer) const override { return inner_->path(peer); }
  const TransportCounters& counters() const override { return inner_->counters(); }

 private:
  std::unique_ptr<Transport> inner_;
};

}  // namespace lath::test
