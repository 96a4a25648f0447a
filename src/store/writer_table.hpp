// The writers that a shard's slots name by a 16-bit index. It only grows; where it is full, a cell carries its writer's whole name
// instead. The owning shard's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "lath/ids.hpp"

namespace lath {

class WriterTable {
 public:
  static constexpr std::size_t kWritersMax = 65536;

  // The writer's 16-bit index, or nothing where the table is full. A word of its own: an optional one is written in parts and read as
  // a whole, which the processor waits for.
  class Index {
   public:
    Index() = default;
    explicit Index(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}
    explicit operator bool() const { return index_ < kWritersMax; }
    std::uint16_t operator*() const { return static_cast<std::uint16_t>(index_); }

   private:
    std::uint32_t index_ = kWritersMax;
  };

  [[gnu::always_inline]] Index index_of(const WriterId& writer) {
    if (last_ < writers_.size() && writers_[last_] == writer) [[likely]]
      return Index(last_);
    return look_up(writer);
  }
  const WriterId& operator[](std::uint16_t index) const { return writers_[index]; }

 private:
  [[gnu::noinline]] Index look_up(const WriterId& writer) {
    const auto known = indices_.find(writer);
    if (known != indices_.end()) {
      last_ = known->second;
    } else {
      if (writers_.size() == kWritersMax) return {};
      last_ = writers_.size();
      writers_.push_back(writer);
      indices_.emplace(writer, static_cast<std::uint16_t>(last_));
    }
    return Index(last_);
  }

  struct Hash {
    std::size_t operator()(const WriterId& writer) const {
      const std::uint64_t place = std::uint64_t{writer.node.value} << 32 | writer.shard.value;
      return (place ^ writer.incarnation) * 0x9fb21c651e98df25ULL >> 16;
    }
  };
  std::vector<WriterId> writers_;
  std::unordered_map<WriterId, std::uint16_t, Hash> indices_;
  std::size_t last_ = 0;
};

}  // namespace lath
