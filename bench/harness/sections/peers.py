"""Gets and puts beside Redis and memcached: one at a time and in batches of 128, over the host's own ways and over TCP."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from harness.bench import Bench, Figures
from harness.stores import Store
from harness.yardsticks import am_messages_per_us, redis_benchmark

VERBS = ("get", "put")


def measure(bench: Bench) -> None:
    for tcp in (False, True):
        over = ", TCP" if tcp else ""
        _beside(bench, "redis", tcp, over, "")
        _beside(bench, "memcached", tcp, over, ", beside memcached")
    _window(bench)


def _beside(bench: Bench, peer: str, tcp: bool, over: str, suffix: str) -> None:
    batches = [f"{verb}s in batches of 128{over}{suffix}" for verb in VERBS]
    alone = [f"blocking {verb}{over}{suffix}" for verb in VERBS]
    if not bench.wants(*batches, *alone):
        return
    with bench.at_stake(*batches, *alone), contextlib.ExitStack() as servers:
        lath = servers.enter_context(bench.stores.lath(tcp=tcp))
        other = servers.enter_context(bench.stores.redis(tcp=tcp) if peer == "redis" else bench.stores.memcached(tcp=tcp))
        for store in (lath, other):
            bench.fill(store)

        def rates(store: Store) -> Figures:
            figures = {}
            for verb, name in zip(VERBS, batches):
                rate = bench.kv(store, f"{verb}-batches")["rate"]
                if store is other and peer == "redis":  # the better of two good clients
                    operations = int(max(10_000, 1_000_000 * bench.settings.seconds))
                    rate = max(rate, redis_benchmark(bench.processes, store, verb, bench.settings.keys, operations))
                figures[name] = rate / 1e6
            return figures

        # Batches go as messages; one get at a time goes as it does by default, one-sidedly where the library can.
        default = replace(lath, env=lath.env | {"LATH_ONE_SIDED": "on"})

        def medians(store: Store) -> Figures:
            return {name: bench.kv(store, verb)["median_ns"] / 1e3 for verb, name in zip(VERBS, alone)}

        note = "the better of redis-benchmark (16 connections) and our own client (one)" if peer == "redis" else ""
        bench.compare(batches, lambda: rates(lath), lambda: rates(other), note)
        bench.compare(alone, lambda: medians(default), lambda: medians(other))


def _window(bench: Bench) -> None:
    names = [f"{verb}s without a batch, 16 under way" for verb in VERBS]
    if not bench.wants(*names):
        return
    with bench.at_stake(*names), bench.stores.lath() as lath:
        bench.fill(lath)
        bench.compare(
            names,
            lambda: {name: bench.kv(lath, f"{verb}-window", batch=16)["rate"] / 1e6 for verb, name in zip(VERBS, names)},
            lambda: dict.fromkeys(names, am_messages_per_us(bench.processes)),
        )
