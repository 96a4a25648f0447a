// Every limit that holds against peers, users and what comes from outside, and every queue's, each with its reason. Reaching one is
// an answer (Code::kFull, kTooLarge), never a failure. What only tunes one algorithm (the pauses of its retries, the sizes of its
// pieces) or follows from a layout's bits is beside that algorithm or layout instead.
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

// Large values: those over kValueBytesMax, which are pulled part by part (docs/decisions/0005-large-values.md).
inline constexpr std::size_t kLargeBytesMax = std::size_t{1} << 30;  // of one: a slip of the pen must not fill a node
inline constexpr std::size_t kLargePartBytesMax = 256 * 1024;        // moved at once: some 30 us of a turn, a quarter of a credit
inline constexpr std::size_t kLargeBytesUnderWayMax =
    2 * 1024 * 1024;  // asked for by one shard or session, not arrived: one turn may have to move it all
inline constexpr std::size_t kLargePullsMax = 256;                // of one shard at once: each has a room waiting
inline constexpr std::size_t kLargeOffersMax = 4096;              // of one shard, not released: each may hold a value back
inline constexpr std::size_t kLargeAsksMax = 4096;                // of one shard, not answered: sixteen of 256 readers
inline constexpr std::uint64_t kLargeOfferNs = 30'000'000'000;    // an offer nobody asks about ends: its reader may have stopped
inline constexpr std::uint64_t kLargeSilenceNs = 60'000'000'000;  // a pull without a byte for so long gives its room back
inline constexpr std::size_t kLayoutLevelsMax = 8;                // of a put large: a tensor has at most 8 dimensions
inline constexpr std::size_t kLargeHeadBytesMax = 128;            // of a put large: what a tensor's header takes
inline constexpr std::size_t kAttachmentsMax = 128;  // regions that a thread keeps attached for large values: 8 GiB of extents

// Memory.
inline constexpr std::size_t kMemoryReserveDivisor = 10;  // a tenth is kept for merges from peers, who may hold more than we do

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
// Between greetings of a shard that answers none, doubling: one that was away for seconds is found in seconds, and one that is gone
// for ever costs each of its replicas' shards one connection a minute. Who is heard of is greeted at once.
inline constexpr std::uint64_t kGreetingPauseNsMin = 1'000'000'000;
inline constexpr std::uint64_t kGreetingPauseNsMax = 60'000'000'000;
inline constexpr std::size_t kTcpPortsMax = 8;  // of one worker: one for each of a host's networks; in each address that it tells
inline constexpr int kTcpSilenceMsMax = 8'000;  // without an acknowledgement, of a peer: a stalled host is back in 5 s
inline constexpr std::size_t kTcpStrangersMax =
    256;  // that have not said who they are: each costs a descriptor; the longest silent goes
inline constexpr std::size_t kRegionExportBytesMax = 1024;         // a base, a size and UCX's key: about 100 with one device
inline constexpr std::size_t kRegionsAttachedMax = 65536;          // by one transport: extents of 64 MiB of 1,000 shards
inline constexpr std::size_t kReadsUnderWayMax = 256;              // one-sided, of one transport: what an RDMA queue takes at once
inline constexpr std::size_t kProbesMax = 8;                       // on one connection; each keeps the peer from its work for 30 us
inline constexpr std::size_t kAnswersBytesMax = 40 * 1024 * 1024;  // to one frame: kFrameOperationsMax values of kValueBytesMax fit
inline constexpr std::size_t kOutboxBytesMax =
    2 * kAnswersBytesMax + kFrameBytesMax;  // that wait for credit; one peer takes half at most

// Sessions.
// Of one session, over all shards: 8 full frames of kFrameOperationsMax fill many shards' turns, and the records, 312 bytes each,
// are 1.3 MB of each thread that uses them all.
inline constexpr std::size_t kRequestsUnderWayMax = 4096;
inline constexpr std::size_t kFramesUnderWayMax = 32;  // of one session to one shard: the window of what a shard remembers
// By one shard, 1.3 KB each: one of each connection. A session that lives must not be forgotten, or its additions that come again
// would be applied again.
inline constexpr std::size_t kSessionsRememberedMax = kPeersMax;
inline constexpr std::size_t kReroutesMax = 24;              // of one operation: with the pauses between them, about a second
inline constexpr std::size_t kBatchOperationsMax = 1 << 20;  // of one lath_batch: what a caller may want to hold, told early
// Of one lath_batch, encoded: a KiB for each of kBatchOperationsMax; and what it holds is named by offsets of 32 bits.
inline constexpr std::size_t kBatchBytesMax = std::size_t{1} << 30;
// The lath_wait calls parked at one shard: one of each of kPeersMax clients. Their records and keys take some 10 MB, of the longest
// keys 80, which no limit of the table's memory counts.
inline constexpr std::size_t kWaitersMax = 65536;
// Frames and flushes of one shard that wait for other nodes: 16 of each of 4,096 sessions, half of what these may have under way.
// Each takes 80 bytes and 132 for each set of nodes that its keys are on, and each acknowledgement looks at all of them.
inline constexpr std::size_t kDeferredMax = 65536;

// Replication.
// Nodes x shards a key may be on: each of them merges every update, so that an update costs so many times its work; and a list of
// them lies on the stack of every update, and in each answer that waits for other nodes.
inline constexpr std::size_t kReplicasMax = 16;
inline constexpr std::size_t kPlacementRulesMax = 64;  // prefixes with a replication of their own: each key is held against all
// To one peer, sent and not acknowledged: a round of a millisecond sends one, so that an acknowledgement may take 16 ms, which is
// far over a round trip, and holds up nothing; and under the 64 that one acknowledgement can name out of order.
inline constexpr std::size_t kMergeBatchesUnderWayMax = 16;
inline constexpr std::size_t kMergeBytesUnderWayMax =
    1024 * 1024;                                    // theirs, once there is more than one: what a stopped peer holds
inline constexpr std::size_t kDirtyKeysMax = 8192;  // of one round: beyond, the round begins early
inline constexpr std::size_t kLaggingKeysMax =
    65536;  // kept for peers that are behind; beyond, such a peer is sent everything, later
inline constexpr std::size_t kScanSlotsPerTurn = 1024;  // of the table, for peers or tombstones: some 10 us, so that a turn ends

// The cluster.
inline constexpr std::size_t kNodesMax = 1024;                 // the ring's tables and the roster's frame are sized for it
inline constexpr std::size_t kShardsPerNodeMax = 512;          // the largest host sold today has 384 cores
inline constexpr std::size_t kAddressBytesMax = 1024;          // of one UCX worker: 215 are usual, more with many devices
inline constexpr std::size_t kViewFrameBytesGoal = 64 * 1024;  // a frame of a view ends after the entry that passes it
inline constexpr std::size_t kHostBytesMax = 255;              // in a view: HOST_NAME_MAX is 64; a DNS name has 253
inline constexpr std::size_t kContactBytesMax = 300;           // in a view: a host and its port

// The contact port, which anybody may reach.
inline constexpr std::size_t kContactFrameBytesMax = 1024 * 1024;    // one node's entry with every shard it may have fits
inline constexpr std::size_t kContactClientFrameBytesMax = 64;       // clients only ask for news
inline constexpr std::size_t kContactConnectionsMax = 1024;          // of one node: each costs a descriptor and a frame
inline constexpr std::size_t kContactGreetingsMax = 128;             // beside them, not proved yet: two turns of accepted ones
inline constexpr std::size_t kContactDescriptorsShare = 2;           // all of these take one in 2 of the process's at most
inline constexpr std::uint64_t kContactHandshakeNs = 5'000'000'000;  // a client that has not proved the key by then is dropped
inline constexpr std::uint64_t kContactStallNs = 30'000'000'000;     // so is one that has not taken a byte for so long
// A peer whose host vanished says nothing, not even goodbye: a connection that is silent is probed after 10 s, then every 5 s, and
// ended at the first probe past kContactSilenceMsMax, 25 s after the last sign of life: within half a minute, as is promised.
inline constexpr int kContactProbeAfterS = 10;
inline constexpr int kContactProbeEveryS = 5;
inline constexpr int kContactProbesMax = 3;
inline constexpr unsigned kContactSilenceMsMax = 22'000;                   // also of what was sent and not acknowledged
inline constexpr std::size_t kPlacementTextsMax = kPlacementRulesMax + 1;  // told to clients: the rules, and that of all other keys
inline constexpr std::size_t kPlacementTextBytesMax = kKeyBytesMax + 32;   // a prefix is at most a key; "=NODESxSHARDS"

// The start, and what people write.
inline constexpr std::uint64_t kSignalRepeatNs = 1'000'000'000;  // a second signal so soon repeats the first
inline constexpr std::size_t kRecordBytesMax = 1024 * 1024;  // told to the others at the start: a node's entry with all its shards
// Of a failed node's text, told to the others at the start: a path (PATH_MAX is 4096) is what makes a text long. Every node gets a
// record of each, all as long as the longest: 4 MiB of kNodesMax nodes.
inline constexpr std::size_t kErrorBytesMax = 4096;
inline constexpr std::size_t kClusterFileBytesMax = 1024 * 1024;  // 1,024 nodes with long names fit ten times
inline constexpr std::size_t kConfigFileBytesMax = 1024 * 1024;   // every setting with its documentation takes 6 KiB
inline constexpr std::size_t kOptionsBytesMax = 4096;             // a C struct's own size: a larger one was never set
inline constexpr std::uint32_t kCpuMax = 65535;       // Linux numbers at most 8,192 today; bounds what "0-4294967295" allocates
inline constexpr std::size_t kGidsPerPortMax = 1024;  // hardware has 256 at the most; a link loop under /sys must not hold us
inline constexpr std::uint64_t kMemoryBytesMin = 16ULL << 20;   // a shard's first extents and UCX's own pools
inline constexpr std::uint64_t kMemoryBytesMax = 64ULL << 40;   // above any host sold; a larger figure is a slip of the pen
inline constexpr std::uint64_t kGossipUsMax = 60'000'000;       // a minute: beyond it replicas do not converge in practice
inline constexpr std::uint64_t kTimeoutMsMax = 24 * 3'600'000;  // a day

}  // namespace lath
