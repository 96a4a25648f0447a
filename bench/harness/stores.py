"""The servers that are compared, each on core 0, on private sockets and ports, ready when the block begins and gone when it ends."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.processes import Processes

SERVER_CORE = 0
CLIENT_CORE = 1
TCP_ONLY = {"LATH_UCX_TLS": "tcp,self"}


@dataclass(frozen=True)
class Store:
    """A running store: what lath_bench_kv calls it, its process, and the environment that its clients need."""

    target: str
    pid: int
    env: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(kind: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(kind) as probe:
        probe.settimeout(1)
        return probe.connect_ex(address) == 0


class Stores:
    def __init__(self, processes: Processes, build: Path) -> None:
        self._processes = processes
        self._build = build
        self._made = 0

    def _name(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{self._made}"

    @contextlib.contextmanager
    def lath(
        self, *, memory: str = "1GiB", shards: int = 1, tcp: bool = False, core: int | None = SERVER_CORE, one_sided: str = "off"
    ) -> Iterator[Store]:
        """A node of one. Clients send messages unless `one_sided` says otherwise."""
        name = self._name("lathd")
        cluster = self._processes.work / f"{name}.json"
        command = [
            str(self._build / "launch/lathd"),
            "--shards",
            str(shards),
            "--memory",
            memory,
            "--cluster-file",
            str(cluster),
            "--contact",
            "127.0.0.1:0",
            "--log-level",
            "warn",
        ]
        env = TCP_ONLY if tcp else {}
        with self._processes.serving(name, command, core, cluster.exists, env) as process:
            yield Store(f"lath:file:{cluster}", process.pid, env | {"LATH_ONE_SIDED": one_sided})

    @contextlib.contextmanager
    def redis(self, *, tcp: bool = False) -> Iterator[Store]:
        name = self._name("redis")
        path, port = self._processes.work / f"{name}.sock", free_port()
        command = [
            "redis-server",
            "--save",
            "",
            "--appendonly",
            "no",
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--unixsocket",
            str(path),
            "--dir",
            str(self._processes.work),
        ]
        with self._processes.serving(name, command, SERVER_CORE, lambda: answers(socket.AF_UNIX, str(path))) as process:
            yield Store(f"redis:tcp:{port}" if tcp else f"redis:unix:{path}", process.pid, {})

    @contextlib.contextmanager
    def memcached(self, *, tcp: bool = False) -> Iterator[Store]:
        name = self._name("memcached")
        path, port = self._processes.work / f"{name}.sock", free_port()
        where = ["-l", "127.0.0.1", "-p", str(port)] if tcp else ["-s", str(path)]
        command = ["memcached", "-u", "root", "-t", "1", "-m", "4096", *where]
        ready = (lambda: answers(socket.AF_INET, ("127.0.0.1", port))) if tcp else (lambda: answers(socket.AF_UNIX, str(path)))
        with self._processes.serving(name, command, SERVER_CORE, ready) as process:
            yield Store(f"memcached:tcp:{port}" if tcp else f"memcached:unix:{path}", process.pid, {})
