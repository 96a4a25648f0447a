// The start in the order of its steps: plan, decisions of rank 0, opening, meeting, serving. Each collective step ends in
// agreement, so that all nodes go on or none.
#include "launch/node.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/memory_left.hpp"
#include "control/view_codec.hpp"
#include "lath/limits.hpp"
#include "launch/binding.hpp"
#include "launch/caller_shard.hpp"
#include "launch/contact/protocol.hpp"
#include "launch/replication_settings.hpp"
#include "launch/shared_memory.hpp"
#include "topology/host.hpp"
#include "topology/rdma.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

constexpr std::size_t kShardMemoryMin = 8ULL << 20;  // its first extent and a spare one

std::string as_mib(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

void append_bytes(Record& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// host id, then the CPUs that the process may use: what nodes must know of each other to share a host.
Record neighbour_record(std::uint64_t host_id, const std::string& cpus) {
  Record record;
  append_bytes(record, std::as_bytes(std::span(&host_id, 1)));
  append_bytes(record, as_bytes(cpus));
  return record;
}

// Nodes of one host that may use some of the same cores divide what they may use.
struct Share {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
  std::size_t nodes_here = 1;
};

Share share_of(const std::vector<Record>& records, std::size_t self, const CpuSet& cpus) {
  Share share{0, 0, 0};
  const Bytes mine = records[self];
  for (std::size_t rank = 0; rank < records.size(); ++rank) {
    const Bytes theirs = records[rank];
    if (theirs.size() < sizeof(std::uint64_t) || !std::ranges::equal(theirs.first(8), mine.first(8))) continue;
    ++share.nodes_here;
    const auto allowed = cpus_from(as_text(theirs.subspan(8)));
    if (rank != self && (!allowed || intersection(*allowed, cpus).empty())) continue;
    if (rank < self) ++share.index;
    ++share.count;
  }
  return share;
}

// The first node of a host tells for all of them what may come to be lacking.
Result<void> check_memory(const Config& config, const HostFacts& facts, std::size_t shards, const Share& share) {
  if (config.memory_bytes / shards < kShardMemoryMin) {
    return Error{Code::kInvalid, "setting 'memory': " + as_mib(config.memory_bytes) + " over " + std::to_string(shards) +
                                     " shards is under " + as_mib(kShardMemoryMin) + " each: give more memory or fewer --shards"};
  }
  const SharedMemoryNeed need = shared_memory_need(config.memory_bytes, shards, share.nodes_here);
  const TableRoom room = table_room(need, facts.sysv, facts.shm_free_bytes);
  if (share.index == 0 && room.bytes() < need.table_bytes) {
    const SysvShortage shortage = sysv_shortage(need, facts.sysv);
    log_warn(
        "the " + as_mib(need.table_bytes) + " that the tables of " + std::to_string(share.nodes_here) +
        " node(s) here may come to need have room for " + as_mib(room.bytes()) + ": " + shortage.text +
        ", and /dev/shm, which takes the rest, has " + as_mib(facts.shm_free_bytes) + " free. Raise the first (sysctl " +
        shortage.remedy +
        "), enlarge the second (mount -o remount,size=... /dev/shm; docker run --shm-size=...), remove what killed processes left "
        "there (lath doctor names it), or lower --memory");
  }
  if (const std::string warning = memory_warning(memory_left(MemoryFor::kSharing), config.memory_bytes, share.nodes_here);
      share.index == 0 && !warning.empty())
    log_warn(warning);
  if (facts.memlock_bytes && *facts.memlock_bytes < config.memory_bytes) {
    log_debug("the memlock limit is " + as_mib(*facts.memlock_bytes) + ": RDMA devices would need " + as_mib(config.memory_bytes) +
              " (ulimit -l, or LimitMEMLOCK= in the unit)");
  }
  return {};
}

// What may be used where an interface was asked for: TCP there, and the RDMA ports that send over it. None: all.
std::vector<std::string> devices_of(const std::string& interface) {
  if (interface.empty()) return {};
  std::vector<std::string> devices = rdma_ports_under(interface);
  devices.push_back(interface);
  return devices;
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(GroupBootstrap& group, const Config& config, const ClusterKey& key, const Clock& clock,
                                          Progress progress) {
  auto machine = Machine::this_machine();
  if (auto agreed = agree(group, "the look at the machine", machine ? Result<void>() : machine.error()); !agreed)
    return agreed.error();
  const NodeId id{static_cast<std::uint32_t>(group.rank())};
  const std::string name = "node " + std::to_string(id.value);
  const LogScope scope(name);
  std::unique_ptr<Node> node(new Node(std::move(*machine), id, clock, progress));
  if (auto planned = node->plan(group, config); !planned) return planned.error();
  if (auto taken = node->take_decisions(group, config, key); !taken) return taken.error();
  if (auto agreed = agree(group, "the opening of the shards", node->open(config)); !agreed) return agreed.error();
  auto view = node->meet(group);
  if (!view) return view.error();
  if (auto agreed = agree(group, "the beginning of the service", node->serve(*view)); !agreed) return agreed.error();
  return node;
}

Node::~Node() {
  stop(0);
}

bool Node::stop(TimeNs timeout_ns) {
  const std::string name = "node " + std::to_string(id_.value);
  const LogScope scope(name);
  const bool handed_over = !control_ || timeout_ns == 0 || control_->leave(clock_.now_ns() + timeout_ns);
  if (control_) left_alone_ = control_->current()->view.alive().empty();
  control_.reset();
  attendant_.reset();
  for (const auto& shard : shards_) shard->begin_stop();  // together: each may take a while to part from a peer that is stopped
  for (const auto& shard : shards_) shard->stop();
  shards_.clear();
  return handed_over;
}

Result<void> Node::plan(GroupBootstrap& group, const Config& config) {
  const auto count = static_cast<std::size_t>(group.count());
  if (count > kNodesMax)
    return Error{Code::kInvalid, std::to_string(count) + " nodes are over the limit of " + std::to_string(kNodesMax)};
  const auto facts = host_facts();
  if (auto agreed = agree(group, "the look at the host", facts ? Result<void>() : facts.error()); !agreed) return agreed.error();
  CpuSet cpus = machine_.allowed_cpus();
  if (!config.cpus.empty()) {
    if (const auto asked = cpus_from(config.cpus)) cpus = intersection(cpus, *asked);
  }
  const auto neighbours = gather(group, "the hosts' neighbours", neighbour_record(facts->host_id, text_of(cpus)));
  if (!neighbours) return neighbours.error();
  const Share share = share_of(*neighbours, static_cast<std::size_t>(group.rank()), cpus);

  PlanRequest request;
  request.shards = config.shards;
  if (!config.cpus.empty()) request.cpus = config.cpus;
  request.node_index = share.index;
  request.node_count = share.count;
  auto planned = machine_.plan(request);
  Result<void> well = planned ? check_memory(config, *facts, planned->shards.size(), share) : planned.error();
  if (auto agreed = agree(group, "the plan of the shards", well); !agreed) return agreed.error();
  plan_ = std::move(*planned);
  if (!plan_.warning.empty() && share.index == 0) log_warn(plan_.warning);
  if (const std::string& by = machine_.made_up_by(); !by.empty() && share.index == 0) {
    log_warn("the cores are those of another machine, which " + by +
             " tells of: shards are planned for them, and bound to none. To use this machine's: unset " + by);
  }
  log_info(text_of(plan_));

  // The threads that wait: this node's shards and a client, on the cores of its share.
  wait_ = WaitPolicy::choose(plan_.oversubscribed ? 2 : 1, 1);
  entry_.id = id_;
  entry_.host = facts->hostname.substr(0, kHostBytesMax);
  entry_.host_id = facts->host_id;
  SystemClock wall;
  entry_.incarnation = incarnation_ = wall.wall_us();
  return {};
}

// What must be the same everywhere is rank 0's to say.
Result<void> Node::take_decisions(GroupBootstrap& group, const Config& config, const ClusterKey& key) {
  Record decisions;
  Result<void> well;
  const auto replications = gather(group, "the replication settings", replication_record(config));
  if (!replications) return replications.error();
  if (group.rank() == 0) {
    const auto differences = replication_differences(*replications);
    if (!differences) well = differences.error();
    for (const std::string& difference : differences ? *differences : std::vector<std::string>{}) log_warn(difference);
    std::vector<std::string> texts = config.replication_prefixes;
    if (!config.replication.empty()) texts.push_back(config.replication);
    const auto placement = Placement::from(texts, Placement::usual(static_cast<std::size_t>(group.count())));
    if (!placement) well = placement.error();
    const std::uint64_t cookie = entropy();
    append_bytes(decisions, std::as_bytes(std::span(&cookie, 1)));
    append_bytes(decisions, key);
    if (placement) write_texts(placement->texts(), decisions);
  }
  if (auto agreed = agree(group, "the replication", well); !agreed) return agreed.error();
  const auto told = hand_out(group, "the first node's decisions", decisions);
  if (!told) return told.error();
  Reader reader(*told);
  Bytes key_bytes;
  std::vector<std::string> texts;
  const Error malformed{Code::kInternal, "rank 0's decisions are malformed: are all nodes of one Lath version?"};
  if (!reader.read(cookie_) || !reader.read_bytes(kClusterKeyBytes, key_bytes) || !read_texts(reader, texts)) return malformed;
  std::ranges::copy(key_bytes, key_.begin());
  auto placement = Placement::from(texts, Replication{});
  if (!placement) return malformed;
  placement_ = std::move(*placement);
  return {};
}

Result<void> Node::open(const Config& config) {
  if (!config.interface.empty()) {
    if (const auto found = address_of_interface(config.interface); !found) return found.error();
  }
  if (auto opened = open_transports(config.interface); !opened) return opened;
  if (auto opened = open_shards(config); !opened) return opened;
  auto transport = transports_->open_transport(cookie_, clock_);
  if (!transport) return transport.error();
  entry_.control_address = (*transport)->address();
  control_transport_ = std::move(*transport);
  if (!config.contact) return {};
  const auto listening = listening_address(*config.contact, config.interface);
  if (!listening) return listening.error();
  auto contact = ContactServer::open(*listening, key_);
  if (!contact) return contact.error();
  const auto advertised = advertised_address((*contact)->bound(), config.interface);
  if (!advertised) return advertised.error();
  entry_.contact = to_text(*advertised);
  contact_ = std::move(*contact);
  return {};
}

// UCX starts a thread of its own, which inherits what the opening one may use. That is the application's thread, and gets it back.
Result<void> Node::open_transports(const std::string& interface) {
  if (const auto heard = UcxContext::check_newcomers_are_heard(); !heard) return heard.error();
  const auto before = machine_.cpus_of_this_thread();
  if (!before) log_warn(before.error().text);
  const bool bound = before && bind_or_tell(machine_, plan_.cpus);
  auto transports = TransportProvider::open(devices_of(interface));
  if (bound) bind_or_tell(machine_, *before);
  if (!transports) return transports.error();
  transports_ = std::move(*transports);
  return {};
}

Result<void> Node::open_shards(const Config& config) {
  ShardHostOptions options;
  options.shard.gossip_interval_ns = config.gossip_us * 1000;
  options.shard.export_clock = config.one_sided == OneSidedMode::kOff ? nullptr : &clock_;
  options.memory_bytes = config.memory_bytes / plan_.shards.size();
  options.cookie = cookie_;
  // A turn in a call polls once: who is a shard has more to do than to spin.
  options.wait = progress_ == Progress::kCallers ? WaitPolicy::choose(2, 1) : wait_;
  options.node_counters = &counters_;
  options.heap = &heap_;
  options.by_callers = progress_ == Progress::kCallers;
  for (std::size_t i = 0; i < plan_.shards.size(); ++i) {
    options.shard.self = WriterId{id_, ShardId{static_cast<std::uint32_t>(i)}, incarnation_};
    options.place = plan_.shards[i];
    // Where shards share cores the kernel places them better than a plan could, among the same cores.
    options.cpus = plan_.oversubscribed ? plan_.cpus : CpuSet{options.place.cpu};
    shards_.push_back(std::make_unique<ShardHost>(options, machine_, *transports_, clock_));
    auto address = shards_.back()->open();
    if (!address) return address.error();
    entry_.shard_addresses.push_back(std::move(*address));
  }
  return {};
}

Result<std::shared_ptr<const ClusterView>> Node::meet(GroupBootstrap& group) {
  const NodeEntry* mine = &entry_;
  const auto frames = encode_entries({&mine, 1}, ControlSender{id_, incarnation_, 0});
  const auto records = gather(group, "the exchange of addresses", frames.front().bytes());
  if (!records) return records.error();
  View view;
  for (const Record& record : *records) {
    const auto frame = decode_control_frame(record);
    if (!frame || frame->entries.size() != 1)
      return Error{Code::kVersion, "a node's entry is malformed: are all nodes of one Lath version?"};
    view.merge(frame->entries.front());
  }
  if (view.size() != records->size()) return Error{Code::kInternal, "two nodes have one rank"};
  if (group.rank() == 0) {
    for (const std::string& shortfall : replication_shortfalls(placement_, view)) log_warn(shortfall);
  }
  return ClusterView::make(std::move(view), placement_);
}

std::unique_ptr<LocalShard> Node::take_shard() {
  const std::lock_guard lock(taken_mutex_);
  const auto free = std::find(taken_.begin(), taken_.end(), false);
  if (free == taken_.end()) return nullptr;
  *free = true;
  const auto index = static_cast<std::size_t>(free - taken_.begin());
  const Place place{id_, ShardId{static_cast<std::uint32_t>(index)}};
  return std::make_unique<CallerShard>(*shards_[index]->attended(), place, [this, index] {
    const std::lock_guard given_back(taken_mutex_);
    taken_[index] = false;
  });
}

Result<void> Node::serve(const std::shared_ptr<const ClusterView>& view) {
  ControlThreadOptions options;
  options.self = id_;
  options.cookie = cookie_;
  options.placement = placement_;
  options.view = view;
  for (const auto& shard : shards_) options.shards.push_back(shard.get());
  options.transport = std::move(control_transport_);
  options.contact = std::move(contact_);
  options.machine = &machine_;
  options.cpus = plan_.oversubscribed ? plan_.cpus : plan_.control_cpus;
  options.memory = &transports_->ucx();
  options.heap = &heap_;
  options.counters = &counters_;
  for (const auto& shard : shards_) shard->serve(view);
  if (progress_ == Progress::kCallers) {
    AttendantOptions attended{
        .loops = {}, .machine = &machine_, .cpus = plan_.cpus, .name = "node " + std::to_string(id_.value) + " attendant"};
    for (const auto& shard : shards_) attended.loops.push_back(shard->attended());
    auto attendant = Attendant::start(std::move(attended), clock_);
    if (!attendant) return attendant.error();
    attendant_ = std::move(*attendant);
    taken_.resize(shards_.size());
  }
  auto control = ControlThread::start(std::move(options), clock_);
  if (!control) return control.error();
  control_ = std::move(*control);
  return {};
}

}  // namespace lath
