"""Tensors beside raw ucp_get, and merge batches beside raw active messages."""

from __future__ import annotations

import re

from harness.bench import Bench
from harness.processes import Failed
from harness.stores import CLIENT_CORE, SERVER_CORE
from harness.yardsticks import am_gigabytes_per_second

MIB = 1 << 20
FRAME_BYTES = 8192  # include/lath/limits.hpp, kFrameBytesGoal: what a merge batch is as large as


def measure(bench: Bench) -> None:
    for size, buffers in ((1, 64), (64, 4)):
        _tensors(bench, size, buffers)
    _merges(bench)


def _tensors(bench: Bench, size: int, buffers: int) -> None:
    names = {verb: f"tensor {verb}, {size} MiB" for verb in ("put", "get")}
    if not bench.wants(*names.values()):
        return

    def raw() -> float:
        return bench.figure(
            "raw_ucx_get",
            "gigabytes_per_second",
            server_core=SERVER_CORE,
            core=CLIENT_CORE,
            bytes=size * MIB,
            region=buffers * size * MIB,
            buffers=buffers,
            group=1,
            seconds=bench.settings.seconds,
        )

    with bench.at_stake(*names.values()), bench.stores.lath(memory="2GiB", one_sided="on") as lath:
        for verb, name in names.items():
            bench.compare(
                [name],
                lambda: {
                    name: bench.figure(
                        "tensor",
                        "gigabytes_per_second",
                        env=lath.env,
                        target=lath.target,
                        work=verb,
                        bytes=size * MIB,
                        buffers=buffers,
                        core=CLIENT_CORE,
                        seconds=bench.settings.seconds,
                    )
                },
                lambda: {name: raw()},
                f"{buffers} buffers in turn on both sides",
            )


def _merges(bench: Bench) -> None:
    small, large = "merge batches, 8 B values", "merge batches, 4 KiB values"
    if not bench.wants(small, large):
        return

    def ours() -> dict[str, float]:
        shown = bench.processes.run([str(bench.program("merge"))], CLIENT_CORE)
        found = {
            int(size): (float(rate), float(megabytes))
            for size, rate, megabytes in re.findall(r"(\d+) B: .*merge +[\d.]+ ns \( *([\d.]+) M/s, +([\d.]+) MB/s", shown)
        }
        if not {8, 4096} <= found.keys():
            raise Failed(f"lath_bench_merge printed something else:\n{shown}")
        return {small: found[8][0], large: found[4096][1] / 1e3}

    # The yardstick of the small ones is entries: how many would fit into the bytes that raw messages of that size move.
    entry_bytes = 49

    def theirs() -> dict[str, float]:
        bandwidth = am_gigabytes_per_second(bench.processes, FRAME_BYTES)
        return {small: bandwidth * 1e3 / entry_bytes, large: bandwidth}

    bench.compare([small, large], ours, theirs, "one core merges; the yardstick moves the bytes between two")
