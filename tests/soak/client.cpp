// One client of the soak: random operations of every type on keys of its own, each read checked, and additions to a counter that all
// clients share. Opens and closes its store now and then. Prints the range of what it added to the shared counter.
// usage: soak_client WHERE PREFIX SEED SECONDS [LOST ACKS]
//   LOST  a node that was killed, and is never found to be: the client works on keys that have ACKS replicas besides
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "models.hpp"

namespace {

using namespace lath::soak;

constexpr std::uint64_t kReopenEvery = 4000;  // operations
constexpr int kLastChecksMax = 12;            // of kOperationNs each: the faults are over by then

double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class OpenCluster {
 public:
  OpenCluster(const char* where, std::uint32_t acks) {
    lath_options options = LATH_OPTIONS_INIT;
    options.open_timeout_ns = 30'000'000'000;
    lath_session_options session_options = LATH_SESSION_OPTIONS_INIT;
    session_options.ack_nodes = acks;  // what is acknowledged must outlive a node
    if (lath_open(where, &options, &store) == LATH_OK && lath_session_open(store, &session_options, &session) == LATH_OK) return;
    std::fprintf(stderr, "soak_client: %s\n", lath_last_error(nullptr));
    std::exit(1);
  }
  ~OpenCluster() {
    lath_session_close(session);
    lath_close(store);
  }
  OpenCluster(const OpenCluster&) = delete;
  OpenCluster& operator=(const OpenCluster&) = delete;

  lath_store* store = nullptr;
  lath_session* session = nullptr;
};

bool check_at_last(Model& model, Client& client) {
  for (int left = kLastChecksMax; left > 0; --left) {
    if (model.check(client)) return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 && argc != 7) {
    std::fprintf(stderr, "usage: soak_client WHERE PREFIX SEED SECONDS [LOST ACKS]\n");
    return 2;
  }
  Client client;
  if (argc == 7) {
    client.lost = std::atoi(argv[5]);
    client.acks = static_cast<std::uint32_t>(std::atoi(argv[6]));
  }
  std::unique_ptr<OpenCluster> cluster;
  const auto open = [&] {
    cluster.reset();
    cluster = std::make_unique<OpenCluster>(argv[1], client.acks);
    client.store = cluster->store;
    client.session = cluster->session;
  };
  open();
  client.prefix = std::string("soak/") + argv[2] + "/";
  client.random.seed(std::strtoull(argv[3], nullptr, 10));
  const double end = seconds_now() + std::strtod(argv[4], nullptr);
  const auto models = make_models(client);
  CounterModel shared("soak/shared");
  const bool adds_to_shared = client.suits("soak/shared");
  std::uint64_t steps = 0;
  for (; seconds_now() < end; ++steps) {
    if (steps % kReopenEvery == kReopenEvery - 1) open();
    Model& model = *models[client.below(models.size())];
    model.update(client);
    if (client.below(3) == 0) model.check(client);
    if (client.below(8) == 0 && adds_to_shared) shared.update(client);
  }
  for (const auto& model : models) {
    if (!check_at_last(*model, client)) {
      std::fprintf(stderr, "soak_client: a key is not answered although all nodes run: %s\n", lath_last_error(client.session));
      return 1;
    }
    model->erase(client);
  }
  std::printf("%lld %lld %llu %llu %llu\n", static_cast<long long>(shared.low()), static_cast<long long>(shared.high()),
              static_cast<unsigned long long>(client.done), static_cast<unsigned long long>(client.unsure),
              static_cast<unsigned long long>(client.unanswered));
  return 0;
}
