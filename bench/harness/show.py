"""The table for people, and the rows as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from harness.files import write_whole
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
    """Aligned columns; what is said of several rows is a note that they point to."""
    notes = list(dict.fromkeys(row.note for row in rows if row.note))
    lines = [["", "unit", "ours", "yardstick", "ratio", "floor", "aim", "met", "beside"]]
    for row in rows:
        pointer = f" [{notes.index(row.note) + 1}]" if row.note else ""
        goals = [goal(row, row.spec.floor), goal(row, row.spec.aim)]
        lines.append(
            [
                row.spec.name,
                row.spec.unit,
                number(row.our_median),
                number(row.their_median),
                ratio(row),
                *goals,
                verdict(row),
                row.spec.yardstick + pointer,
            ]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    aligned = []
    for line in lines:
        cells = [
            cell.rjust(width) if 2 <= column <= 6 else cell.ljust(width) for column, (cell, width) in enumerate(zip(line, widths))
        ]
        aligned.append("  ".join(cells).rstrip())
    return "\n".join(aligned + [f"  [{index}] {note}" for index, note in enumerate(notes, 1)])


def ratio(row: Row) -> str:
    value = row.ratio
    return f"1/{1 / value:.0f}" if value is not None and 0 < value < 0.1 else number(value)


def write_json(rows: list[Row], path: Path) -> None:
    write_whole(path, json.dumps([row.as_json() for row in rows], indent=1) + "\n")
