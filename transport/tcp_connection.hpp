// A socket between two TCP transports, and the bytes on their way through it. Nothing here waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "base/frame_buffer.hpp"
#include "lath/limits.hpp"
#include "transport/credit.hpp"
#include "transport/tcp_wire.hpp"

namespace lath {

// What bytes are received into. A connection has a room while bytes of it wait there, so that a thousand silent ones cost none.
class TcpRooms {
 public:
  static constexpr std::size_t kRoomBytes = 64 * 1024;  // a read takes many small frames

  std::vector<std::byte> take() {
    if (free_.empty()) return std::vector<std::byte>(kRoomBytes);
    std::vector<std::byte> room = std::move(free_.back());
    free_.pop_back();
    return room;
  }
  void give(std::vector<std::byte> room) {
    if (room.size() == kRoomBytes && free_.size() < kRoomsKept) free_.push_back(std::move(room));
  }

 private:
  static constexpr std::size_t kRoomsKept = 16;
  std::vector<std::vector<std::byte>> free_;
};

class TcpConnection {
 public:
  struct Frame {
    TcpHeader header;
    Bytes body;  // until receive()
  };

  explicit TcpConnection(Descriptor socket);

  int descriptor() const { return socket_.number(); }
  // Behind what waits. Takes the frame unless the socket has failed. False: it has, see error().
  bool send(TcpKind kind, FrameBuffer& frame, CreditAmount credit, FramePool& pool);
  // As much of what waits as there is room for. False: the socket has failed.
  bool flush(FramePool& pool);
  bool has_unsent() const { return !unsent_.empty(); }
  // Takes what there is. False: the other side has ended, or the socket has failed; what came before is there to be taken.
  bool receive(TcpRooms& rooms);
  // The next whole frame; none where there is none. What no transport says ends the connection: is_foreign().
  std::optional<Frame> next();
  bool has_frame() const;
  std::size_t untaken() const { return end_ - begin_; }  // bytes
  bool is_at_end() const;                                // with nothing left to receive, the other side has ended
  // To be called when next() has given all that there was: an empty room goes back.
  void return_room(TcpRooms& rooms);
  // From here on frames may have any size; before, a hello's.
  void greeted() { body_bytes_max_ = kFrameBytesMax; }
  bool is_foreign() const { return foreign_; }
  const std::string& error() const { return error_; }
  // Nothing more is sent; the other side sees the end behind what was.
  void finish();

 private:
  bool fail(int number);
  Bytes received() const { return Bytes(room_).subspan(begin_, end_ - begin_); }
  std::optional<TcpHeader> header_of(Bytes bytes) const;
  void make_room(TcpRooms& rooms);

  Descriptor socket_;
  std::deque<FrameBuffer> unsent_;
  std::size_t sent_of_first_ = 0;  // its header counted
  std::vector<std::byte> room_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t body_bytes_max_ = kTcpHelloBytes;
  bool foreign_ = false;
  std::string error_;
};

}  // namespace lath
