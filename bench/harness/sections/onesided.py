"""One-sided gets beside raw ucp_get of a bucket at random places of a region as large as our table."""

from __future__ import annotations

import contextlib

from harness.bench import Bench
from harness.stores import CLIENT_CORE, SERVER_CORE, Store

BUCKET_BYTES = 128  # src/store/layout.hpp: what a one-sided read fetches
KEY_BYTES = 40  # of the table, about: the raw region is made as large
GROUP = 16  # operations a sample: one alone is hardly longer than reading the clock


def _has_one_sided(bench: Bench) -> bool:
    """The library reads this variable where it can read one-sidedly."""
    library = bench.settings.build / "launch/c_api/liblath.so"
    return b"LATH_ONE_SIDED" in library.read_bytes()


def measure(bench: Bench) -> None:
    ways = {"one-sided get, ucp_get": "get", "one-sided get, loads": "on"}
    if not bench.wants(*ways):
        return
    region = max(bench.settings.keys * KEY_BYTES, BUCKET_BYTES) // BUCKET_BYTES * BUCKET_BYTES

    def raw() -> float:
        return bench.figure(
            "raw_ucx_get",
            "median_ns",
            server_core=SERVER_CORE,
            core=CLIENT_CORE,
            bytes=BUCKET_BYTES,
            region=region,
            group=GROUP,
            seconds=bench.settings.seconds,
        )

    for name, way in ways.items():
        if not bench.wants(name):
            continue
        with bench.at_stake(name), contextlib.ExitStack() as servers:
            if not _has_one_sided(bench):
                bench.rows[name].theirs = [raw() for _ in range(bench.settings.rounds)]
                bench.no_figure(name, "this library has no one-sided reads (no LATH_ONE_SIDED in it)")
                continue
            lath = servers.enter_context(bench.stores.lath(one_sided=way))
            bench.fill(lath)
            bench.compare(
                [name],
                lambda: {name: _get_ns(bench, lath)},
                lambda: {name: raw()},
                f"LATH_ONE_SIDED={way}, median of means of {GROUP}",
            )


def _get_ns(bench: Bench, lath: Store) -> float:
    return bench.kv(lath, "get", group=GROUP)["median_ns"]
