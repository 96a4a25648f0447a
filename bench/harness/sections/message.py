"""Blocking operations by message over raw UCX: medians beside two one-way times of ucp_am_lat, p99 beside that of raw round trips."""

from __future__ import annotations

from harness.bench import Bench, Figures
from harness.stores import CLIENT_CORE, SERVER_CORE, TCP_ONLY
from harness.yardsticks import two_am_lat_us


def measure(bench: Bench) -> None:
    if not any(row.spec.section == "message" for row in bench.rows.values()):
        return
    for label, keys in (("1 M keys", bench.settings.keys), ("10 k keys", min(10_000, bench.settings.keys))):
        _on_shared_memory(bench, label, keys)
    if bench.wants("get by message, TCP", "put by message, TCP"):
        _over_tcp(bench)


def _on_shared_memory(bench: Bench, label: str, keys: int) -> None:
    names = [f"{verb} by message, {label}{which}" for verb in ("get", "put") for which in ("", ", p99")]
    if not bench.wants(*names):
        return
    with bench.at_stake(*names), bench.stores.lath() as lath:
        bench.fill(lath, keys=keys)

        def ours() -> Figures:
            figures = {}
            for verb in ("get", "put"):
                answer = bench.kv(lath, verb, keys=keys)
                figures[f"{verb} by message, {label}"] = answer["median_ns"] / 1e3
                figures[f"{verb} by message, {label}, p99"] = answer["p99_ns"] / 1e3
            return figures

        def theirs() -> Figures:
            lat = two_am_lat_us(bench.processes)
            p99 = (
                bench.figure(
                    "raw_ucx_pingpong", "p99_ns", server_core=SERVER_CORE, core=CLIENT_CORE, seconds=bench.settings.seconds
                )
                / 1e3
            )
            return {name: p99 if name.endswith("p99") else lat for name in names}

        bench.compare(names, ours, theirs, f"{keys:,} keys")


def _over_tcp(bench: Bench) -> None:
    names = [f"{verb} by message, TCP" for verb in ("get", "put")]
    with bench.at_stake(*names), bench.stores.lath(tcp=True) as lath:
        bench.fill(lath)
        bench.compare(
            names,
            lambda: {f"{verb} by message, TCP": bench.kv(lath, verb)["median_ns"] / 1e3 for verb in ("get", "put")},
            lambda: dict.fromkeys(names, two_am_lat_us(bench.processes, {"UCX_TLS": TCP_ONLY["LATH_UCX_TLS"]}, 10_000)),
        )
