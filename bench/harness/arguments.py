"""Arguments of bench/compare and bench/plot: what would give no figure is refused at once, in one line, with status 2."""

from __future__ import annotations

import argparse
import errno
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from harness.files import writable

SECONDS_MAX = 20  # mpi_table does four works in one run, which is ended after processes.RUN_SECONDS_MAX
KEYS_MAX = 2**31 - 1  # a client numbers them in 32 bits, and the memory's rows fill twice as many
RECORDS_MIN = 3  # fewer have no zipf by Gray's method


class Parser(argparse.ArgumentParser):
    """As argparse's, without the usage before a refusal: the refusal is what is to be read."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Takes a whole number of these bounds."""
    bounds = f"of at least {least:,}" if most is None else f"of {least:,} to {most:,}"

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            raise argparse.ArgumentTypeError(f"takes a whole number {bounds}, not '{text}'")
        return value

    return number


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= SECONDS_MAX:  # nan is in no interval
        raise argparse.ArgumentTypeError(f"takes seconds over 0, {SECONDS_MAX} at most, not '{text}'")
    return value


def output(text: str) -> Path:
    """A file that will be written at the end of the run, so that it is known now whether it can be."""
    try:
        if not text:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        writable(Path(text))
    except OSError as why:
        raise argparse.ArgumentTypeError(f"'{text}' cannot be written ({why.strerror}): name a file in a folder of yours") from None
    return Path(text)
