"""YCSB's core workloads beside Redis: records of 1000 bytes, read and written whole."""

from __future__ import annotations

import contextlib

from harness.bench import Bench, Figures
from harness.stores import Store

RECORD_BYTES = 1000


def measure(bench: Bench) -> None:
    rows = [name for name, row in bench.rows.items() if row.spec.section == "ycsb"]
    if not rows:
        return
    records = bench.settings.records
    with bench.at_stake(*rows), contextlib.ExitStack() as servers:
        lath = servers.enter_context(bench.stores.lath(memory="4GiB", one_sided="on"))
        redis = servers.enter_context(bench.stores.redis())
        stored = {}
        for store in (lath, redis):
            bench.fill(store, keys=records, value_bytes=RECORD_BYTES)
            stored[store.target] = records

        def rates(store: Store, letter: str) -> Figures:
            figures = {}
            for how, depth in (("one at a time", 1), ("64 under way", 64)):
                answer = bench.kv(store, f"ycsb-{letter}", keys=stored[store.target], value_bytes=RECORD_BYTES, batch=depth)
                stored[store.target] = int(answer["records"])  # D adds some
                figures[f"YCSB {letter.upper()}, {how}"] = answer["rate"] / 1e3
            return figures

        for letter in "abcdf":
            names = [f"YCSB {letter.upper()}, {how}" for how in ("one at a time", "64 under way")]
            bench.compare(
                names, lambda: rates(lath, letter), lambda: rates(redis, letter), f"{records:,} records of {RECORD_BYTES} B"
            )
