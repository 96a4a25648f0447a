"""Starting programs on a core, and ending every one of them by its own pid, whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

RUN_SECONDS_MAX = 120  # of one measurement: far beyond what any of them takes
END_SECONDS_MAX = 15


class Failed(Exception):
    """A program failed or is missing, or an answer was wrong: the rows at stake have no figure, and the run ends with this text."""


def existing(program: str) -> str:
    """The program again, where there is one: taskset and mpirun would tell of its absence each in its own words."""
    if not shutil.which(program):
        raise Failed(f"{program} is missing: install and build what is missing, without --no-install")
    return program


def pinned(command: list[str], core: int | None) -> list[str]:
    return command if core is None else ["taskset", "-c", str(core), *command]


class Processes:
    """Owns a work folder and the servers in it."""

    def __init__(self) -> None:
        self.work = Path(tempfile.mkdtemp(prefix="lath-bench-"))
        self._running: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        while self._running:
            self.end(self._running[-1])
        shutil.rmtree(self.work, ignore_errors=True)

    def start(self, name: str, command: list[str], core: int | None, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        # A session of its own: the terminal's Ctrl-C goes to the driver, which then ends what it started.
        with open(self.work / f"{name}.log", "wb") as log:
            return self._spawn(command, core, env, stdout=log, stderr=log)

    def _spawn(
        self,
        command: list[str],
        core: int | None,
        env: dict[str, str] | None,
        stdout: int | IO[bytes],
        stderr: int | IO[bytes],
    ) -> subprocess.Popen[bytes]:
        existing(command[0])
        whole = os.environ | (env or {})
        try:
            process = subprocess.Popen(
                pinned(command, core), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=whole, start_new_session=True
            )
        except OSError as why:
            raise Failed(f"{' '.join(command)}: {why.strerror}") from None
        self._running.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(END_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # Once it has ended: whoever is interrupted while waiting for that ends it by close().
        if process in self._running:
            self._running.remove(process)

    @contextlib.contextmanager
    def serving(
        self, name: str, command: list[str], core: int | None, ready: Callable[[], bool], env: dict[str, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A server, ready; it has ended when the block is left."""
        process = self.start(name, command, core, env)
        try:
            deadline = time.monotonic() + 30
            while not ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"{name} did not become ready:\n{self.log(name)}")
                time.sleep(0.01)
            yield process
        finally:
            self.end(process)

    def log(self, name: str) -> str:
        lines = (self.work / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-20:])

    def run(self, command: list[str], core: int | None = None, env: dict[str, str] | None = None) -> str:
        """Runs a program to its end and gives its standard output."""
        process = self._spawn(command, core, env, subprocess.PIPE, subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=RUN_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            raise Failed(f"{' '.join(command)}: not over after {RUN_SECONDS_MAX} s") from None
        finally:
            self.end(process)
        if process.returncode != 0:
            raise Failed(f"{' '.join(command)}: status {process.returncode}\n{err.decode(errors='replace')[-2000:]}")
        return out.decode()
