// What changes between the reading of a slot and the end of the read: an answer that was right a moment ago, or that is another key's
// by now, is not given.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "table_fixture.hpp"

namespace lath {

namespace {

// A read by loads asks it for the time between the finding of the bucket and the reading of the slot.
class StirringClock final : public Clock {
 public:
  explicit StirringClock(std::function<void()> stir) : stir_(std::move(stir)) {}
  TimeNs now_ns() const override {
    stir_();
    return 1;
  }
  std::uint64_t wall_us() const override { return 0; }

 private:
  std::function<void()> stir_;
};

// Runs `change` when the page that holds `at` is touched, before what touches it goes on. A load asks nobody, but the system.
class OnTouch {
 public:
  OnTouch(const std::byte* at, std::function<void()> change) : bytes_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    page_ = const_cast<std::byte*>(at) - reinterpret_cast<std::uintptr_t>(at) % bytes_;
    change_ = std::move(change);
    armed_ = this;
    struct sigaction action {};
    action.sa_sigaction = [](int, siginfo_t* fault, void*) { armed_->touched(static_cast<std::byte*>(fault->si_addr)); };
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &before_);
    EXPECT_EQ(mprotect(page_, bytes_, PROT_NONE), 0);
  }
  ~OnTouch() {
    mprotect(page_, bytes_, PROT_READ | PROT_WRITE);
    sigaction(SIGSEGV, &before_, nullptr);
  }
  OnTouch(const OnTouch&) = delete;
  OnTouch& operator=(const OnTouch&) = delete;
  int touches() const { return touches_; }

 private:
  void touched(const std::byte* at) {
    mprotect(page_, bytes_, PROT_READ | PROT_WRITE);
    if (at < page_ || at >= page_ + bytes_) {
      sigaction(SIGSEGV, &before_, nullptr);  // a fault of its own
      return;
    }
    ++touches_;
    change_();
  }

  static inline OnTouch* armed_ = nullptr;
  std::byte* page_ = nullptr;
  const std::size_t bytes_;
  std::function<void()> change_;
  int touches_ = 0;
  struct sigaction before_ {};
};

class Changing : public ::testing::Test {
 protected:
  static constexpr std::size_t kRecordBytes = 9000;  // starts on a page that holds nothing of the table

  void put(const Key& wanted, const std::string& value) {
    ASSERT_EQ(table.put(wanted, value), Code::kOk);
    table.turn();
    SlotImage image;
    for (int tries = 0; tries < 3; ++tries) table.read_copied(wanted, image);  // warm: the next one begins with the buckets
  }
  static std::byte* record_of(const Slot& slot) { return reinterpret_cast<std::byte*>(slot.value & kAddressMask); }
  // As if the key had been put anew elsewhere and its old record were the neighbour's by now: whole, and with a key beside it that
  // fits the slot, so that nothing in the record says whose it is.
  void give_away() {
    Slot& slot = *slot_;
    std::byte* const record = record_of(slot);
    write_slot(slot, {meta_of(slot.control), writer_of(slot.control), slot.stamp + 1, slot.key, neighbour_slot_->value});
    std::memcpy(record, record_of(*neighbour_slot_), sizeof(RecordHeader) + kRecordBytes);
  }
  void put_both() {
    put(key, std::string(kRecordBytes, 'm'));
    put(neighbour, std::string(kRecordBytes, 'n'));
    slot_ = table.slot_of(key);
    neighbour_slot_ = table.slot_of(neighbour);
  }

  TableFixture table{64UL << 20, 1UL << 20};  // the first extent has room for the records
  const std::string name = "mine";
  const std::string neighbour_name = "next";
  const Key key = key_of(name);
  const Key neighbour = key_of(neighbour_name);

 private:
  Slot* slot_ = nullptr;
  Slot* neighbour_slot_ = nullptr;
};

}  // namespace

TEST_F(Changing, a_layout_that_changes_during_a_read_by_loads_voids_it) {
  put(key, "value");
  const StirringClock clock([&] { store_word(table.root().layout, table.root().layout + 2); });
  TimeNs now = 0;
  SlotImage image;
  EXPECT_EQ(table.mapped.read(TableFixture::slot_key(key), key.bytes, table.terms, clock, now, image), ReadVerdict::kMoving);
  EXPECT_EQ(table.read_mapped(key, image), ReadVerdict::kFound) << "the next one";
}

TEST_F(Changing, a_slot_that_changes_during_a_read_by_copies_voids_it) {
  put(key, "before");
  SlotImage image;
  int fetches = 0;
  const ReadVerdict verdict = table.read_copied(key, image, [&] {
    if (++fetches == 2) {
      EXPECT_EQ(table.put(key, "after!"), Code::kOk);
    }
  });
  EXPECT_EQ(verdict, ReadVerdict::kMoving);
  EXPECT_EQ(fetches, 3) << "the buckets, then the slot again and the root";
  EXPECT_EQ(table.value_by(table.read_copied(key, image), image), "after!") << "the next one";
}

TEST_F(Changing, a_record_that_another_key_gets_during_a_read_by_copies_is_not_read) {
  put_both();
  SlotImage image;
  int fetches = 0;
  const ReadVerdict verdict = table.read_copied(key, image, [&] {
    if (++fetches == 2) give_away();
  });
  EXPECT_EQ(verdict, ReadVerdict::kMoving);
  EXPECT_EQ(fetches, 4) << "the buckets, the record, then the slot again and the root";
}

TEST_F(Changing, a_record_that_another_key_gets_during_a_read_by_loads_is_not_read) {
  put_both();
  const OnTouch trap(record_of(*table.slot_of(key)), [&] { give_away(); });
  SlotImage image;
  EXPECT_EQ(table.read_mapped(key, image), ReadVerdict::kMoving);
  EXPECT_EQ(trap.touches(), 1);
}

}  // namespace lath
