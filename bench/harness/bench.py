"""One run of bench/compare: its settings, its rounds, and the rows so far."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.processes import Failed, Processes, existing
from harness.rows import Row, Spec
from harness.stores import CLIENT_CORE, Store, Stores

Figures = dict[str, float]  # by the name of the row


@dataclass(frozen=True)
class Settings:
    build: Path
    rounds: int
    seconds: float  # of one measurement
    keys: int
    records: int  # of YCSB


class Bench:
    def __init__(self, settings: Settings, processes: Processes, specs: list[Spec]) -> None:
        self.settings = settings
        self.processes = processes
        self.stores = Stores(processes, settings.build)
        self.rows: dict[str, Row] = {spec.name: Row(spec) for spec in specs}
        self.failures: list[str] = []
        self._begun = time.monotonic()

    def wants(self, *names: str) -> bool:
        return any(name in self.rows for name in names)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._begun:5.0f} s] {text}", file=sys.stderr, flush=True)

    def program(self, name: str) -> Path:
        return self.settings.build / "bench" / f"lath_bench_{name}"

    def ask(self, name: str, **options: Any) -> dict[str, Any]:
        """As ask_all, of a program that answers with one line."""
        return self.ask_all(name, **options)[-1]

    def ask_all(
        self, name: str, *, env: dict[str, str] | None = None, before: list[str] | None = None, **flags: object
    ) -> list[dict[str, Any]]:
        """Runs one of our bench programs; its answers are lines of JSON, and wrong answers are its failure."""
        command = [*(before or []), existing(str(self.program(name)))]
        for flag, value in flags.items():
            command += ["--" + flag.replace("_", "-"), str(value)]
        answers = [json.loads(line) for line in self.processes.run(command, env=env).splitlines() if line.startswith("{")]
        if not answers:
            raise Failed(f"{' '.join(command)}: it printed no answer")
        return answers

    def figure(self, name: str, key: str, **options: Any) -> float:
        return float(self.ask(name, **options)[key])

    def kv(self, store: Store, work: str, **flags: object) -> dict[str, float]:
        flags = {"seconds": self.settings.seconds, "keys": self.settings.keys, "core": CLIENT_CORE} | flags
        answer = self.ask("kv", env=store.env, target=store.target, work=work, **flags)
        return {key: float(value) for key, value in answer.items() if isinstance(value, (int, float))}

    def fill(self, store: Store, **flags: object) -> None:
        self.kv(store, "fill", **flags)

    @contextlib.contextmanager
    def at_stake(self, *names: str) -> Iterator[None]:
        """What fails in the block, a server's start too, costs these rows their figures and the run its status; the rest goes on."""
        try:
            yield
        except (Failed, OSError) as why:
            self.failures.append(str(why))
            reason = f"FAILED: {' '.join(str(why).split())[-200:]}"
            lost = [name for name in names if name in self.rows]
            for name in lost:
                self.rows[name] = Row(self.rows[name].spec, note=reason)
            self.say(f"{'; '.join(lost or names)}: no figure: {reason}")

    def compare(self, names: list[str], ours: Callable[[], Figures], theirs: Callable[[], Figures], note: str = "") -> bool:
        """Rounds of ours and theirs in turn; each gives a figure for every name. Whether all did: a failure costs these rows alone."""
        rows = [self.rows[name] for name in names if name in self.rows]
        if not rows:
            return False
        with self.at_stake(*names):
            for turn in range(1, self.settings.rounds + 1):
                mine, other = ours(), theirs()
                for row in rows:
                    name = row.spec.name
                    row.note = note
                    row.ours.append(mine[name])
                    row.theirs.append(other[name])
                    figures = f"{mine[name]:.4g} {row.spec.unit}, {row.spec.yardstick} {other[name]:.4g}"
                    self.say(f"{name}: round {turn} of {self.settings.rounds}: {figures}")
            return True
        return False

    def no_figure(self, name: str, why: str) -> None:
        if name in self.rows:
            self.rows[name].note = why
            self.say(f"{name}: no figure: {why}")
