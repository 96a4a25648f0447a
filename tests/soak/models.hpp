// What a soak client knows of its keys: for each type, what an exact store must answer, given what was acknowledged and what may or may
// not have been applied. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "lath/lath.h"

namespace lath::soak {

struct Client {
  lath_store* store = nullptr;
  lath_session* session = nullptr;
  int lost = -1;           // a node that was killed, which others hold for alive; -1: none
  std::uint32_t acks = 2;  // of each update: as many as its key has replicas that are alive, so that no read is stale
  std::mt19937_64 random;
  std::string prefix;        // of its keys
  std::uint64_t keys = 0;    // made so far
  std::uint64_t done = 0;    // operations that were acknowledged, or answered
  std::uint64_t unsure = 0;  // updates that may have been applied
  std::uint64_t unanswered = 0;

  std::uint64_t below(std::uint64_t limit) { return random() % limit; }
  bool suits(const std::string& key) const;  // it has that many
  std::string fresh_key();
};

inline constexpr std::uint64_t kOperationNs = 5'000'000'000;  // longer than the faults of a soak

// Ends the process with what was wrong: an answer that no exact store gives.
[[noreturn]] void wrong(const Client& client, const std::string& key, const std::string& what);

enum class Applied { kYes, kMaybe, kNo };
Applied updated(Client& client, lath_status status, const std::string& key);
// Whether a read was answered, with something or with nothing.
bool answered(Client& client, lath_status status, const std::string& key);

class Model {
 public:
  explicit Model(std::string key) : key_(std::move(key)) {}
  virtual ~Model() = default;
  virtual void update(Client& client) = 0;
  virtual bool check(Client& client) = 0;  // false: no answer
  void erase(Client& client);

 protected:
  // After an update that may yet be applied, at any time: the key is given up, and a fresh one begins.
  void renew(Client& client);
  virtual void forget() {}
  std::string key_;
};

// Additions that are not known to have been applied widen the range.
class CounterModel final : public Model {
 public:
  using Model::Model;
  void update(Client& client) override;
  bool check(Client& client) override;
  std::int64_t low() const { return low_; }
  std::int64_t high() const { return high_; }

 private:
  std::int64_t low_ = 0;
  std::int64_t high_ = 0;
};

// One of each type, on fresh keys.
std::vector<std::unique_ptr<Model>> make_models(Client& client);

}  // namespace lath::soak
