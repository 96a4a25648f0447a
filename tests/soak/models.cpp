#include "models.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

namespace lath::soak {

namespace {

constexpr std::size_t kListBytesMax = 64 * 1024;
constexpr std::size_t kElements = 16;

std::set<std::string> members_of(const std::vector<char>& list, std::size_t size) {
  std::set<std::string> members;
  std::size_t position = 0;
  const void* member = nullptr;
  std::size_t member_size = 0;
  while (lath_list_next(list.data(), size, &position, &member, &member_size) == 1)
    members.emplace(static_cast<const char*>(member), member_size);
  return members;
}

std::string value_of(Client& client) {
  return std::to_string(client.random()) + std::string(client.below(300), 'v');
}

class RegisterModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override {
    const bool erases = client.below(8) == 0;
    const std::string value = value_of(client);
    const lath_status status = erases
                                   ? lath_erase(client.session, key_.data(), key_.size(), kOperationNs)
                                   : lath_put(client.session, key_.data(), key_.size(), value.data(), value.size(), kOperationNs);
    const Applied applied = updated(client, status, key_);
    if (applied == Applied::kMaybe) return renew(client);
    if (applied == Applied::kNo) return;
    value_ = erases ? std::nullopt : std::optional(value);
  }
  bool check(Client& client) override {
    std::vector<char> room(kListBytesMax);
    std::size_t size = 0;
    const lath_status status = lath_get(client.session, key_.data(), key_.size(), room.data(), room.size(), &size, kOperationNs);
    if (!answered(client, status, key_)) return false;
    if ((status == LATH_OK) != value_.has_value())
      wrong(client, key_, value_ ? "its value is lost" : "it was erased, and is there");
    if (value_ && *value_ != std::string(room.data(), size)) wrong(client, key_, "it holds another value than was put last");
    return true;
  }

 private:
  void forget() override { value_.reset(); }
  std::optional<std::string> value_;
};

class MaxModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override {
    const auto number = static_cast<std::int64_t>(client.below(1'000'000'000));
    const Applied applied =
        updated(client, lath_max_i64_merge(client.session, key_.data(), key_.size(), number, kOperationNs), key_);
    if (applied == Applied::kYes) low_ = std::max(low_, number);
    if (applied != Applied::kNo) high_ = std::max(high_, number);
  }
  bool check(Client& client) override {
    std::int64_t number = -1;
    const lath_status status = lath_max_i64_get(client.session, key_.data(), key_.size(), &number, kOperationNs);
    if (!answered(client, status, key_)) return false;
    if (number < low_ || number > high_) wrong(client, key_, "the maximum is " + std::to_string(number));
    return true;
  }

 private:
  std::int64_t low_ = -1;
  std::int64_t high_ = -1;
};

class SetModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override {
    const std::string element = "e" + std::to_string(client.below(kElements));
    const bool removes = client.below(3) == 0;
    const auto call = removes ? &lath_set_remove : &lath_set_add;
    const Applied applied =
        updated(client, call(client.session, key_.data(), key_.size(), element.data(), element.size(), kOperationNs), key_);
    if (applied == Applied::kMaybe) return renew(client);
    if (applied == Applied::kNo) return;
    if (removes)
      members_.erase(element);
    else
      members_.insert(element);
  }
  bool check(Client& client) override {
    std::vector<char> list(kListBytesMax);
    std::size_t size = 0;
    const lath_status status =
        lath_set_members(client.session, key_.data(), key_.size(), list.data(), list.size(), &size, kOperationNs);
    if (!answered(client, status, key_)) return false;
    if (members_of(list, status == LATH_OK ? size : 0) != members_) wrong(client, key_, "the set's members differ");
    return true;
  }

 private:
  void forget() override { members_.clear(); }
  std::set<std::string> members_;
};

class MapModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override {
    field_ = "f" + std::to_string(client.below(kElements));
    const std::string value = value_of(client);
    const bool erases = client.below(4) == 0;
    const lath_status status =
        erases ? lath_map_erase(client.session, key_.data(), key_.size(), field_.data(), field_.size(), kOperationNs)
               : lath_map_put(client.session, key_.data(), key_.size(), field_.data(), field_.size(), value.data(), value.size(),
                              kOperationNs);
    const Applied applied = updated(client, status, key_);
    if (applied == Applied::kMaybe) return renew(client);
    if (applied == Applied::kNo) return;
    if (erases)
      fields_.erase(field_);
    else
      fields_[field_] = value;
  }
  bool check(Client& client) override {
    std::vector<char> room(kListBytesMax);
    std::size_t size = 0;
    const lath_status status = lath_map_get(client.session, key_.data(), key_.size(), field_.data(), field_.size(), room.data(),
                                            room.size(), &size, kOperationNs);
    if (!answered(client, status, key_)) return false;
    const auto expected = fields_.find(field_);
    if ((status == LATH_OK) != (expected != fields_.end())) wrong(client, key_, "field " + field_ + " is lost, or back");
    if (status == LATH_OK && expected->second != std::string(room.data(), size))
      wrong(client, key_, "field " + field_ + " differs");
    return true;
  }

 private:
  void forget() override { fields_.clear(); }
  std::string field_ = "f0";
  std::map<std::string, std::string> fields_;
};

class HllModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override {
    const std::string element = std::to_string(client.random());
    const Applied applied =
        updated(client, lath_hll_add(client.session, key_.data(), key_.size(), element.data(), element.size(), kOperationNs), key_);
    low_ += applied == Applied::kYes ? 1 : 0;
    high_ += applied != Applied::kNo ? 1 : 0;
  }
  bool check(Client& client) override {
    std::uint64_t count = 0;
    const lath_status status = lath_hll_count(client.session, key_.data(), key_.size(), &count, kOperationNs);
    if (!answered(client, status, key_)) return false;
    // A standard error is 0.81 % (docs/lattices.md). Six of them are met by no check of a soak by chance; a few in small counts.
    const auto number = static_cast<double>(count);
    if (number < low_ * 0.95 - 3 || number > high_ * 1.05 + 3) wrong(client, key_, "distinct elements: " + std::to_string(count));
    return true;
  }

 private:
  double low_ = 0;
  double high_ = 0;
};

class ArrayModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override {
    std::array<double, kElements> mine{};
    for (double& each : mine) each = static_cast<double>(client.below(1'000'000));
    const Applied applied = updated(
        client,
        lath_array_merge(client.session, key_.data(), key_.size(), LATH_MAX, LATH_F64, mine.data(), mine.size(), kOperationNs),
        key_);
    if (applied == Applied::kMaybe) return renew(client);
    if (applied == Applied::kNo) return;
    exists_ = true;
    for (std::size_t i = 0; i < kElements; ++i) greatest_[i] = std::max(greatest_[i], mine[i]);
  }
  bool check(Client& client) override {
    std::array<double, kElements> got{};
    std::size_t count = 0;
    const lath_status status =
        lath_array_get(client.session, key_.data(), key_.size(), LATH_MAX, LATH_F64, got.data(), got.size(), &count, kOperationNs);
    if (!answered(client, status, key_)) return false;
    if ((status == LATH_OK) != exists_ || got != greatest_) wrong(client, key_, "the array differs");
    return true;
  }

 private:
  void forget() override {
    exists_ = false;
    greatest_ = {};
  }
  bool exists_ = false;
  std::array<double, kElements> greatest_{};
};

}  // namespace

void wrong(const Client& client, const std::string& key, const std::string& what) {
  std::fprintf(stderr, "soak: WRONG ANSWER for key '%s': %s (session: %s)\n", key.c_str(), what.c_str(),
               lath_last_error(client.session));
  std::_Exit(3);
}

Applied updated(Client& client, lath_status status, const std::string& key) {
  switch (status) {
    case LATH_OK: ++client.done; return Applied::kYes;
    case LATH_E_TIMEOUT:
    case LATH_E_UNKNOWN: ++client.unsure; return Applied::kMaybe;
    case LATH_E_UNREACHABLE:
    case LATH_E_FULL: ++client.unanswered; return Applied::kNo;
    default: wrong(client, key, std::string("an update was answered with ") + lath_status_string(status));
  }
}

bool answered(Client& client, lath_status status, const std::string& key) {
  switch (status) {
    case LATH_OK:
    case LATH_E_NOT_FOUND: ++client.done; return true;
    case LATH_E_TIMEOUT:
    case LATH_E_UNKNOWN:
    case LATH_E_UNREACHABLE: ++client.unanswered; return false;
    default: wrong(client, key, std::string("a read was answered with ") + lath_status_string(status));
  }
}

void Model::renew(Client& client) {
  erase(client);  // as far as that goes: it is nobody's any more
  key_ = client.fresh_key();
  forget();
}

void Model::erase(Client& client) {
  lath_erase(client.session, key_.data(), key_.size(), kOperationNs);
}

void CounterModel::update(Client& client) {
  const auto by = static_cast<std::int64_t>(client.below(2001)) - 1000;
  const Applied applied = updated(client, lath_counter_add(client.session, key_.data(), key_.size(), by, kOperationNs), key_);
  if (applied == Applied::kNo) return;
  if (applied == Applied::kYes || by < 0) low_ += by;
  if (applied == Applied::kYes || by > 0) high_ += by;
}

bool CounterModel::check(Client& client) {
  std::int64_t value = 0;
  const lath_status status = lath_counter_get(client.session, key_.data(), key_.size(), &value, kOperationNs);
  if (!answered(client, status, key_)) return false;
  if (value < low_ || value > high_)
    wrong(client, key_, std::to_string(value) + " is not from " + std::to_string(low_) + " to " + std::to_string(high_));
  return true;
}

std::vector<std::unique_ptr<Model>> make_models(Client& client) {
  const auto fresh = [&] { return client.fresh_key(); };
  std::vector<std::unique_ptr<Model>> models;
  models.push_back(std::make_unique<CounterModel>(fresh()));
  models.push_back(std::make_unique<RegisterModel>(fresh()));
  models.push_back(std::make_unique<MaxModel>(fresh()));
  models.push_back(std::make_unique<SetModel>(fresh()));
  models.push_back(std::make_unique<MapModel>(fresh()));
  models.push_back(std::make_unique<HllModel>(fresh()));
  models.push_back(std::make_unique<ArrayModel>(fresh()));
  return models;
}

}  // namespace lath::soak
