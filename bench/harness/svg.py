"""A line chart as SVG text: axes (linear or logarithmic), ticks, a legend. Nothing but strings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 78, 28, 46, 56
LETTER = 6.0  # about the width of one in the legend
COLOURS = ("#0b6e99", "#d1495b", "#edae49", "#4c956c", "#7b4b94", "#444444")

Point = tuple[float, float]


@dataclass
class Axis:
    label: str
    logarithmic: bool = False
    base: int = 10  # of the ticks of a logarithmic axis
    unit: str = ""


@dataclass
class Chart:
    title: str
    x: Axis
    y: Axis
    curves: dict[str, list[Point]] = field(default_factory=dict)

    def svg(self) -> str:
        xs = _Scale.of(self.x, [x for points in self.curves.values() for x, _ in points], LEFT, WIDTH - RIGHT)
        ys = _Scale.of(self.y, [y for points in self.curves.values() for _, y in points], HEIGHT - BOTTOM, TOP)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(self.title)}</text>',
        ]
        for tick in xs.ticks():
            at = xs.place(tick)
            parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
            parts.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{short(tick, self.x.base)}{self.x.unit}</text>')
        for tick in ys.ticks():
            at = ys.place(tick)
            parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#dddddd"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{short(tick, self.y.base)}{self.y.unit}</text>')
        parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">{escape(self.x.label)}</text>')
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(
            f'<text x="18" y="{middle}" text-anchor="middle" transform="rotate(-90 18 {middle})">{escape(self.y.label)}</text>'
        )
        across = LEFT + 10.0
        for index, (name, points) in enumerate(self.curves.items()):
            colour = COLOURS[index % len(COLOURS)]
            path = " ".join(f"{xs.place(x):.1f},{ys.place(y):.1f}" for x, y in points)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            if len(points) <= 20:
                parts += [f'<circle cx="{xs.place(x):.1f}" cy="{ys.place(y):.1f}" r="3" fill="{colour}"/>' for x, y in points]
            parts += _legend(across, name, colour)
            across += 23 + LETTER * len(name) + 20
        return "\n".join([*parts, "</svg>", ""])


def _legend(across: float, name: str, colour: str) -> list[str]:
    return [
        f'<line x1="{across:.0f}" x2="{across + 18:.0f}" y1="{TOP - 10}" y2="{TOP - 10}" stroke="{colour}" stroke-width="3"/>',
        f'<text x="{across + 23:.0f}" y="{TOP - 6}" font-size="11">{escape(name)}</text>',
    ]


def short(value: float, base: int = 10) -> str:
    """2500000 as 2.5M; of an axis in powers of 2, 4096 as 4Ki."""
    limits = ((2.0**30, "Gi"), (2.0**20, "Mi"), (2.0**10, "Ki")) if base == 2 else ((1e9, "G"), (1e6, "M"), (1e3, "k"))
    for limit, letter in limits:
        if abs(value) >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:g}"


@dataclass
class _Scale:
    axis: Axis
    low: float
    high: float
    first: float
    last: float

    @classmethod
    def of(cls, axis: Axis, values: list[float], first: float, last: float) -> _Scale:
        if not values:
            raise ValueError("a chart without a point")
        if not axis.logarithmic:
            return cls(axis, 0.0, _round_up(max(values)), first, last)
        if min(values) <= 0:
            raise ValueError(f"{axis.label}: a logarithmic axis takes numbers over 0")
        base = axis.base
        low, high = math.floor(math.log(min(values), base) + 1e-9), math.ceil(math.log(max(values), base) - 1e-9)
        return cls(axis, float(base) ** low, float(base) ** max(high, low + 1), first, last)

    def place(self, value: float) -> float:
        if self.axis.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)

    def ticks(self) -> list[float]:
        if not self.axis.logarithmic:
            return [self.low + (self.high - self.low) * step / 5 for step in range(6)]
        count = round(math.log(self.high / self.low, self.axis.base))
        return [self.low * self.axis.base**power for power in range(count + 1)]


def _round_up(value: float) -> float:
    """To 1, 2, 2.5 or 5 times a power of ten, so that fifths of it are round."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)
