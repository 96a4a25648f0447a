"""What bench/plot draws: distributions of latency, and throughput against the size of a batch and of a value.

A store that cannot be had, or fails at a point, is missing there and fails the run; the rest is measured.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from statistics import median

from harness.bench import Bench
from harness.curves_file import Curves
from harness.stores import CLIENT_CORE, SERVER_CORE, Store

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
VALUE_BYTES = (8, 32, 128, 512, 2048, 8192, 32768)
VALUE_KEYS = 10_000  # so that the largest values fit into memory
BATCH_BYTES_MAX = 1 << 20


def measure(bench: Bench) -> Curves:
    servers = {
        "Lath": bench.stores.lath(memory="2GiB"),
        "Redis, Unix socket": bench.stores.redis(),
        "memcached, Unix socket": bench.stores.memcached(),
    }
    stores: dict[str, Store] = {}
    with contextlib.ExitStack() as running:
        for name, server in servers.items():
            with bench.at_stake(name):
                store = running.enter_context(server)
                bench.fill(store)
                stores[name] = store
        return Curves(latency=_latency(bench, stores), batch=_batch(bench, stores), value=_value(bench, stores))


def _latency(bench: Bench, stores: dict[str, Store]) -> dict[str, list[float]]:
    """Of one get at a time, and of a raw round trip."""
    seconds = bench.settings.seconds
    found: dict[str, list[float]] = {}
    for name, store in stores.items():
        flags = {"target": store.target, "work": "get", "keys": bench.settings.keys, "seconds": seconds}
        with bench.at_stake(f"{name}: get"):
            answer = bench.ask("kv", env=store.env, core=CLIENT_CORE, distribution=1, **flags)
            found[f"{name}: get"] = answer["distribution_ns"]
    with bench.at_stake("raw UCX round trip"):
        raw = bench.ask("raw_ucx_pingpong", server_core=SERVER_CORE, core=CLIENT_CORE, seconds=seconds, distribution=1)
        found["raw UCX round trip"] = raw["distribution_ns"]
    return found


def _batch(bench: Bench, stores: dict[str, Store]) -> dict[str, list[tuple[float, float]]]:
    points = {batch: _medians(bench, stores, batch, lambda store: _rate(bench, store, batch=batch)) for batch in BATCHES}
    return _by_store(points)


def _value(bench: Bench, stores: dict[str, Store]) -> dict[str, list[tuple[float, float]]]:
    points = {}
    for size in VALUE_BYTES:
        flags = {"keys": VALUE_KEYS, "value_bytes": size, "batch": max(1, min(128, BATCH_BYTES_MAX // size))}
        filled: dict[str, Store] = {}
        for name, store in stores.items():
            with bench.at_stake(f"{name}, values of {size} B"):
                bench.fill(store, **flags)
                filled[name] = store
        points[size] = _medians(bench, filled, size, lambda store: _rate(bench, store, **flags) * size)
    return _by_store(points)


def _rate(bench: Bench, store: Store, **flags: int) -> float:
    return bench.kv(store, "get-batches", **flags)["rate"]


def _medians(bench: Bench, stores: dict[str, Store], x: int, figure: Callable[[Store], float]) -> dict[str, float]:
    """All stores in turn, several rounds."""
    rounds: dict[str, list[float]] = {}
    for _ in range(bench.settings.rounds):
        for name, store in stores.items():
            with bench.at_stake(f"{name} at {x}"):
                rounds.setdefault(name, []).append(figure(store))
    medians = {name: median(figures) for name, figures in rounds.items()}
    bench.say(f"at {x}: " + ", ".join(f"{name} {rate:.4g}" for name, rate in medians.items()))
    return medians


def _by_store(points: dict[int, dict[str, float]]) -> dict[str, list[tuple[float, float]]]:
    names = dict.fromkeys(name for rates in points.values() for name in rates)
    return {name: [(x, rates[name]) for x, rates in points.items() if name in rates] for name in names}
