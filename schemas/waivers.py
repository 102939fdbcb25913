"""Faults that may stand for a while: which, why, until when.

`waivers.csv` has the columns `unit`, `dataset`, `code`, `record`, `reason`, `until` (yyyy-mm-dd). A blank
`unit`, `dataset` or `record` stands for any; `record` is the record's token, or the issue's number, as in
`issues.parquet`. A root may add a file of its own, `schemas/waivers.csv` under it. A line that would waive
nothing, for a name in it is nobody's, is refused like one that gives no reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import reduce
from importlib.resources import files

import polars as pl

from schemas.declared import DeclarationError, lines

FILE = "schemas/waivers.csv"
COLUMNS = ("unit", "dataset", "code", "record", "reason", "until")
_SAID = {"unit": "đơn vị", "dataset": "bộ dữ liệu", "code": "mã lỗi"}

#: The names of units, datasets and codes that there are, by column; asked only where a line names some.
Known = Callable[[], Mapping[str, Set[str]]]


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


def declared(known: Known) -> tuple[Waiver, ...]:
    """The waivers of this installation."""
    return read(files("schemas").joinpath("waivers.csv").read_bytes(), known)


def read(content: bytes, known: Known) -> tuple[Waiver, ...]:
    """The waivers in a `waivers.csv`.

    Raises:
        DeclarationError: a line has no code, no reason or no day, or names what is not `known`.
    """
    return tuple(_read(content, known))


def _read(content: bytes, known: Known) -> Iterator[Waiver]:
    names: Mapping[str, Set[str]] | None = None
    for where, said in lines(FILE, content, COLUMNS):
        if not (said["code"] and said["reason"]):
            raise DeclarationError(f"{where}: thiếu mã lỗi hoặc lý do.")
        names = names or known()
        for name, word in _SAID.items():
            if said[name] and said[name] not in names[name]:
                raise DeclarationError(f"{where}: không có {word} “{said[name]}”.")
        try:
            until = date.fromisoformat(said.pop("until"))
        except ValueError:
            raise DeclarationError(f"{where}: chưa ghi ngày hết hạn, ví dụ 2026-12-31.") from None
        yield Waiver(**said, until=until)
