// The bytes of one outgoing message, with room in front for what the transport adds, so that nothing is copied to send it.
// Move-only; grows by doubling; recycled through FramePool so that a warm path does not allocate. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/message.hpp"
#include "lath/limits.hpp"

namespace lath {

class FrameBuffer {
 public:
  static constexpr std::size_t kHeadroomBytes = 32;

  FrameBuffer() = default;
  FrameBuffer(FrameBuffer&& other) noexcept
      : storage_(std::move(other.storage_)), capacity_(std::exchange(other.capacity_, 0)), size_(std::exchange(other.size_, 0)) {}
  FrameBuffer& operator=(FrameBuffer&& other) noexcept {
    storage_ = std::move(other.storage_);
    capacity_ = std::exchange(other.capacity_, 0);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  std::byte* data() { return storage_.get() + kHeadroomBytes; }
  const std::byte* data() const { return storage_.get() + kHeadroomBytes; }
  Bytes bytes() const { return {data(), size_}; }
  void clear() { size_ = 0; }
  void truncate(std::size_t size) {
    LATH_ASSERT(size <= size_);
    size_ = size;
  }

  // Room for `count` more bytes at the end, not initialised. Pointers into the buffer taken before are invalid.
  std::byte* extend(std::size_t count) {
    if (size_ + count > capacity_) grow(size_ + count);
    std::byte* room = data() + size_;
    size_ += count;
    return room;
  }
  void append(Bytes bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }

  // The `count` bytes right before data(), for the transport's own header.
  std::byte* headroom(std::size_t count) {
    LATH_ASSERT(count <= kHeadroomBytes && storage_ != nullptr);
    return data() - count;
  }

 private:
  static constexpr std::size_t kCapacityFirst = 2048;

  void grow(std::size_t wanted) {
    const std::size_t capacity = std::max({wanted, capacity_ * 2, kCapacityFirst});
    std::unique_ptr<std::byte[]> storage(new std::byte[kHeadroomBytes + capacity]);
    if (size_ > 0) std::memcpy(storage.get() + kHeadroomBytes, data(), size_);
    storage_ = std::move(storage);
    capacity_ = capacity;
  }

  std::unique_ptr<std::byte[]> storage_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

// Buffers to use again. Keeps a bounded number, and none that grew far over the usual size.
class FramePool {
 public:
  bool empty() const { return free_.empty(); }
  FrameBuffer take() {
    if (free_.empty()) return {};
    FrameBuffer buffer = std::move(free_.back());
    free_.pop_back();
    buffer.clear();
    return buffer;
  }
  void give(FrameBuffer buffer) {
    if (buffer.capacity() > 0 && buffer.capacity() <= kCapacityKept && free_.size() < kBuffersKept)
      free_.push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kCapacityKept = 8 * kFrameBytesGoal;
  static constexpr std::size_t kBuffersKept = 256;
  std::vector<FrameBuffer> free_;
};

}  // namespace lath
