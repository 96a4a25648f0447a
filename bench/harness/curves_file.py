"""The file between `bench/compare --curves` and bench/plot: JSON of three charts, each with its curves by their names.

{"latency": {NAME: [NS, ...]},  at every half percent
 "batch": {NAME: [[OPERATIONS, PER_SECOND], ...]}, "value": {NAME: [[BYTES, BYTES_PER_SECOND], ...]}}
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.files import write_whole

REMEDY = "measure them with bench/compare --curves FILE"
Points = list[tuple[float, float]]


class Unreadable(Exception):
    """The file cannot be drawn: its name, why, and what to do."""


@dataclass
class Curves:
    latency: dict[str, list[float]]
    batch: dict[str, Points]
    value: dict[str, Points]


def write(curves: Curves, path: Path) -> None:
    write_whole(path, json.dumps(asdict(curves), indent=1) + "\n")


def read(path: Path) -> Curves:
    """Every curve has a point, and every number a place on a logarithmic axis."""
    try:
        found = json.loads(path.read_text())
    except OSError as why:
        raise Unreadable(f"{path} cannot be read ({why.strerror}): {REMEDY}") from None
    except ValueError as why:
        raise Unreadable(f"{path} is no JSON ({why}): {REMEDY}") from None
    if isinstance(found, list):
        raise Unreadable(f"{path} has no curves, but perhaps the rows of bench/compare --json: {REMEDY}")
    charts = {}
    for chart, is_point in (("latency", _is_number), ("batch", _is_pair), ("value", _is_pair)):
        charts[chart] = found.get(chart) if isinstance(found, dict) else None
        if not _are_curves(charts[chart], is_point):
            raise Unreadable(f"{path} has no curves of '{chart}', or one without points or with others than over 0: {REMEDY}")
    return Curves(**charts)


def _are_curves(found: Any, is_point: Any) -> bool:
    if not isinstance(found, dict) or not found:
        return False
    return all(isinstance(points, list) and points and all(map(is_point, points)) for points in found.values())


def _is_number(found: Any) -> bool:
    return isinstance(found, (int, float)) and math.isfinite(found) and found > 0


def _is_pair(found: Any) -> bool:
    return isinstance(found, list) and len(found) == 2 and all(map(_is_number, found))
