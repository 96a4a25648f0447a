// Every limit of the system, each with its reason. Reaching one is an answer (Code::kFull, kTooLarge), never a failure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lath {

inline constexpr std::size_t kCacheLineBytes = 64;

// Keys and values.
inline constexpr std::size_t kKeyBytesMax = 1024;          // a path or a tuple of names fits; a key is copied into every frame
inline constexpr std::size_t kValueBytesMax = 64 * 1024;   // travels eagerly in one frame; larger values move by their own way
inline constexpr std::size_t kCellBytesMax = 1024 * 1024;  // encoded: a set or map that a reply can still carry whole
inline constexpr std::size_t kArgumentBytesMax = 2 * kValueBytesMax;  // of one operation: a value with its field or causal context

// Memory.
inline constexpr std::size_t kMemoryReserveDivisor = 10;  // a tenth is kept for merges from peers: a full node still converges

// Frames.
inline constexpr std::size_t kFrameBytesGoal = 8 * 1024;        // UCX's eager copy ends at about 8 KiB: coalesce up to here
inline constexpr std::size_t kFrameBytesMax = 4 * 1024 * 1024;  // a cell over the goal still leaves, merged from several writers
inline constexpr std::size_t kFrameOperationsMax = 512;         // bounds a shard's work, and its answer, for one message

// A transport's queues.
inline constexpr std::size_t kMessagesPerPoll = 64;               // a turn must end: ticks and sends wait for it
inline constexpr std::size_t kPeerCreditMessages = 64;            // messages a peer may have sent us that we have not taken
inline constexpr std::size_t kPeerCreditBytes = 1024 * 1024;      // their bytes: what one stopped peer costs us at most, twice
inline constexpr std::size_t kPeersMax = 65536;                   // connections of one shard: 1,024 nodes and their clients
inline constexpr std::uint64_t kGreetingNsMax = 6'000'000'000;    // for a hello's answer: a host that stalls for 5 s is only slow
inline constexpr std::uint64_t kGreetingAgainNs = 1'000'000'000;  // a hello is said again, since it may have met a dying connection
inline constexpr std::size_t kRegionExportBytesMax = 1024;        // a base, a size and UCX's key: about 100 with one device
inline constexpr std::size_t kRegionsAttachedMax = 65536;         // by one transport: extents of 64 MiB of 1,000 shards
inline constexpr std::size_t kReadsUnderWayMax = 256;             // one-sided, of one transport: what an RDMA queue takes at once
inline constexpr std::size_t kProbesMax = 8;                      // on one connection; each keeps the peer from its work for 30 us
inline constexpr std::size_t kAnswersBytesMax = 40 * 1024 * 1024;  // to one frame: kFrameOperationsMax values of kValueBytesMax fit
inline constexpr std::size_t kOutboxBytesMax =
    2 * kAnswersBytesMax + kFrameBytesMax;  // that wait for credit; one peer takes half at most

// Sessions.
inline constexpr std::size_t kRequestsUnderWayMax = 4096;    // of one session, over all shards
inline constexpr std::size_t kFramesUnderWayMax = 32;        // of one session to one shard: the window of what a shard remembers
inline constexpr std::size_t kSessionsRememberedMax = 4096;  // by one shard; the longest silent is forgotten first
inline constexpr std::size_t kReroutesMax = 24;              // of one operation: with the pauses between them, about a second
inline constexpr std::size_t kBatchOperationsMax = 1 << 20;  // of one lath_batch: what a caller may want to hold, told early
inline constexpr std::size_t kBatchBytesMax = std::size_t{1} << 30;  // of one lath_batch, encoded
inline constexpr std::size_t kWaitersMax = 65536;                    // lath_wait calls parked at one shard
inline constexpr std::size_t kDeferredMax = 65536;                   // frames and flushes of one shard that wait for other nodes

// Replication.
inline constexpr std::size_t kReplicasMax = 16;        // nodes x shards a key may be on
inline constexpr std::size_t kPlacementRulesMax = 64;  // prefixes with a replication of their own: each key is held against all
inline constexpr std::size_t kMergeBatchesUnderWayMax = 16;  // to one peer, sent and not acknowledged
inline constexpr std::size_t kMergeBytesUnderWayMax =
    1024 * 1024;                                    // theirs, once there is more than one: what a stopped peer holds
inline constexpr std::size_t kDirtyKeysMax = 8192;  // of one round: beyond, the round begins early
inline constexpr std::size_t kLaggingKeysMax =
    65536;  // kept for peers that are behind; beyond, such a peer is sent everything, later
inline constexpr std::size_t kScanSlotsPerTurn = 1024;  // of the table, for peers or tombstones: some 10 us, so that a turn ends

// The cluster.
inline constexpr std::size_t kNodesMax = 1024;         // the ring's tables and the roster's frame are sized for it
inline constexpr std::size_t kShardsPerNodeMax = 512;  // the largest host sold today has 384 cores
inline constexpr std::size_t kAddressBytesMax = 1024;  // of one UCX worker: 215 are usual, more with many devices

}  // namespace lath
