"""Reads waivers: faults that need not be fixed until a given date, with the reason.

`waivers.csv` has the columns `unit`, `dataset`, `code`, `record`, `reason`, `until` (yyyy-mm-dd). A blank
`unit`, `dataset` or `record` matches any; `record` is the record's token or the issue's number, as in
`issues.parquet`. A root may add its own file `schemas/waivers.csv`. Lines without a reason, or with an
unknown name, which could never match, are errors.
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
_TITLES = {"unit": "đơn vị", "dataset": "bộ dữ liệu", "code": "mã lỗi"}

#: Returns the known names of units, datasets and codes by column; called only if there is a waiver.
Known = Callable[[], Mapping[str, Set[str]]]


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver of one fault, or of all faults of a code, valid up to and including `until`."""

    unit: str
    dataset: str
    code: str
    record: str
    reason: str
    until: date

    def covers(self) -> pl.Expr:
        """An expression: whether this waives a fault (`issue`, `unit`, `dataset`, `code`, `record`)."""
        conditions = [pl.col("code") == self.code]
        conditions += [
            pl.col(name) == getattr(self, name) for name in ("unit", "dataset") if getattr(self, name)
        ]
        if self.record:
            mine = pl.col("record").eq_missing(self.record)
            conditions.append(mine | (pl.col("issue") == self.record))
        return reduce(lambda one, two: one & two, conditions).fill_null(value=False)


def declared(known: Known) -> tuple[Waiver, ...]:
    """The waivers shipped with this package."""
    return read(files("schemas").joinpath("waivers.csv").read_bytes(), known)


def read(content: bytes, known: Known) -> tuple[Waiver, ...]:
    """The waivers in the content of a `waivers.csv`.

    Raises:
        DeclarationError: a line lacks a code, a reason or a valid date, or has a name that is not `known`.
    """
    return tuple(_read(content, known))


def _read(content: bytes, known: Known) -> Iterator[Waiver]:
    names: Mapping[str, Set[str]] | None = None
    for where, values in lines(FILE, content, COLUMNS):
        if not (values["code"] and values["reason"]):
            raise DeclarationError(f"{where}: thiếu mã lỗi hoặc lý do.")
        names = names or known()
        for name, word in _TITLES.items():
            if values[name] and values[name] not in names[name]:
                raise DeclarationError(f"{where}: không có {word} “{values[name]}”.")
        try:
            until = date.fromisoformat(values.pop("until"))
        except ValueError:
            raise DeclarationError(f"{where}: chưa ghi ngày hết hạn, ví dụ 2026-12-31.") from None
        yield Waiver(**values, until=until)
