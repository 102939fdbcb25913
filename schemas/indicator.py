"""The words in which an indicator of the plan is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from schemas.contract import Dataset

Grouping = Literal["xa", "don_vi", "thon"]

#: Denominator of an indicator that looks at every row.
ALL = pl.lit(value=True)


@dataclass(frozen=True, slots=True)
class Target:
    """What the plan asks for in a year: `muc_tieu`, and the floor `san` where it sets two figures."""

    muc_tieu: float
    san: float | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of another dataset's accepted rows of the same period, found by the value of `on`."""

    dataset: Dataset
    on: str
    columns: tuple[str, ...]

    @property
    def only_places(self) -> bool:
        """Whether it only tells which thôn a row belongs to, so that the commune's figure can do without."""
        return self.columns == ("thon",)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the plan, counted over accepted rows, published by each grouping of `by`.

    `from_` is the plan's paragraph, `owner` a kind of unit. `over` is the dataset whose rows are
    counted, or None for the roll call, whose rows are the submissions owed. `tu_so` and `mau_so` are
    summed over the rows: a Boolean counts rows, a number adds up. They may use the dataset's
    columns, those of `joined`, and `_period_end` (Date, last day of the period). A `mau_so` of None
    makes a count. `each_thon` first asks of every thôn of the commune whether any row says yes.
    `of_rows_read` counts quarantined rows too. `don_vi` is the column that names the unit.
    `dem` is what numbers that add up count, as after a number; of counted rows the dataset's grain says it.
    `thi_dua` is the weight in the emulation score of a thôn (plan, part IV and VI.1).
    """

    name: str
    title: str
    from_: str
    owner: str
    by: tuple[Grouping, ...]
    over: Dataset | None
    tu_so: pl.Expr
    mau_so: pl.Expr | None
    joined: Join | None = None
    each_thon: bool = False
    of_rows_read: bool = False
    don_vi: str = "_unit"
    dem: str = ""
    external: bool = False
    targets: Mapping[int, Target] = field(default_factory=dict)
    thi_dua: int = 0

    def target(self, year: int) -> Target | None:
        """The target in force in `year`: the last one named for it or a year before."""
        named = max((each for each in self.targets if each <= year), default=None)
        return None if named is None else self.targets[named]

    def datasets(self, by: Grouping) -> tuple[Dataset, ...]:
        """The datasets without which the figures by `by` cannot be told."""
        own = () if self.over is None else (self.over,)
        if self.joined is None or (self.joined.only_places and by != "thon"):
            return own
        return (*own, self.joined.dataset)

    @property
    def thon(self) -> str:
        """The column that names a row's thôn: its own, a joined one, or the thôn that handed it in."""
        columns = () if self.joined is None else self.joined.columns
        has_own = self.over is not None and "thon" in self.over
        return "thon" if has_own or "thon" in columns else "_unit"

    @property
    def counted(self) -> str:
        """What `tu_so` and `mau_so` count, as after a number: `hộ`, `báo cáo`, `triệu đồng`."""
        if self.dem or self.over is None:
            return self.dem or "báo cáo"
        return "thôn" if self.each_thon else self.over.grain.removeprefix("một ")

    @property
    def of_persons(self) -> bool:
        """Whether the rows counted are people or households, so that small groups are not published."""
        return self.over is not None and any(column.personal == "direct" for column in self.over.columns)
