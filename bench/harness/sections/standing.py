"""What is there without load: memory, an idle node; and gossip between two nodes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import time

from harness.bench import Bench, Figures
from harness.processes import Failed
from harness.sections.inprocess import AS_ROOT, MPIRUN
from harness.stores import Store

GOSSIP_ROUND_US = 1000.0  # options.gossip_us by default
STEPS = 10


def measure(bench: Bench) -> None:
    _gossip(bench)
    _memory(bench, 8, ["memory a key, 8 B values", "memory a key, 8 B values, in bytes"])
    _memory(bench, 64, ["memory a key, 64 B values, in bytes"])
    _idle(bench)


def _gossip(bench: Bench) -> None:
    rate = "updates visible at the second node"
    stale = {busy: f"staleness at the second node, {'while written to' if busy else 'idle'}" for busy in (0, 1)}
    if not bench.wants(rate, *stale.values()):
        return
    latest: dict[int, dict[str, float]] = {}

    def ours() -> Figures:
        for busy in (0, 1):
            latest[busy] = bench.ask("gossip", before=MPIRUN, env=AS_ROOT, busy=busy, seconds=max(bench.settings.seconds, 0.3))
        return {
            rate: latest[1]["visible_rate"] / 1e6,
            **{name: latest[busy]["median_ns"] / 1e3 for busy, name in stale.items()},
        }

    def theirs() -> Figures:
        return {rate: latest[1]["written_rate"] / 1e6, **dict.fromkeys(stale.values(), GOSSIP_ROUND_US)}

    bench.compare([rate, *stale.values()], ours, theirs, "two ranks, each with a node of one shard and its caller on one core")


def _memory(bench: Bench, value_bytes: int, names: list[str]) -> None:
    """The mean, over a growth from n to 2 n keys, of the bytes a key that each store says it uses, less what it used when empty."""
    if not bench.wants(*names):
        return
    keys = bench.settings.keys

    def bytes_a_key(store: Store) -> float:
        empty = _used(bench, store)
        bench.fill(store, value_bytes=value_bytes)
        means = []
        for step in range(1, STEPS + 1):
            have = keys + keys * step // STEPS
            bench.fill(store, value_bytes=value_bytes, **{"from": keys + keys * (step - 1) // STEPS, "keys": have})
            time.sleep(0.05)  # a shard's counters are told once in a while
            means.append((_used(bench, store) - empty) / have)
        return sum(means) / len(means)

    def once(kind: str) -> float:
        with bench.stores.lath(memory="2GiB") if kind == "lath" else bench.stores.redis() as store:
            return bytes_a_key(store)

    # What is counted does not depend on the machine's state: one round is as good as many.
    with bench.at_stake(*names):
        ours, theirs = once("lath"), once("redis")
        for row in (bench.rows[name] for name in names if name in bench.rows):
            row.ours, row.theirs = [ours], [theirs]
            row.note = f"the mean over a growth from {keys:,} to {2 * keys:,} keys, by each store's own count"
            bench.say(f"{row.spec.name}: {ours:.1f}, Redis {theirs:.1f}")


def _used(bench: Bench, store: Store) -> int:
    kind, _, where = store.target.partition(":")
    if kind == "redis":
        told = bench.processes.run(["redis-cli", "-s", where.removeprefix("unix:"), "info", "memory"])
        pattern = r"used_memory:(\d+)"
    else:
        cluster = where.removeprefix("file:")
        told = bench.processes.run([str(bench.settings.build / "launch/lath"), "--cluster-file", cluster, "stats"])
        pattern = r"store_bytes\s+(\d+)"
    found = re.search(pattern, told)
    if not found:
        raise Failed(f"{kind} does not tell its memory:\n{told}")
    return int(found.group(1))


def _idle(bench: Bench) -> None:
    name = "an idle node of 2 shards"
    if not bench.wants(name):
        return
    with bench.at_stake(name), contextlib.ExitStack() as servers:
        lath = servers.enter_context(bench.stores.lath(shards=2, core=None))
        redis = servers.enter_context(bench.stores.redis())
        bench.fill(lath, keys=1000)
        time.sleep(1)
        for _ in range(bench.settings.rounds):
            before = {store.pid: _cpu_ns(store.pid) for store in (lath, redis)}
            begun = time.monotonic_ns()
            time.sleep(max(2 * bench.settings.seconds, 0.5))
            took = time.monotonic_ns() - begun
            row = bench.rows[name]
            row.ours.append(100 * (_cpu_ns(lath.pid) - before[lath.pid]) / took)
            row.theirs.append(100 * (_cpu_ns(redis.pid) - before[redis.pid]) / took)
            bench.say(f"{name}: {row.ours[-1]:.3f} % of a core, Redis {row.theirs[-1]:.3f}")


def _cpu_ns(pid: int) -> int:
    """Of all the process's threads, those that have ended too."""
    clock = ctypes.c_int()
    failure = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if failure:
        raise Failed(f"the processor time of process {pid}: {os.strerror(failure)}")
    return time.clock_gettime_ns(clock.value)
