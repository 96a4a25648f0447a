"""Figures of raw UCX and of Redis by the tools that come with them."""

from __future__ import annotations

import csv
import time

from harness.processes import Failed, Processes
from harness.stores import CLIENT_CORE, SERVER_CORE, Store, free_port


def ucx_perftest(processes: Processes, test: str, size: int, count: int, env: dict[str, str] | None = None) -> list[float]:
    """The last line of a run: iterations, then latency (us: percentile, average, overall), MB/s and messages/s (average, overall)."""
    port = free_port()
    common = ["-t", test, "-s", str(size), "-n", str(count), "-p", str(port), "-f"]
    server = processes.start(f"perftest-{port}", ["ucx_perftest", *common], SERVER_CORE, env)
    try:
        _await_listener(port)
        shown = processes.run(["ucx_perftest", "127.0.0.1", *common], CLIENT_CORE, env)
    finally:
        processes.end(server)
    figures = [line.split() for line in shown.splitlines() if line[:1].isspace() and line.split()[:1] == [str(count)]]
    if not figures:
        raise Failed(f"ucx_perftest -t {test} printed no figures:\n{shown}")
    return [float(figure) for figure in figures[-1]]


def _await_listener(port: int) -> None:
    """Looks at the kernel's list rather than connecting: perftest serves the first connection."""
    wanted = f":{port:04X} 00000000:0000 0A"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with open("/proc/net/tcp", encoding="ascii") as listed:
            if wanted in listed.read():
                return
        time.sleep(0.005)
    raise Failed(f"ucx_perftest does not listen at port {port}")


def two_am_lat_us(processes: Processes, env: dict[str, str] | None = None, count: int = 200_000) -> float:
    """A round trip: am_lat is one way. The median."""
    return 2 * ucx_perftest(processes, "ucp_am_lat", 8, count, env)[1]


def am_messages_per_us(processes: Processes, size: int = 8, count: int = 1_000_000) -> float:
    return ucx_perftest(processes, "ucp_am_bw", size, count)[7] / 1e6


def am_gigabytes_per_second(processes: Processes, size: int, count: int = 100_000) -> float:
    return ucx_perftest(processes, "ucp_am_bw", size, count)[5] * 2**20 / 1e9


def redis_benchmark(processes: Processes, store: Store, verb: str, keys: int, operations: int) -> float:
    """Operations a second of 16 connections with pipelines of 128, keys at random, 8-byte values."""
    kind, _, where = store.target.partition(":")
    assert kind == "redis"
    access, _, place = where.partition(":")
    at = ["-s", place] if access == "unix" else ["-h", "127.0.0.1", "-p", place]
    command = [
        "redis-benchmark",
        *at,
        "-t",
        "get" if verb == "get" else "set",
        "-d",
        "8",
        "-r",
        str(keys),
        "-n",
        str(operations),
        "-c",
        "16",
        "-P",
        "128",
        "--csv",
    ]
    rows = list(csv.DictReader(processes.run(command, CLIENT_CORE).splitlines()))
    if len(rows) != 1:
        raise Failed(f"redis-benchmark printed {len(rows)} rows")
    return float(rows[0]["rps"])
