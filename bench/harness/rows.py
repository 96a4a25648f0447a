"""The rows of the table: what each one is, its floor and aim, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Spec:
    """One row before it is measured.

    A floor is held against the ratio of ours to the yardstick, or, where `absolute`, against ours. `lower` means less is better.
    """

    section: str
    name: str
    unit: str
    yardstick: str
    lower: bool = False
    absolute: bool = False
    floor: float | None = None
    aim: float | None = None


@dataclass
class Row:
    """A row with its rounds; `note` says how it was measured, or why it has no figure."""

    spec: Spec
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def our_median(self) -> float | None:
        return median(self.ours) if self.ours else None

    @property
    def their_median(self) -> float | None:
        return median(self.theirs) if self.theirs else None

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios: both sides of one round met the machine in the same state. None beside nothing, or 0."""
        if not self.ours or not self.theirs or not all(self.theirs):
            return None
        return median(a / b for a, b in zip(self.ours, self.theirs))

    def reaches(self, goal: float | None) -> bool | None:
        """None where there is no goal or no figure."""
        figure = self.our_median if self.spec.absolute else self.ratio
        if goal is None or figure is None:
            return None
        return figure <= goal if self.spec.lower else figure >= goal

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.spec.name,
            "unit": self.spec.unit,
            "ours": self.our_median,
            "yardstick": self.their_median,
            "ratio": self.ratio,
            "floor": self.spec.floor,
            "aim": self.spec.aim,
            "met": self.reaches(self.spec.floor),
            "aim_met": self.reaches(self.spec.aim),
            "section": self.spec.section,
            "yardstick_name": self.spec.yardstick,
            "judged": "ours" if self.spec.absolute else "ratio",
            "better": "lower" if self.spec.lower else "higher",
            "rounds": {"ours": self.ours, "yardstick": self.theirs},
            "note": self.note,
        }
