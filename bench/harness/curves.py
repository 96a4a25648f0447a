"""What bench/plot draws: distributions of latency, and throughput against the size of a batch and of a value."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from harness.bench import Bench
from harness.files import write_whole
from harness.stores import CLIENT_CORE, SERVER_CORE, Store

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
VALUE_BYTES = (8, 32, 128, 512, 2048, 8192, 32768)
VALUE_KEYS = 10_000  # so that the largest values fit into memory
BATCH_BYTES_MAX = 1 << 20


def measure(bench: Bench, path: Path) -> None:
    found: dict[str, dict[str, Any]] = {"latency": {}, "batch": {}, "value": {}}
    with contextlib.ExitStack() as servers:
        stores = {
            "Lath": servers.enter_context(bench.stores.lath(memory="2GiB")),
            "Redis, Unix socket": servers.enter_context(bench.stores.redis()),
            "memcached, Unix socket": servers.enter_context(bench.stores.memcached()),
        }
        for store in stores.values():
            bench.fill(store)
        for name, store in stores.items():
            found["latency"][f"{name}: get"] = _distribution(bench, store)
        raw = bench.ask(
            "raw_ucx_pingpong", server_core=SERVER_CORE, core=CLIENT_CORE, seconds=bench.settings.seconds, distribution=1
        )
        found["latency"]["raw UCX round trip"] = raw["distribution_ns"]
        found["batch"] = _sweep(bench, stores, BATCHES, lambda store, batch: _rate(bench, store, batch=batch))
        for name, store in stores.items():
            found["value"][name] = []
        for size in VALUE_BYTES:
            batch = max(1, min(128, BATCH_BYTES_MAX // size))
            for store in stores.values():
                bench.fill(store, keys=VALUE_KEYS, value_bytes=size, batch=batch)
            point = _sweep(
                bench,
                stores,
                (size,),
                lambda store, wanted: _rate(bench, store, keys=VALUE_KEYS, value_bytes=wanted, batch=batch) * wanted,
            )
            for name, points in point.items():
                found["value"][name] += points
    write_whole(path, json.dumps(found, indent=1) + "\n")


def _distribution(bench: Bench, store: Store) -> list[float]:
    flags = {"target": store.target, "work": "get", "keys": bench.settings.keys, "seconds": bench.settings.seconds}
    return list(bench.ask("kv", env=store.env, core=CLIENT_CORE, distribution=1, **flags)["distribution_ns"])


def _rate(bench: Bench, store: Store, **flags: int) -> float:
    return bench.kv(store, "get-batches", **flags)["rate"]


def _sweep(
    bench: Bench, stores: dict[str, Store], xs: tuple[int, ...], figure: Callable[[Store, int], float]
) -> dict[str, list[tuple[int, float]]]:
    """At each x all stores in turn, several rounds; medians."""
    curves: dict[str, list[tuple[int, float]]] = {name: [] for name in stores}
    for x in xs:
        rounds: dict[str, list[float]] = {name: [] for name in stores}
        for _ in range(bench.settings.rounds):
            for name, store in stores.items():
                rounds[name].append(figure(store, x))
        for name in stores:
            curves[name].append((x, median(rounds[name])))
        bench.say(f"at {x}: " + ", ".join(f"{name} {points[-1][1]:.4g}" for name, points in curves.items()))
    return curves
