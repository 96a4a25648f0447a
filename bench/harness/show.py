"""The table for people, and the rows as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from harness.rows import Row


def number(value: float | None) -> str:
    if value is None:
        return "-"
    if value != 0 and abs(value) < 0.1:
        return f"{value:.4f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def goal(row: Row, value: float | None) -> str:
    if value is None:
        return "-"
    if row.spec.absolute:
        return f"{number(value)} {row.spec.unit}"
    return f"1/{1 / value:.0f} x" if value < 0.1 else f"{value:g} x"


def verdict(row: Row) -> str:
    if row.our_median is None:
        return "NO FIGURE"
    if row.spec.floor is None:
        return ""
    if not row.reaches(row.spec.floor):
        return "UNDER"
    return "aim" if row.reaches(row.spec.aim) else "floor"


def table(rows: list[Row]) -> str:
    heads = ["", "unit", "ours", "yardstick", "ratio", "floor", "aim", "met", "beside"]
    lines = [heads]
    for row in rows:
        ratio = row.ratio
        shown = "-" if ratio is None else (f"1/{1 / ratio:.0f}" if 0 < ratio < 0.1 else number(ratio))
        lines.append([row.spec.name, row.spec.unit, number(row.our_median), number(row.their_median), shown, goal(row, row.spec.floor), goal(row, row.spec.aim), verdict(row), row.spec.yardstick])
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    aligned = []
    for line in lines:
        cells = [cell.rjust(width) if 2 <= column <= 6 else cell.ljust(width) for column, (cell, width) in enumerate(zip(line, widths))]
        aligned.append("  ".join(cells).rstrip())
    notes = [f"  {row.spec.name}: {row.note}" for row in rows if row.note]
    return "\n".join(aligned + (["", "notes", *notes] if notes else []))


def write_json(rows: list[Row], path: Path) -> None:
    path.write_text(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
