"""Every row of bench/compare with its floor and aim: shared memory, 1 M keys, 8 B keys and values, unless the name says otherwise."""

from __future__ import annotations

from harness.rows import Spec

TWO_AM_LAT = "2 x ucp_am_lat"
RAW_P99 = "raw round trip, p99"
PIPELINED = "Redis, pipeline of 128"


def _message() -> list[Spec]:
    rows = []
    for keys, floor, aim in (("1 M keys", 2.2, 1.6), ("10 k keys", 1.6, 1.2)):
        for verb in ("get", "put"):
            rows.append(Spec("message", f"{verb} by message, {keys}", "us", TWO_AM_LAT, lower=True, floor=floor, aim=aim))
            rows.append(Spec("message", f"{verb} by message, {keys}, p99", "us", RAW_P99, lower=True, floor=4, aim=2))
    rows += [Spec("message", f"{verb} by message, TCP", "us", TWO_AM_LAT + " over TCP", lower=True) for verb in ("get", "put")]
    return rows


def _peers() -> list[Spec]:
    rows = []
    for verb in ("get", "put"):
        rows.append(Spec("batches", f"{verb}s in batches of 128", "M/s", PIPELINED, floor=20, aim=45))
        rows.append(Spec("batches", f"{verb}s in batches of 128, TCP", "M/s", PIPELINED + ", TCP", floor=8, aim=15))
        rows.append(Spec("batches", f"{verb}s in batches of 128, beside memcached", "M/s", "memcached, pipeline of 128"))
        rows.append(Spec("batches", f"{verb}s in batches of 128, TCP, beside memcached", "M/s", "memcached, pipeline of 128, TCP"))
        rows.append(Spec("window", f"{verb}s without a batch, 16 under way", "M/s", "ucp_am_bw, messages", floor=0.4, aim=0.8))
        floor, aim = (1 / 60, 1 / 130) if verb == "get" else (None, None)
        rows.append(Spec("unpipelined", f"blocking {verb}", "us", "Redis, Unix socket", lower=True, floor=floor, aim=aim))
        rows.append(Spec("unpipelined", f"blocking {verb}, TCP", "us", "Redis, TCP", lower=True))
        rows.append(Spec("unpipelined", f"blocking {verb}, beside memcached", "us", "memcached, Unix socket", lower=True))
        rows.append(Spec("unpipelined", f"blocking {verb}, TCP, beside memcached", "us", "memcached, TCP", lower=True))
    return rows


def _mpi() -> list[Spec]:
    rows = []
    for osc, how in (("sm", "MPI window, loads and stores"), ("ucx", "MPI window over UCX")):
        rows += [Spec("mpi", f"blocking {verb}, beside an MPI table ({osc})", "us", how, lower=True) for verb in ("get", "put")]
        rows += [Spec("mpi", f"{verb}s in batches of 128, beside an MPI table ({osc})", "M/s", how) for verb in ("get", "put")]
    return rows


_ALL: list[Spec] = [
    *_message(),
    Spec("onesided", "one-sided get, ucp_get", "ns", "raw ucp_get of a bucket, at random", lower=True, floor=1.6, aim=1.2),
    Spec(
        "onesided", "one-sided get, loads", "ns", "raw ucp_get of a bucket, at random", lower=True, absolute=True, floor=150, aim=60
    ),
    *_peers(),
    *[
        Spec("tensors", f"tensor {verb}, {size} MiB", "GB/s", "raw ucp_get of that size", floor=0.7, aim=0.95)
        for size in (1, 64)
        for verb in ("put", "get")
    ],
    Spec("merge", "merge batches, 8 B values", "M entries/s", "ucp_am_bw at 8 KiB", absolute=True, floor=20, aim=40),
    Spec("merge", "merge batches, 4 KiB values", "GB/s", "ucp_am_bw at 8 KiB", floor=0.6, aim=0.9),
    Spec("zipf", "updates of 2 threads in process, zipf 4, two replicas", "M/s", "oneTBB concurrent_hash_map", floor=10, aim=40),
    Spec("zipf", "updates of 2 threads in process, zipf 0.5, one replica", "M/s", "oneTBB concurrent_hash_map", floor=1.2, aim=2.5),
    *_mpi(),
    *[
        Spec("ycsb", f"YCSB {letter.upper()}, {how}", "k/s", f"Redis, {how}")
        for letter in "abcdf"
        for how in ("one at a time", "64 under way")
    ],
    Spec("gossip", "updates visible at the second node", "M/s", "updates written at the first"),
    Spec("gossip", "staleness at the second node, idle", "us", "a round of gossip", lower=True),
    Spec("gossip", "staleness at the second node, while written to", "us", "a round of gossip", lower=True),
    Spec("memory", "memory a key, 8 B values", "bytes", "Redis, used_memory", lower=True, floor=0.65, aim=0.5),
    Spec("memory", "memory a key, 8 B values, in bytes", "bytes", "Redis, used_memory", lower=True, absolute=True, floor=56),
    Spec("memory", "memory a key, 64 B values, in bytes", "bytes", "Redis, used_memory", lower=True, absolute=True, floor=120),
    Spec("idle", "an idle node of 2 shards", "% of a core", "an idle Redis", lower=True, absolute=True, floor=1, aim=0.2),
]


SECTIONS = list(dict.fromkeys(["message", "onesided", "batches", "window", "unpipelined", *(spec.section for spec in _ALL)]))
SPECS: list[Spec] = sorted(_ALL, key=lambda spec: SECTIONS.index(spec.section))  # in the order of the table


def chosen(words: list[str]) -> list[Spec]:
    """The rows of the sections, or with the texts in their names, that `words` has; all where it is empty."""
    lowered = [word.lower() for word in words]
    return [spec for spec in SPECS if not words or any(word == spec.section or word in spec.name.lower() for word in lowered)]
