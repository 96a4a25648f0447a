// The doctor's checks of a cluster: made-up facts, and contact ports on loopback that are closed or say nothing.
#include <gtest/gtest.h>

#include "launch/cluster_file.hpp"
#include "launch/contact/key_file.hpp"
#include "launch/contact/socket.hpp"
#include "launch/doctor/probe.hpp"
#include "tests/launch/contact_fixture.hpp"
#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

ClusterFacts healthy() {
  ClusterFacts facts;
  facts.cluster_file = "lath.json";
  facts.cluster = 7;
  facts.key_file = "lath.json.key";
  NodeFacts node;
  node.node = NodeId{3};
  node.host = "a";
  node.contact = "a:1";
  node.cluster = 7;
  node.shard_count = 1;
  ShardAnswer answer;
  answer.sent_wall_us = 1'000'000'000;
  answer.received_wall_us = 1'000'000'020;
  answer.round_trip_ns = 20'000;
  answer.wall_us = 1'000'000'010;
  node.shards = {answer};
  facts.nodes = {node};
  return facts;
}

void expect_finding(const Findings& findings, Verdict verdict, const std::string& text, const std::string& remedy) {
  EXPECT_EQ(worst_of(findings), verdict) << text_report(findings);
  for (const Finding& each : findings) {
    if (each.verdict == verdict && each.text.find(text) != std::string::npos && each.remedy.find(remedy) != std::string::npos)
      return;
  }
  ADD_FAILURE() << text_report(findings);
}

TEST(DoctorCluster, finds_nothing_wrong_with_a_healthy_one) {
  EXPECT_EQ(worst_of(check_cluster(healthy())), Verdict::kOk) << text_report(check_cluster(healthy()));
}

TEST(DoctorCluster, judges_clocks_by_what_the_round_trip_leaves_certain) {
  NodeFacts node = healthy().nodes[0];
  EXPECT_EQ(clock_skew_us(node), 0);
  node.shards[0].wall_us = 1'000'000'010 - 150'000;
  EXPECT_EQ(clock_skew_us(node), -150'000);
  expect_finding(check_clock(node), Verdict::kWarn, "150.0 ms behind this host", "chrony");
  node.shards[0].wall_us = 1'000'000'010 + 1'500'000;
  expect_finding(check_clock(node), Verdict::kBad, "1.5 s ahead of this host", "hybrid logical clock");
  node.shards[0].round_trip_ns = 2'000'000'000;
  expect_finding(check_clock(node), Verdict::kWarn, "give or take 1.0 s", "chrony");
  node = healthy().nodes[0];
  node.shards[0].received_wall_us = node.shards[0].sent_wall_us - 40'000;
  EXPECT_EQ(clock_skew_us(node), 20'010) << "our own clock was set back in between";
  node.shards[0].wall_us.reset();
  expect_finding(check_clock(node), Verdict::kNote, "does not tell its time", "lath --version");
}

TEST(DoctorCluster, judges_the_file_the_key_and_each_node) {
  ClusterFacts facts = healthy();
  facts.file_code = Code::kNotFound;
  facts.file_error = "there is no cluster file";
  expect_finding(check_cluster_file(facts), Verdict::kBad, "no cluster file", "lathd --cluster-file lath.json");
  facts.file_code = Code::kInvalid;
  expect_finding(check_cluster_file(facts), Verdict::kBad, "", "give the path");
  facts = healthy();
  facts.nodes[0].contact_code = Code::kUnreachable;
  expect_finding(check_cluster_file(facts), Verdict::kBad, "is stale", "rm lath.json");
  expect_finding(check_contact(facts, facts.nodes[0]), Verdict::kBad, "", "pgrep lathd");
  facts.nodes[0].contact_code = Code::kInvalid;
  expect_finding(check_contact(facts, facts.nodes[0]), Verdict::kBad, "", "getent hosts a");
  facts.nodes[0].contact_code = Code::kDenied;
  expect_finding(check_contact(facts, facts.nodes[0]), Verdict::kBad, "", "--key-file");
  facts.nodes[0].contact_code = Code::kFull;
  expect_finding(check_contact(facts, facts.nodes[0]), Verdict::kBad, "has as many clients as it may", "share a store");
  facts = healthy();
  facts.nodes[0].cluster = 8;
  expect_finding(check_contact(facts, facts.nodes[0]), Verdict::kBad, "another cluster", "rm lath.json");
  facts.key_code = Code::kDenied;
  expect_finding(check_key_file(facts), Verdict::kBad, "", "chmod 600");
  facts.key_code = Code::kNotFound;
  expect_finding(check_key_file(facts), Verdict::kBad, "", "copy it");
  facts = healthy();
  facts.nodes[0].shards[0].code = Code::kTimeout;
  facts.nodes[0].shard_count = 5;
  expect_finding(check_shards(facts.nodes[0]), Verdict::kBad, "4 were not asked", "LATH_UCX_NET_DEVICES");
  facts.nodes[0].shard_count = 2;
  expect_finding(check_shards(facts.nodes[0]), Verdict::kBad, "1 was not asked", "LATH_UCX_NET_DEVICES");
  facts.nodes[0].state = "dead";
  expect_finding(check_shards(facts.nodes[0]), Verdict::kNote, "it is dead", "lathd");
}

TEST(DoctorCluster, says_of_a_node_that_does_not_answer_what_its_machine_does_and_what_helps_there) {
  struct Case {
    Knock knock;
    Code code;
    std::string text;
    std::string remedy;
  };
  for (const Case& each : {
           Case{Knock::kAccepted, Code::kTimeout, "its machine answers at a:1 but the node does not: it is stopped or overloaded",
                "on a: ps -C lathd"},
           Case{Knock::kAccepted, Code::kTimeout, "", "kill -CONT PID"},
           Case{Knock::kRefused, Code::kUnreachable, "its machine answers but nothing listens at a:1",
                "see on a that it is gone (pgrep"},
           Case{Knock::kNoRoute, Code::kUnreachable, "there is no way to its machine: No route to host", "ip route get"},
           Case{Knock::kSilence, Code::kTimeout, "nothing answers at a:1: its machine is down or cut off", "nft list ruleset"},
           Case{Knock::kUnknown, Code::kTimeout, "", "pgrep lathd"},
       }) {
    ClusterFacts facts = healthy();
    NodeFacts& node = facts.nodes[0];
    node.contact_code = each.code;
    node.contact_error = "No route to host";
    node.knock = each.knock;
    node.shards[0].code = Code::kTimeout;
    node.shards[0].error = "no answer in time; allow more time, or see lath doctor";
    expect_finding(check_contact(facts, node), Verdict::kBad, each.text, each.remedy);
    expect_finding(check_shards(node), Verdict::kBad, "shard 0: no answer in time", each.remedy);
    EXPECT_EQ(text_report(check_cluster(facts)).find("lath doctor"), std::string::npos) << "who reads this has called it";
    node.shards[0].code = Code::kUnreachable;
    node.shards[0].error = "the shard does not answer; see lath nodes and lath doctor";
    expect_finding(check_shards(node), Verdict::kBad, "shard 0: it does not answer: the connection ended", each.remedy);
    EXPECT_EQ(text_report(check_cluster(facts)).find("lath doctor"), std::string::npos) << "who reads this has called it";
  }
}

TEST(DoctorCluster, takes_a_node_that_is_full_for_there) {
  ClusterFacts facts = healthy();
  NodeFacts& node = facts.nodes[0];
  node.contact_code = Code::kFull;
  node.same_host = true;
  node.path = "tcp";
  EXPECT_FALSE(check_path(facts, node).empty());
  node.shards[0].code = Code::kTimeout;
  expect_finding(check_shards(node), Verdict::kBad, "no answer in time", "its process is there");
  node.shard_count = 3;
  facts.cores_here = 2;
  expect_finding(check_cores_here(facts), Verdict::kWarn, "3 shards on 2 cores", "fewer nodes");
  EXPECT_EQ(worst_of(check_cluster_file(facts)), Verdict::kOk);
}

TEST(DoctorCluster, calls_no_file_stale_whose_nodes_could_not_be_looked_for) {
  ClusterFacts facts = healthy();
  facts.nodes[0].contact_code = Code::kUnreachable;
  facts.nodes[0].contact_error = "'a' could not be resolved just now";
  facts.nodes[0].knock = Knock::kNoRoute;
  EXPECT_EQ(worst_of(check_cluster_file(facts)), Verdict::kOk) << text_report(check_cluster_file(facts));
  expect_finding(check_contact(facts, facts.nodes[0]), Verdict::kBad, "could not be resolved just now", "ping it");
  facts.nodes[0].knock = Knock::kRefused;
  expect_finding(check_cluster_file(facts), Verdict::kBad, "is stale", "rm lath.json");
}

TEST(DoctorCluster, counts_one_shard_as_one_and_shows_a_range_only_where_there_is_one) {
  NodeFacts node = healthy().nodes[0];
  const auto answer = [](std::uint32_t shard, std::uint64_t ns) {
    ShardAnswer one;
    one.shard = ShardId{shard};
    one.round_trip_ns = ns;
    return one;
  };
  node.shard_count = 1;
  node.shards = {answer(0, 42'500)};
  ASSERT_EQ(check_shards(node).size(), 1U);
  EXPECT_EQ(check_shards(node)[0].text, "1 shard answers, in 42.5 us");
  node.shard_count = 2;
  node.shards.push_back(answer(1, 42'510));
  EXPECT_EQ(check_shards(node)[0].text, "2 shards answer, in 42.5 us");
  node.shards[1].round_trip_ns = 50'000;
  EXPECT_EQ(check_shards(node)[0].text, "2 shards answer, in 42.5 us to 50.0 us");
  EXPECT_EQ(check_cluster_file(healthy())[0].text, "'lath.json' names 1 node");
}

TEST(DoctorCluster, tells_no_way_to_a_node_whose_contact_port_does_not_answer) {
  ClusterFacts facts = healthy();
  NodeFacts& node = facts.nodes[0];
  for (const Code code : {Code::kUnreachable, Code::kTimeout}) {
    node.contact_code = code;
    node.shards[0].code = code;
    node.path.clear();
    node.path_error = "UCX cannot reach the peer";
    EXPECT_TRUE(check_path(facts, node).empty()) << "its process is gone: UCX's settings have no part in it";
    node.path = "posix";  // a mapping outlives its owner
    EXPECT_TRUE(check_path(facts, node).empty());
    node.shards[0].code = Code::kOk;
    EXPECT_FALSE(check_path(facts, node).empty()) << "a firewall keeps off its contact port alone";
  }
}

TEST(DoctorCluster, tells_the_way_to_each_node_and_what_stands_in_a_better_ones) {
  ClusterFacts facts = healthy();
  NodeFacts& node = facts.nodes[0];
  EXPECT_TRUE(check_path(facts, node).empty()) << "it was not looked at";
  node.path = "rc_verbs";
  facts.rdma_here = true;
  ASSERT_EQ(check_path(facts, node).size(), 1U);
  EXPECT_EQ(check_path(facts, node)[0].verdict, Verdict::kOk);
  EXPECT_EQ(check_path(facts, node)[0].text, "rc_verbs");
  node.path = "tcp";
  expect_finding(check_path(facts, node), Verdict::kWarn, "although this host has an RDMA device", "UCX_NET_DEVICES");
  facts.rdma_here = false;
  EXPECT_EQ(worst_of(check_path(facts, node)), Verdict::kOk) << "there is no better one";
  node.same_host = true;
  expect_finding(check_path(facts, node), Verdict::kWarn, "not by shared memory", "--ipc=host");
  node.path = "posix,cma";
  EXPECT_EQ(worst_of(check_path(facts, node)), Verdict::kOk);
  node.path.clear();
  node.path_error = "UCX cannot reach the peer";
  expect_finding(check_path(facts, node), Verdict::kBad, "cannot reach", "lath doctor on each");
  node.state = "dead";
  EXPECT_TRUE(check_path(facts, node).empty());
}

TEST(DoctorCluster, compares_the_shards_of_this_hosts_nodes_with_its_cores) {
  ClusterFacts facts = healthy();
  facts.nodes.push_back(facts.nodes[0]);
  for (NodeFacts& node : facts.nodes) node.shard_count = 2;
  facts.cores_here = 2;
  EXPECT_TRUE(check_cores_here(facts).empty()) << "they are another host's";
  facts.nodes[0].same_host = true;
  EXPECT_TRUE(check_cores_here(facts).empty());
  facts.nodes[1].same_host = true;
  expect_finding(check_cores_here(facts), Verdict::kWarn, "4 shards on 2 cores", "--shards");
  facts.nodes[1].contact_code = Code::kUnreachable;
  facts.nodes[1].shards[0].code = Code::kUnreachable;
  EXPECT_TRUE(check_cores_here(facts).empty()) << "who is gone shares nothing";
}

TEST(DoctorProbe, a_closed_a_silent_a_keyless_and_an_unreachable_contact_are_told_apart_in_time) {
  const testing::TemporaryFolder folder;
  const SystemClock clock;
  const auto silent = listen_at({"127.0.0.1", 0});
  ASSERT_TRUE(silent);
  const HostPort silent_at = *bound_address(*silent);
  HostPort closed_at;
  {
    const auto closed = listen_at({"127.0.0.1", 0});
    ASSERT_TRUE(closed);
    closed_at = *bound_address(*closed);
  }
  ClusterPlace place;
  place.cluster_file = folder.path() + "/c.json";
  EXPECT_EQ(probe_contacts(place, clock).file_code, Code::kNotFound);
  ASSERT_TRUE(write_cluster_file(place.cluster_file, {7,
                                                      {{NodeId{0}, "a", silent_at},
                                                       {NodeId{1}, "b", closed_at},
                                                       {NodeId{2}, "c", {"255.255.255.255", 9}}}}));  // no connection leads there
  EXPECT_EQ(probe_contacts(place, clock).key_code, Code::kNotFound);
  ASSERT_TRUE(start_crypto());
  ASSERT_TRUE(read_or_make_key_file(key_file_of(place.cluster_file)));
  const TimeNs begin = clock.now_ns();
  const ClusterFacts facts = probe_contacts(place, clock, 200'000'000);
  EXPECT_LT(clock.now_ns() - begin, 2'000'000'000U);
  ASSERT_EQ(facts.nodes.size(), 3U);
  EXPECT_EQ(facts.nodes[0].contact_code, Code::kTimeout);
  EXPECT_EQ(facts.nodes[1].contact_code, Code::kUnreachable);
  EXPECT_EQ(facts.nodes[0].knock, Knock::kAccepted);
  EXPECT_EQ(facts.nodes[1].knock, Knock::kRefused);
  EXPECT_EQ(facts.nodes[2].contact_code, Code::kUnreachable);
  EXPECT_EQ(facts.nodes[2].knock, Knock::kNoRoute) << facts.nodes[2].contact_error;
}

// The last thing that a full node sends comes together with the end of the connection.
TEST(DoctorProbe, a_node_that_is_full_is_told_as_full) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(start_crypto());
  ClusterPlace place;
  place.key_file = folder.file("key");
  const auto key = read_or_make_key_file(place.key_file);
  ASSERT_TRUE(key);
  testing::RunningServer server(key->key, "127.0.0.1", 0);
  place.contact = to_text(server.bound());
  for (int i = 0; i < 20; ++i) {
    const ClusterFacts facts = probe_contacts(place, SystemClock());
    ASSERT_EQ(facts.nodes.size(), 1U);
    EXPECT_EQ(facts.nodes[0].contact_code, Code::kFull) << facts.nodes[0].contact_error;
    EXPECT_NE(facts.nodes[0].contact_error.find("as many clients as it may"), std::string::npos) << facts.nodes[0].contact_error;
  }
}

class DeafAsker final : public ShardAsker {
 public:
  ShardAnswer ask(Place place, TimeNs) override {
    ShardAnswer answer;
    answer.shard = place.shard;
    answer.code = place.node.value == 1 ? Code::kTimeout : Code::kOk;
    return answer;
  }
};

TEST(DoctorProbe, a_dead_node_is_asked_twice_and_the_others_in_full) {
  ClusterFacts facts;
  for (std::uint32_t i = 0; i < 40; ++i) {
    NodeFacts node;
    node.node = NodeId{i};
    node.shard_count = 64;
    if (i == 2) node.state = "dead";
    facts.nodes.push_back(node);
  }
  probe_shards(facts, [] { return std::make_unique<DeafAsker>(); });
  for (const NodeFacts& node : facts.nodes)
    EXPECT_EQ(node.shards.size(), node.node.value == 1 ? kSilentShardsMax : node.node.value == 2 ? 0U : 64U);
}

}  // namespace
}  // namespace lath
