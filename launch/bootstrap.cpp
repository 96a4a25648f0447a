#include "launch/bootstrap.hpp"

#include <algorithm>
#include <cstring>

#include "lath/limits.hpp"

namespace lath {

namespace {

template <class T>
std::span<std::byte> bytes_of(std::span<T> values) {
  return std::as_writable_bytes(values);
}

Error at_step(const char* step, const Error& error) {
  return Error{error.code, "starting, at " + std::string(step) + ": " + error.text};
}

}  // namespace

// First the sizes, then all records at the size of the largest.
Result<std::vector<Record>> gather(GroupBootstrap& group, const char* step, Bytes mine) {
  const auto count = static_cast<std::size_t>(group.count());
  std::vector<std::uint64_t> sizes(count);
  const std::uint64_t size = mine.size();
  if (auto done = group.allgather(std::as_bytes(std::span(&size, 1)), bytes_of(std::span(sizes))); !done)
    return at_step(step, done.error());
  const std::uint64_t largest = *std::max_element(sizes.begin(), sizes.end());
  if (largest > kRecordBytesMax) return Error{Code::kTooLarge, "a node's record at the bootstrap is over its limit"};
  std::vector<Record> records(count);
  if (largest == 0) return records;
  Record padded(mine.begin(), mine.end());
  padded.resize(largest);
  std::vector<std::byte> all(count * largest);
  if (auto done = group.allgather(padded, all); !done) return at_step(step, done.error());
  for (std::size_t rank = 0; rank < count; ++rank) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(rank * largest);
    records[rank].assign(begin, begin + static_cast<std::ptrdiff_t>(sizes[rank]));
  }
  return records;
}

Result<Record> hand_out(GroupBootstrap& group, const char* step, Bytes mine_if_first) {
  std::uint64_t size = mine_if_first.size();
  if (auto done = group.broadcast(bytes_of(std::span(&size, 1)), 0); !done) return at_step(step, done.error());
  if (size > kRecordBytesMax) return Error{Code::kTooLarge, "rank 0's record at the bootstrap is over its limit"};
  Record record(size);
  if (group.rank() == 0 && size > 0) std::memcpy(record.data(), mine_if_first.data(), size);
  if (size == 0) return record;
  if (auto done = group.broadcast(record, 0); !done) return at_step(step, done.error());
  return record;
}

Result<void> agree(GroupBootstrap& group, const char* step, const Result<void>& mine) {
  Record told;
  if (!mine) {
    told.push_back(static_cast<std::byte>(mine.error().code));
    const auto text = std::as_bytes(std::span(mine.error().text));
    told.insert(told.end(), text.begin(),
                text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(text.size(), kErrorBytesMax)));
  }
  const auto records = gather(group, step, told);
  if (!records) return records.error();
  for (std::size_t rank = 0; rank < records->size(); ++rank) {
    const Record& record = (*records)[rank];
    if (record.empty()) continue;
    const std::string text(reinterpret_cast<const char*>(record.data()) + 1, record.size() - 1);
    const auto code = static_cast<Code>(std::to_integer<int>(record[0]));
    if (records->size() == 1 || static_cast<int>(rank) == group.rank()) return Error{code, text};
    return Error{code, "node " + std::to_string(rank) + ": " + text};
  }
  return {};
}

Result<void> AloneBootstrap::broadcast(std::span<std::byte>, int) {
  return {};
}

Result<void> AloneBootstrap::allgather(std::span<const std::byte> mine, std::span<std::byte> all) {
  if (!mine.empty()) std::memcpy(all.data(), mine.data(), mine.size());
  return {};
}

}  // namespace lath
