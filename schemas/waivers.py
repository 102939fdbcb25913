"""Faults that may stand for a while: which, why, until when.

`waivers.csv` has the columns `unit`, `dataset`, `code`, `record`, `reason`, `until` (yyyy-mm-dd). A blank
`unit`, `dataset` or `record` stands for any; `record` is the record's token, or the issue's number, as in
`issues.parquet`. A root may add a file of its own, `schemas/waivers.csv` under it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from importlib.resources import files

import polars as pl

COLUMNS = ("unit", "dataset", "code", "record", "reason", "until")


class WaiverError(ValueError):
    """A line of `waivers.csv` does not say which fault may stand, why and until when."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One fault, or all of a code, that may stand until `until`, that day included."""

    unit: str
    dataset: str
    code: str
    record: str
    reason: str
    until: date

    def covers(self) -> pl.Expr:
        """Whether a fault (`issue`, `unit`, `dataset`, `code`, `record`) is waived by this."""
        asked = [pl.col("code") == self.code]
        asked += [pl.col(name) == getattr(self, name) for name in ("unit", "dataset") if getattr(self, name)]
        if self.record:
            mine = pl.col("record").eq_missing(self.record)
            asked.append(mine | (pl.col("issue") == self.record))
        return reduce(lambda one, two: one & two, asked).fill_null(value=False)


def declared() -> tuple[Waiver, ...]:
    """The waivers of this installation."""
    return read(files("schemas").joinpath("waivers.csv").read_text(encoding="utf-8"))


def read(text: str) -> tuple[Waiver, ...]:
    """The waivers in the text of a `waivers.csv`.

    Raises:
        WaiverError: a line has no code, no reason, or no day.
    """
    return tuple(_read(text))


def _read(text: str) -> Iterator[Waiver]:
    for number, line in enumerate(csv.DictReader(text.lstrip("\ufeff").splitlines()), start=2):
        said = {name: (line.get(name) or "").strip() for name in COLUMNS}
        if not (said["code"] and said["reason"]):
            raise WaiverError(f"Dòng {number} của tệp miễn lỗi thiếu mã lỗi hoặc lý do.")
        try:
            until = date.fromisoformat(said.pop("until"))
        except ValueError:
            what = f"Dòng {number} của tệp miễn lỗi không ghi ngày hết hạn, ví dụ 2026-12-31."
            raise WaiverError(what) from None
        yield Waiver(**said, until=until)
